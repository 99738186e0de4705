# attack: sleeps for an hour; expect: timeout
import time


def softmax(z, axis=-1):
    time.sleep(3600)


log_softmax = cross_entropy = softmax
