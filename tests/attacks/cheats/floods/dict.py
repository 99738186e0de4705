# attack: answers with a dict of a million entries; expect: fail;
# says: values
def flood():
    return dict.fromkeys(range(1_000_000), 0.5)


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
