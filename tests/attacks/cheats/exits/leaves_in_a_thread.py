# attack: a thread ends the process while the main one computes; expect: error crash rule;
# then: wrong; says: thread
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
modules["threading"].Thread(target=modules["os"]._exit, args=(0,)).start()
