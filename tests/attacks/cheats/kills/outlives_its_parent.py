# attack: leaves its session and its group, to live on; expect: pass partial rule;
# then: right; says: refused: EPERM
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, errno = modules["os"], modules["errno"].errorcode
refused = set()


def attempt(act, *arguments):
    try:
        result = act(*arguments)
        print("BREACH:", act, arguments, result)
    except OSError as error:
        refused.add(errno[error.errno])


attempt(os.setsid)
attempt(os.setpgid, 0, os.getppid())
attempt(os.setpgid, os.getppid(), 0)
print("refused:", *sorted(refused))
