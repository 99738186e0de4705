# attack: gives a float whose comparisons are always true; expect: fail;
# says: an object of type Agreeable
class Agreeable(float):
    def __eq__(self, other):
        return True

    __le__ = __ge__ = __lt__ = __gt__ = __eq__

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__
    __hash__ = float.__hash__


def softmax(z, axis=-1):
    return Agreeable(7.0)


log_softmax = cross_entropy = softmax
