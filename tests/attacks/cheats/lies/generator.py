# attack: gives a generator of rows; expect: fail;
# says: an object of type generator
def softmax(z, axis=-1):
    yield from z


log_softmax = cross_entropy = softmax
