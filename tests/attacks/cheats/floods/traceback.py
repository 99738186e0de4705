# attack: raises an exception of an exception of an exception; expect: fail;
# says: ValueError
def flood():
    error = None
    for number in range(20_000):
        new = ValueError("x" * 1000 + str(number))
        new.__cause__ = new.__context__ = error
        error = new
    raise error


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
