# attack: gives an object whose class is called ndarray; expect: fail;
# says: an object of type ndarray
class ndarray:
    shape = (2, 3)


def softmax(z, axis=-1):
    return ndarray()


log_softmax = cross_entropy = softmax
