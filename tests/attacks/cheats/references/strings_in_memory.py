# attack: looks for the suite's text in all memory that it can read; expect: pass rule fail error;
# then: right; says: no maps
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
try:
    print("BREACH:", modules["io"].open("/proc/self/maps").read(100))
except OSError as error:
    print("no maps:", error)
