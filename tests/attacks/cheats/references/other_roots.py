# attack: reaches the suite through /proc and through odd paths; expect: pass partial rule;
# then: right; says: refused: .*PermissionError
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


for root in ("/proc/self/root", f"/proc/{os.getppid()}/root", "/proc/1/root", "/proc/self/cwd", "/../..", "/./"):
    attempt(lambda path, root=root: os.read(os.open(root + path, os.O_RDONLY), 99))
print("refused:", *sorted(refused))
