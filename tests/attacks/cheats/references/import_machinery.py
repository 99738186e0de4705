# attack: has the import machinery read the suite and load it; expect: pass partial rule;
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


machinery, util = modules["importlib._bootstrap_external"], modules["importlib.util"]


def load(path):
    spec = util.spec_from_file_location("stolen", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


attempt(lambda path: machinery.SourceFileLoader("stolen", path).get_data(path))
attempt(
    lambda path: machinery.FileFinder(os.path.dirname(path), (machinery.SourceFileLoader, [".py"])).find_spec("suite")
)
attempt(load)
attempt(lambda path: "".join(modules["linecache"].getlines(path)))
attempt(lambda path: modules["zipimport"].zipimporter(path))
for name in ("groundup.capstones.gpt", "groundup.drill.checks", "groundup.drill.judge", "pytest"):
    if name not in modules:
        attempt(lambda path, name=name: modules["importlib"].import_module(name))
print("refused:", *sorted(refused))
