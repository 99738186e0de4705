# attack: doubles a list until memory ends; expect: fail crash timeout;
# says: (MemoryError|want of memory|no answer)


def softmax(z, axis=-1):
    held = [0.0] * 1000
    while True:
        held += held


log_softmax = cross_entropy = softmax
