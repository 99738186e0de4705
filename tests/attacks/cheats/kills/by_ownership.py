# attack: has the kernel signal the parent when the socket can be read; expect: pass partial rule;
# then: right; says: refused: EPERM
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, ctypes, errno = modules["os"], modules["ctypes"], modules["errno"].errorcode
library = ctypes.CDLL(None, use_errno=True)
set_flags, set_owner, set_signal, set_owner_of_thread, asynchronous = 4, 8, 10, 15, 0o20000
refused = set()
for fd in range(3, 64):
    try:
        os.fstat(fd)
    except OSError:
        continue
    for command, argument in ((set_owner, os.getppid()), (set_signal, 9), (set_owner_of_thread, bytes(8))):
        if library.fcntl(fd, command, argument) == 0:
            print("BREACH: fcntl", fd, command)
            library.fcntl(fd, set_flags, asynchronous)
        refused.add(errno.get(ctypes.get_errno(), "nothing"))
print("refused:", *sorted(refused))
