# attack: stops the clock, so that no deadline passes; expect: timeout;
# then: right
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
for name in ("monotonic", "time", "perf_counter", "process_time"):
    setattr(modules["time"], name, lambda: 0.0)
modules["signal"].setitimer = modules["signal"].alarm = lambda *args: 0
while True:
    pass
