# attack: answers with a dict whose keys all have one hash, which would take the judge minutes to fill; expect: fail
def flood():
    return {(2**61 - 1) * n: 0.5 for n in range(1500)}


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
