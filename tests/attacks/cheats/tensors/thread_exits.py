# attack: has a thread end the process while the main one answers; expect: crash rule;
# drill: gain; then: right
import enum

modules = enum.sys.modules


def leave():
    modules["time"].sleep(0.05)
    modules["os"]._exit(0)


modules["threading"].Thread(target=leave).start()
modules["time"].sleep(0.2)
