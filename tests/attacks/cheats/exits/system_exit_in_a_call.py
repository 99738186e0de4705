# attack: raises SystemExit(0) instead of answering; expect: fail;
# says: SystemExit


def softmax(z, axis=-1):
    raise SystemExit(0)


log_softmax = cross_entropy = softmax
