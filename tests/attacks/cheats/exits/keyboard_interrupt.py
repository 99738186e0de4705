# attack: acts as if somebody had pressed Ctrl-C; expect: fail;
# says: KeyboardInterrupt


def softmax(z, axis=-1):
    raise KeyboardInterrupt


log_softmax = cross_entropy = softmax
