# attack: replaces abs, max, isinstance, len, type and all; expect: fail rule error crash;
# then: wrong
import enum

builtins = next(value for name, value in vars(enum).items() if name == "sys").modules["builtins"]
builtins.abs = builtins.max = lambda *args, **kwargs: 0.0
builtins.all = lambda *args: True
builtins.any = lambda *args: False
builtins.len = lambda value: 1
builtins.isinstance = builtins.issubclass = lambda *args: True
