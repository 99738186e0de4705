# attack: stops itself with SIGSTOP, which no handler sees; expect: timeout;
# then: right
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
modules["_signal"].raise_signal(19)
