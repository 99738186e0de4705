# attack: raises what closes generators; expect: fail;
# says: GeneratorExit


def softmax(z, axis=-1):
    raise GeneratorExit


log_softmax = cross_entropy = softmax
