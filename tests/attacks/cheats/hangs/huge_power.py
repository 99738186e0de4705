# attack: a power of integers, in which Python looks for no signal; expect: timeout


def softmax(z, axis=-1):
    return 7 ** (3**30)


log_softmax = cross_entropy = softmax
