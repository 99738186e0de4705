# attack: overwrites this tool and leaves files that Python runs at its start; expect: pass partial rule;
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


site = os.path.dirname(os.path.dirname(modules["numpy"].__file__))
names = [os.path.join(site, name) for name in ("breach.pth", "sitecustomize.py", "usercustomize.py", "breach.py")]
names += [os.path.join(project, name) for name in ("conftest.py", "breach.py", "drills/conftest.py", "breach.ini")]
names += [
    os.path.join(package, name)
    for name in ("breach.py", "drill/breach.py", "drill/engine.py", "drill/__pycache__/breach")
]
attempt(lambda path: modules["builtins"].open(path, "a").write("breach = 1\n"), *names)
attempt(lambda path: os.mkdir(path + ".breach"), *names)
print("refused:", *sorted(refused))
