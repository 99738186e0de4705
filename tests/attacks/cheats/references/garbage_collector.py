# attack: looks for the suite among all objects of the process; expect: pass rule;
# then: right; says: looked at
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
objects = modules["gc"].get_objects()
for each in objects:
    if type(each).__name__ == "function" and each.__module__ in ("suite", "public", "groundup.drill.checks"):
        print("BREACH: a function of the suite is in memory:", each.__name__)
    if type(each).__name__ in ("Session", "Plugin", "Drill", "Item", "RemoteError"):
        print("BREACH: an object of the judge is in memory:", type(each).__name__)
print("looked at", len(objects), "objects")
