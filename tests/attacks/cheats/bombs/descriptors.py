# attack: opens pipes until none is left, and answers right; expect: pass partial rule fail;
# then: right; says: Too many open files
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
held = []
try:
    while True:
        held.append(modules["os"].pipe())
except OSError as error:
    print(error.strerror, len(held))
