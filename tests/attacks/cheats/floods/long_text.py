# attack: answers with a text of four million characters; expect: fail;
# says: is a str
def flood():
    return "pass " * 800_000


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
