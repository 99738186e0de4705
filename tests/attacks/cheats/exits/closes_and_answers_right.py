# attack: closes the standard descriptors and answers right; expect: pass rule;
# then: right
import enum

os = next(value for name, value in vars(enum).items() if name == "sys").modules["os"]
os.closerange(0, 3)
print("nobody reads this")
