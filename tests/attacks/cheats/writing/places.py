# attack: writes to every folder that anybody may write to; expect: pass partial rule;
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


folders = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/root", "/home", "/", "/proc/self", "/sys", "/etc")
places = [os.path.join(folder, "breach") for folder in folders]
attempt(lambda path: modules["builtins"].open(path, "w"), *places)
attempt(lambda path: os.open(os.path.dirname(path), os.O_TMPFILE | os.O_RDWR), *places)
attempt(lambda path: os.mkdir(path), *places)
attempt(lambda path: os.symlink("/", path), *places)
attempt(lambda path: os.link(suite, path), *places)
attempt(lambda path: os.mkfifo(path), *places)
attempt(lambda path: os.mknod(path), *places)
print("refused:", *sorted(refused))
