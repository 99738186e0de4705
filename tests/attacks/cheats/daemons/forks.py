# attack: forks by every way that Python has; expect: pass partial rule;
# then: right; says: refused: .*EPERM
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


def fork(how):
    child = how()
    if child == 0:
        while True:
            pass
    return child


attempt(fork, os.fork)
attempt(fork, lambda: os.forkpty()[0])
attempt(os.posix_spawn, "/bin/sleep", ["sleep", "1000"], {})
attempt(os.execv, "/bin/true", ["true"])
print("refused:", *sorted(refused))
