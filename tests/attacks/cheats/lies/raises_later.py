# attack: gives an object that raises whatever is asked of it; expect: fail crash
class Landmine:
    def __getattribute__(self, name):
        raise SystemExit(0)

    def __array__(self, *args, **kwargs):
        raise KeyboardInterrupt


def softmax(z, axis=-1):
    return Landmine()


log_softmax = cross_entropy = softmax
