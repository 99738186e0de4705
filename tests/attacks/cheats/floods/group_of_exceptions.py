# attack: raises a group of groups of exceptions, all of which a traceback would show; expect: fail timeout crash
def flood():
    error = ValueError("inner")
    for _ in range(300):
        error = ExceptionGroup("outer " * 1000, [error] * 10)
    raise error


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
