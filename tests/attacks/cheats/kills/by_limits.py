# attack: takes processor time and memory from its parent; expect: pass partial rule;
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


resource = modules["resource"]
attempt(resource.prlimit, os.getppid(), resource.RLIMIT_CPU, (0, 0))
attempt(resource.prlimit, os.getppid(), resource.RLIMIT_NOFILE)
attempt(os.setpriority, os.PRIO_PROCESS, os.getppid(), 19)
attempt(os.setpriority, os.PRIO_USER, os.getuid(), 19)
attempt(os.sched_setaffinity, os.getppid(), {0})
attempt(os.sched_setscheduler, os.getppid(), os.SCHED_IDLE, os.sched_param(0))
print("refused:", *sorted(refused))
