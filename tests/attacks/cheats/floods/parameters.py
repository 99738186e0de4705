# attack: answers with a function of fifty thousand parameters; expect: fail rule;
# says: type function
def flood():
    return eval("lambda " + ",".join(f"a{n}" for n in range(50_000)) + ": 0")


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
