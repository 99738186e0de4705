# attack: hangs and catches whatever would end it; expect: timeout


def softmax(z, axis=-1):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


log_softmax = cross_entropy = softmax
