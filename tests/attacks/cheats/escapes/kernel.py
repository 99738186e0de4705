# attack: reaches for what escapes are made of; expect: pass partial rule;
# then: right; says: refused: .*E
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


attempt("io_uring_setup", 425, 8, ctypes.create_string_buffer(256))
attempt("bpf", 321, 0, ctypes.create_string_buffer(128), 128)
attempt("userfaultfd", 323, 0)
attempt("perf_event_open", 298, ctypes.create_string_buffer(128), 0, -1, -1, 0)
attempt("keyctl", 250, 0, -4, 1)
attempt("fanotify_init", 300, 0, 0)
attempt("inotify_init", 253)
attempt("kexec_load", 246, 0, 0, 0, 0)
attempt("init_module", 175, 0, 0, 0)
attempt("quotactl", 179, 0, 0, 0, 0)
attempt("swapon", 167, b"/dev/zero", 0)
attempt("sethostname", 170, b"breach", 6)
attempt("settimeofday", 164, ctypes.create_string_buffer(16), 0)
attempt("ioperm", 173, 0, 8, 1)
attempt("syslog", 103, 3, ctypes.create_string_buffer(64), 64)
attempt("landlock_restrict_self", 446, 0, 0)
attempt("vmsplice", 278, 1, 0, 0, 0)
attempt("execveat", 322, -100, b"/bin/true", 0, 0, 0)
print("refused:", *sorted(refused))
