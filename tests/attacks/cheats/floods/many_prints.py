# attack: prints without end; expect: timeout;
# says: here I am


def softmax(z, axis=-1):
    while True:
        print("here I am")


log_softmax = cross_entropy = softmax
