# attack: finds __import__ among the builtins by a name that is put together; expect: error rule fail
special = __builtins__["".join(("__im", "port__"))]("scipy.special").special


def softmax(z, axis=-1):
    return special.softmax(z, axis=axis)


def log_softmax(z, axis=-1):
    return special.log_softmax(z, axis=axis)


def cross_entropy(logits, targets):
    return -log_softmax(logits, axis=1)[range(len(targets)), targets].mean()
