# attack: calls itself for ever; expect: fail;
# says: RecursionError


def softmax(z, axis=-1):
    return softmax(z, axis)


log_softmax = cross_entropy = softmax
