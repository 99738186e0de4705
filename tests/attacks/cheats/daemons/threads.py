# attack: starts threads that would live on; expect: pass partial rule;
# then: right; says: refused: RuntimeError
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
refused = set()


def run_on():
    while True:
        pass


for start in (
    lambda: modules["threading"].Thread(target=run_on).start(),
    lambda: modules["_thread"].start_new_thread(run_on, ()),
):
    try:
        start()
        print("BREACH: a thread runs")
    except RuntimeError as error:
        refused.add(type(error).__name__)
print("refused:", *sorted(refused))
