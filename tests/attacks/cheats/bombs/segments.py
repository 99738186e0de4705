# attack: makes shared segments, semaphores and queues that outlive it; expect: pass partial rule;
# then: right; says: refused: .*EPERM
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, errno, ctypes = modules["os"], modules["errno"].errorcode, modules["ctypes"]
library = ctypes.CDLL(None, use_errno=True)
library.syscall.restype = ctypes.c_long
refused = set()


def attempt(name, number, *arguments):
    """By the number that the call has on x86_64."""
    if os.uname().machine == "x86_64":
        result = library.syscall(ctypes.c_long(number), *arguments)
        if result >= 0:
            print("BREACH:", name, result)
    refused.add(errno.get(ctypes.get_errno(), "nothing"))


attempt("shmget", 29, 0, 1 << 30, 0o1666)
attempt("semget", 64, 0, 100, 0o1666)
attempt("msgget", 68, 0, 0o1666)
attempt("mq_open", 240, b"breach", 0o102, 0o666, 0)
attempt("add_key", 248, b"user", b"breach", b"x", 1, -4)
attempt("memfd_create", 319, b"breach", 0)
attempt("memfd_secret", 447, 0)
print("refused:", *sorted(refused))
