# attack: answers with a list that holds one list twice, which holds one twice, forty times; expect: fail;
# says: values
def flood():
    wide = [0.0]
    for _ in range(39):
        wide = [wide, wide]
    return wide


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
