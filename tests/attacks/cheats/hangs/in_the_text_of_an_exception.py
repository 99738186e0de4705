# attack: the message of an exception never ends; expect: timeout;
# says: in __str__


class Endless(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


def softmax(z, axis=-1):
    raise Endless


log_softmax = cross_entropy = softmax
