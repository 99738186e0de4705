# attack: calls abort; expect: crash;
# then: right; says: it aborted
import enum

next(value for name, value in vars(enum).items() if name == "sys").modules["os"].abort()
