# attack: kills its parent, its group and everybody; expect: pass partial rule;
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


attempt(os.kill, os.getppid(), 9)
attempt(os.kill, os.getppid(), 0)
attempt(os.killpg, os.getpgid(os.getppid()), 0)
attempt(os.kill, -1, 0)
attempt(os.kill, 1, 0)
for pid in range(os.getppid() - 3, os.getpid()):
    attempt(os.kill, pid, 0)
print("refused:", *sorted(refused))
