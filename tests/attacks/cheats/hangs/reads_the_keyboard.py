# attack: waits for a keyboard that nobody sits at; expect: fail rule


def softmax(z, axis=-1):
    return input("an answer, please: ")


log_softmax = cross_entropy = softmax
