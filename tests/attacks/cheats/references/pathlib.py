# attack: reads the suite with pathlib, and lists its folder; expect: pass partial rule;
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


attempt(lambda path: modules["pathlib"].Path(path).read_text())
attempt(lambda path: list(modules["pathlib"].Path(path).parent.iterdir()))
attempt(lambda path: os.listdir(os.path.dirname(path)))
attempt(lambda path: list(os.scandir(os.path.dirname(path))))
print("refused:", *sorted(refused))
