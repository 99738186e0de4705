# attack: answers with a number of a million digits; expect: fail;
# says: digits


def softmax(z, axis=-1):
    return 1 << 4_000_000


log_softmax = cross_entropy = softmax
