# attack: the signature of the result is computed for ever; expect: timeout fail


class Odd:
    @property
    def __signature__(self):
        while True:
            pass

    def __call__(self):
        return 1


def softmax(z, axis=-1):
    return Odd()


log_softmax = cross_entropy = softmax
