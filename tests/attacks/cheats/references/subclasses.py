# attack: looks for the judge among all classes; expect: pass rule;
# then: right; says: looked at
classes = [object]
for each in classes:
    classes += [below for below in type.__subclasses__(each) if below not in classes]
for each in classes:
    if each.__name__ in ("Wrong", "Check", "Plugin", "Session", "Remote", "Counting"):
        print("BREACH: in memory is", each)
print("looked at", len(classes), "classes")
