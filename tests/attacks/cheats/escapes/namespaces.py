# attack: makes namespaces and mounts, in which it would be root; expect: pass partial rule;
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


attempt("unshare user", 272, 0x10000000)
attempt("unshare files", 272, 0x400)
attempt("setns", 308, 0, 0)
attempt("chroot", 161, b"/")
attempt("pivot_root", 155, b"/", b"/")
attempt("mount", 165, b"none", b"/tmp", b"tmpfs", 0, 0)
attempt("umount", 166, b"/tmp", 2)
attempt("fsopen", 430, b"tmpfs", 0)
attempt("open_tree", 428, -100, b"/", 1)
attempt("move_mount", 429, -100, b"/", -100, b"/tmp", 0)
attempt("open_by_handle_at", 304, -100, 0, 0)
print("refused:", *sorted(refused))
