# attack: reads the suite with what NumPy reads files with; expect: pass partial rule;
# then: right; says: refused: PermissionError
import enum

import numpy as np

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


attempt(lambda path: np.fromfile(path, dtype=np.uint8))
attempt(lambda path: np.memmap(path, dtype=np.uint8, mode="r"))
attempt(lambda path: np.genfromtxt(path, dtype=str, delimiter="\n"))
attempt(lambda path: np.loadtxt(path, dtype=str, delimiter="\n"))
attempt(lambda path: np.load(path, allow_pickle=True))
attempt(lambda path: np.lib.npyio.DataSource().open(path).read())
print("refused:", *sorted(refused))
