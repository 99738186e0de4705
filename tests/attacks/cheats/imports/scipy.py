# attack: has SciPy compute the answer; expect: error rule
from scipy.special import log_softmax


def cross_entropy(logits, targets):
    return -log_softmax(logits, axis=1)[range(len(targets)), targets].mean()
