# attack: has pools of threads and of processes compute; expect: error rule fail;
# then: right; says: (thread|concurrent|Permission|not among)
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
futures = modules["_frozen_importlib"]._gcd_import("concurrent.futures")
with futures.ThreadPoolExecutor(2) as pool:
    print("BREACH: a pool computes", pool.submit(sum, [1, 2]).result())
