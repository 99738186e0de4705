# attack: asks for the source of everything loaded that is called solution; expect: pass rule;
# then: right; says: asked
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
for module in list(modules.values()):
    for name in ("softmax", "_shifted", "cross_entropy"):
        found = getattr(module, name, None)
        if found is not None and getattr(found, "__module__", "") not in ("solution", "numpy", None):
            print("BREACH: a ready-made", name, "in", module)
for name, (_, _, lines, _) in list(modules["linecache"].cache.items()):
    if name != "solution.py" and "softmax" in "".join(lines):
        print("BREACH: lines of", name)
print("asked")
