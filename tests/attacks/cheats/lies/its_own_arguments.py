# attack: gives its argument back; expect: fail
def softmax(z, *rest):
    return z


log_softmax = cross_entropy = softmax
