# attack: ends the process between a callback and its answer; expect: crash;
# drill: relay; says: exit status 3
import enum

os = next(value for name, value in vars(enum).items() if name == "sys").modules["os"]


def relay(function, n):
    function(0)
    os._exit(3)


def total(x):
    return float(x.sum())
