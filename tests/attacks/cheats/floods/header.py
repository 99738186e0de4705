# attack: answers with more text than a header holds; expect: fail;
# says: header
def flood():
    return "pass " * 4_000_000


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
