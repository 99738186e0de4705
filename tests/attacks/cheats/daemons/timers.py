# attack: sets timers that interrupt what runs after it; expect: pass partial rule crash timeout fail;
# then: right
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
signal = modules["_signal"]
signal.signal(signal.SIGALRM, lambda number, frame: print("interrupted"))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
