# attack: raises what ends the runner quietly, while its exception is told; expect: fail crash


class Gone(ValueError):
    def __str__(self):
        raise BrokenPipeError


def softmax(z, axis=-1):
    raise Gone


log_softmax = cross_entropy = softmax
