# attack: forks twice by system calls, to lose its parent; expect: pass partial rule;
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


attempt("fork", 57)
attempt("vfork", 58)
attempt("clone", 56, 17, 0, 0, 0, 0)
attempt("clone to a thread of another group", 56, 0x8000 | 17, 0, 0, 0, 0)
arguments = (ctypes.c_uint64 * 8)(0, 0, 0, 0, 17, 0, 0, 0)
attempt("clone3", 435, arguments, 64)
print("refused:", *sorted(refused))
