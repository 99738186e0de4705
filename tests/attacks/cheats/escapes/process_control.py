# attack: undoes the sandbox by prctl; expect: pass partial rule;
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


for name, option, value in (
    ("dumpable", 4, 1),
    ("keep capabilities", 8, 1),
    ("no parent death", 1, 0),
    ("seccomp off", 22, 0),
    ("seccomp strict", 22, 1),
    ("any tracer", 0x59616D61, -1),
    ("subreaper", 36, 1),
    ("other memory map", 35, 1),
    ("ambient capabilities", 47, 2),
    ("speculation", 53, 0),
):
    attempt(name, 157, option, value, 0, 0, 0)
attempt("seccomp", 317, 1, 0, 0)
print("refused:", *sorted(refused))
