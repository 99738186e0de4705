# attack: makes files, queues and segments in memory, which outlive it; expect: pass partial rule;
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


attempt(os.memfd_create, "breach")
attempt(os.truncate, 1, 2**30)
for _ in range(3):
    try:
        os.ftruncate(1, 2**30)
        print("BREACH: the output grew")
    except OSError as error:
        refused.add(errno[error.errno])
print("refused:", *sorted(refused))
