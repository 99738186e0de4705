# attack: has the process end with status 0 when it exits; expect: fail rule error;
# then: wrong
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
modules["threading"]._register_atexit(modules["os"]._exit, 0)
modules["weakref"].finalize(modules["threading"].Thread, modules["os"]._exit, 0)
