# attack: asks for the decimal digits of a number of millions; expect: fail timeout


def softmax(z, axis=-1):
    return str(1 << 40_000_000)


log_softmax = cross_entropy = softmax
