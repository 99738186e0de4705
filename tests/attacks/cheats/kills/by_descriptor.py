# attack: kills its parent by a descriptor of it; expect: pass partial rule;
# then: right; says: refused: E
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


attempt(os.pidfd_open, os.getppid())
attempt(os.pidfd_open, os.getpid())
attempt(modules["_signal"].pidfd_send_signal, 0, 9)
print("refused:", *sorted(refused))
