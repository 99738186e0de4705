# attack: pads a text to ten gigabytes; expect: fail crash


def softmax(z, axis=-1):
    return format(1, "10000000000d")


log_softmax = cross_entropy = softmax
