# attack: reads and writes the memory of its parent; expect: pass partial rule;
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


parent = os.getppid()
space = ctypes.create_string_buffer(64)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(space), 64)
attempt("process_vm_readv", 310, parent, vector, 1, vector, 1, 0)
attempt("process_vm_writev", 311, parent, vector, 1, vector, 1, 0)
attempt("ptrace attach", 101, 16, parent, 0, 0)
attempt("ptrace seize", 101, 0x4206, parent, 0, 0)
attempt("ptrace traceme", 101, 0, 0, 0, 0)
attempt("kcmp", 312, parent, parent, 0, 0, 0)
attempt("pidfd_getfd", 438, 0, 0, 0)
attempt("process_madvise", 440, 0, vector, 1, 4, 0)
attempt("move_pages", 279, parent, 0, 0, 0, 0, 0)
attempt("migrate_pages", 256, parent, 0, 0, 0)
print("refused:", *sorted(refused))
