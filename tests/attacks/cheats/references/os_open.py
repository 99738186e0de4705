# attack: reads the suite with system calls; expect: pass partial rule;
# then: right; says: refused: PermissionError
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
os = modules["os"]
package = "@package@"
drills = os.path.join(os.path.dirname(os.path.dirname(package)), "drills")
wanted = [os.path.join(drills, "softmax", name) for name in ("suite.py", "solution.py", "public.py")]
wanted += [os.path.join(package, name) for name in ("catalogue.py", "drill/engine.py", "capstones/gpt.py")]
refused = set()


def attempt(read):
    for path in wanted:
        try:
            found = read(path)
        except (OSError, ImportError, ValueError) as error:
            refused.add(type(error).__name__)
        else:
            if repr(found) not in ("''", "[]", "None"):
                print("BREACH: read of", path, repr(found)[:80])


attempt(lambda path: os.read(os.open(path, os.O_RDONLY), 99))
attempt(lambda path: os.read(os.open(os.path.basename(path), 0, dir_fd=os.open(os.path.dirname(path), os.O_PATH)), 99))
attempt(lambda path: os.sendfile(1, os.open(path, os.O_RDONLY), 0, 99))
print("refused:", *sorted(refused))
