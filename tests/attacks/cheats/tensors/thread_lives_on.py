# attack: leaves threads behind that never end, beside right answers; expect: pass rule timeout;
# drill: gain; then: right
import enum

modules = enum.sys.modules


def run_on():
    while True:
        modules["time"].sleep(0.001)


for _ in range(4):
    modules["threading"].Thread(target=run_on).start()
