# attack: ends the process with status 0 while it is loaded; expect: crash;
# says: exit status 0
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
modules["os"]._exit(0)
