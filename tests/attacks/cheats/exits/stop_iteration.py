# attack: raises StopIteration, which ends loops quietly; expect: fail;
# says: StopIteration


def softmax(z, axis=-1):
    raise StopIteration(z)


log_softmax = cross_entropy = softmax
