# attack: imports SciPy by __import__; expect: error rule
special = __import__("scipy.special").special


def softmax(z, axis=-1):
    return special.softmax(z, axis=axis)


def log_softmax(z, axis=-1):
    return special.log_softmax(z, axis=axis)


def cross_entropy(logits, targets):
    return -log_softmax(logits, axis=1)[range(len(targets)), targets].mean()
