# wrong: every class is as likely as the others, whatever the logits.
import numpy as np


def softmax(z, axis=-1):
    return np.full(np.shape(z), 1 / np.shape(z)[axis])


def log_softmax(z, axis=-1):
    return np.log(softmax(z, axis))


def cross_entropy(logits, targets):
    return float(np.log(np.shape(logits)[1]))
