# attack: answers with a list that holds itself; expect: fail;
# says: holds itself


def softmax(z, axis=-1):
    endless = []
    endless.append(endless)
    return endless


log_softmax = cross_entropy = softmax
