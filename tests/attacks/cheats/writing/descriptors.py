# attack: writes through descriptors that it opened for reading or holds already; expect: pass partial rule;
# then: right; says: refused: E
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os, errno = modules["os"], modules["errno"].errorcode
package = "@package@"
project = os.path.dirname(os.path.dirname(package))
suite = os.path.join(project, "drills", "softmax", "suite.py")
refused = set()


def attempt(write, *paths):
    for path in paths:
        try:
            write(path)
            print("BREACH: done to", path)
        except OSError as error:
            refused.add(errno[error.errno])


library = modules["os"].__file__
fd = os.open(library, os.O_RDONLY)
attempt(lambda path: os.write(fd, b"breach"), library)
attempt(lambda path: os.ftruncate(fd, 0), library)
attempt(lambda path: os.fchmod(fd, 0), library)
attempt(lambda path: os.pwrite(fd, b"breach", 0), library)
attempt(lambda path: os.open(f"/proc/self/fd/{fd}", os.O_RDWR), library)
attempt(lambda path: os.open(f"/dev/fd/{fd}", os.O_RDWR), library)
attempt(lambda path: modules["mmap"].mmap(fd, 0) if "mmap" in modules else os.open(path, os.O_RDWR), library)
print("refused:", *sorted(refused))
