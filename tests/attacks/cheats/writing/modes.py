# attack: changes modes, owners, times and attributes, which Landlock does not look at; expect: pass partial rule;
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


attempt(lambda path: os.chmod(path, 0), suite, package)
attempt(lambda path: os.chown(path, 12345, 12345), suite, package)
attempt(lambda path: os.lchown(path, -1, -1), suite)
attempt(lambda path: os.utime(path, (0, 0)), suite, package)
attempt(lambda path: os.setxattr(path, "user.breach", b"1"), suite)
attempt(lambda path: os.removexattr(path, "user.breach"), suite)
attempt(os.chroot, "/tmp")
attempt(os.chdir, "/tmp", os.path.dirname(suite))
print("refused:", *sorted(refused))
