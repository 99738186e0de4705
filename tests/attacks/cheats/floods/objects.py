# attack: answers with fifty thousand objects, each of which must get a number; expect: fail;
# says: (header|is a list)
class Thing:
    pass


def flood():
    return [Thing() for _ in range(50_000)]


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
