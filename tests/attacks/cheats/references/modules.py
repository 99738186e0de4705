# attack: looks for the suite, the solution and the judge among the loaded modules; expect: pass rule;
# then: right; says: looked at
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
for name in (
    "pytest",
    "_pytest",
    "suite",
    "public",
    "groundup.drill.checks",
    "groundup.drill.judge",
    "groundup.drill.engine",
):
    if name in modules:
        print("BREACH: loaded is", name)
print("looked at", len(modules), "modules")
