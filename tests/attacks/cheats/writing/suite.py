# attack: overwrites the suite, the solution and the public checks; expect: pass partial rule;
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


paths = [os.path.join(os.path.dirname(suite), name) for name in ("suite.py", "solution.py", "public.py", "breach.py")]
attempt(lambda path: modules["builtins"].open(path, "w").write(""), *paths)
attempt(lambda path: modules["builtins"].open(path, "a").write(""), *paths)
attempt(lambda path: os.open(path, os.O_RDWR | os.O_CREAT), *paths)
attempt(lambda path: os.open(path, os.O_RDONLY | os.O_TRUNC), *paths)
attempt(lambda path: os.truncate(path, 0), *paths)
attempt(lambda path: modules["pathlib"].Path(path).write_text(""), *paths)
print("refused:", *sorted(refused))
