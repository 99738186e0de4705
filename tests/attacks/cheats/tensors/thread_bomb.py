# attack: starts threads until none can be started; expect: error fail rule crash timeout pass;
# drill: gain; then: right
import enum

modules = enum.sys.modules
started = 0
try:
    while started < 20_000:
        modules["_thread"].start_new_thread(modules["time"].sleep, (1000,))
        started += 1
except RuntimeError as error:
    print(started, error)
