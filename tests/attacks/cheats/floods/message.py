# attack: raises an exception with a message of ten megabytes; expect: fail;
# says: your code raised ValueError: no no
def flood():
    raise ValueError("no " * 4_000_000)


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
