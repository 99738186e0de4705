# attack: gives True where a number is wanted, and a function where an array is; expect: fail;
# says: is a bool
def softmax(z, axis=-1):
    return True


log_softmax = cross_entropy = softmax
