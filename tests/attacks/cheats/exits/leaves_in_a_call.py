# attack: ends the process with status 0 instead of answering; expect: crash;
# says: exit status 0
import enum

os = next(value for name, value in vars(enum).items() if name == "sys").modules["os"]


def softmax(z, axis=-1):
    os._exit(0)


log_softmax = cross_entropy = softmax
