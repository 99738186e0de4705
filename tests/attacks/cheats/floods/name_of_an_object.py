# attack: answers with an object whose class has a name of millions of characters; expect: fail;
# says: an object of type longlong
class Long:
    pass


Long.__name__ = Long.__qualname__ = "long" * 1_500_000


def flood():
    return Long()


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
