# attack: gives nothing; expect: fail;
# says: nothing was returned
def softmax(z, axis=-1):
    return None


log_softmax = cross_entropy = softmax
