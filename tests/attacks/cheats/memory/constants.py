# attack: knows the answers of the public checks by heart; expect: fail
import numpy as np

EXAMPLE = np.array([[0.125, 0.25, 0.625], [0.3, 0.6, 0.1]])


def softmax(z, axis=-1):
    return (
        {True: EXAMPLE, False: EXAMPLE / EXAMPLE.sum(axis=0)}[axis == -1]
        if np.shape(z) == (2, 3)
        else np.full((2, 4), 0.25)
    )


def log_softmax(z, axis=-1):
    return np.log(softmax(z, axis))


def cross_entropy(logits, targets):
    if max(targets) > 2 or min(targets) < 0 or not len(targets):
        raise ValueError("a target is no class")
    return 1.2951336
