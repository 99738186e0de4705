# attack: raises its limits; expect: pass partial rule;
# then: right; says: refused: EPERM
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, errno = modules["os"], modules["errno"].errorcode
refused = set()


def attempt(act, *arguments):
    try:
        result = act(*arguments)
        print("BREACH:", act, arguments, result)
    except (OSError, ValueError) as error:
        refused.add(errno[error.errno] if isinstance(error, OSError) else "EPERM")


resource = modules["resource"]
for name in ("RLIMIT_DATA", "RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_STACK"):
    attempt(resource.setrlimit, getattr(resource, name), (2**40, 2**40))
    attempt(resource.prlimit, 0, getattr(resource, name), (2**40, 2**40))
print("refused:", *sorted(refused))
