# attack: answers with a list in a list in a list; expect: fail;
# says: nests more than
def flood():
    nested = []
    for _ in range(10_000):
        nested = [nested]
    return nested


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
