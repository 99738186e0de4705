# attack: waits for a lock that it holds; expect: timeout
import enum


def softmax(z, axis=-1):
    lock = next(value for name, value in vars(enum).items() if name == "sys").modules["_thread"].allocate_lock()
    with lock, lock:
        return z


log_softmax = cross_entropy = softmax
