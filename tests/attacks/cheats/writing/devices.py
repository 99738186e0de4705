# attack: opens devices and terminals; expect: pass partial rule;
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


attempt(
    lambda path: os.open(path, os.O_RDWR | os.O_NOCTTY),
    "/dev/tty",
    "/dev/console",
    "/dev/ptmx",
    "/dev/kmsg",
    "/dev/mem",
)
attempt(
    lambda path: os.open(path, os.O_RDONLY),
    "/dev/sda",
    "/dev/vda",
    "/dev/kvm",
    "/dev/fuse",
    "/dev/net/tun",
    "/dev/kmsg",
)
attempt(lambda path: os.write(os.open(path, os.O_WRONLY), b"breach"), "/dev/zero", "/dev/null")
print("refused:", *sorted(refused))
