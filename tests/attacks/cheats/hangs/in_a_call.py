# attack: a call never returns; expect: timeout;
# says: in softmax


def softmax(z, axis=-1):
    while True:
        pass


log_softmax = cross_entropy = softmax
