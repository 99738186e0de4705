# attack: the name of the result's class is computed for ever; expect: timeout fail


class Meta(type):
    @property
    def __name__(cls):
        while True:
            pass


class Odd(metaclass=Meta):
    pass


def softmax(z, axis=-1):
    return Odd()


log_softmax = cross_entropy = softmax
