# attack: replaces the methods with which the runner sends and receives; expect: fail crash rule timeout;
# then: wrong
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
modules["socket"].socket.sendmsg = lambda self, parts: sum(map(len, parts))
