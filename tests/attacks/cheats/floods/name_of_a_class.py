# attack: raises an exception whose class has a name of millions of characters; expect: fail;
# says: your code raised longlong
class Long(Exception):
    pass


Long.__name__ = Long.__qualname__ = "long" * 1_500_000


def flood():
    raise Long


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
