# attack: makes all objects the same object, so that every reference is the module; expect: fail error crash rule;
# then: wrong
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
module = modules["solution"]
modules["builtins"].id = lambda value: 1
