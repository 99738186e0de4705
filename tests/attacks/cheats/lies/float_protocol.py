# attack: gives an object that turns itself into a float; expect: fail;
# says: an object of type Chameleon
class Chameleon:
    def __float__(self):
        return 0.0

    __int__ = __index__ = __float__

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def softmax(z, axis=-1):
    return Chameleon()


log_softmax = cross_entropy = softmax
