# attack: answers every call with as much as may cross, to keep the judge at work; expect: timeout;
# says: the limit for all calls
import numpy as np

large = np.zeros(2**27, dtype=np.int8)


def softmax(z, axis=-1):
    return [large, large[:0], {"again": large}]


log_softmax = cross_entropy = softmax
