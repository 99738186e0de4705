# attack: reads at address 0; expect: crash;
# says: segmentation fault
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules


def softmax(z, axis=-1):
    return modules["ctypes"].string_at(0)


log_softmax = cross_entropy = softmax
