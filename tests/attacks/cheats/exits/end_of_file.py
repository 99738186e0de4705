# attack: raises what the runner takes for the end of its connection; expect: fail crash;
# says: EOFError|exit status


def softmax(z, axis=-1):
    raise EOFError("the other side closed")


log_softmax = cross_entropy = softmax
