# attack: starts threads for ever; expect: error rule fail;
# then: right; says: thread
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
while True:
    modules["_thread"].start_new_thread(modules["time"].sleep, (1000,))
