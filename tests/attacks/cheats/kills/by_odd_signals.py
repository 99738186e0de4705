# attack: signals its parent by every system call that can; expect: pass partial rule;
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
info = ctypes.create_string_buffer(128)
attempt("tkill", 200, parent, 9)
attempt("tgkill", 234, parent, parent, 9)
attempt("rt_sigqueueinfo", 129, parent, 9, info)
attempt("rt_tgsigqueueinfo", 297, parent, parent, 9, info)
attempt("process_mrelease", 448, 0, 0)
print("refused:", *sorted(refused))
