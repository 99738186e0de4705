# attack: finds __import__ through the classes of the language; expect: error rule fail
loader = next(each for each in ().__class__.__base__.__subclasses__() if each.__name__ == "catch_warnings")
special = loader.__init__.__globals__["__builtins__"]["__import__"]("scipy.special").special


def softmax(z, axis=-1):
    return special.softmax(z, axis=axis)


def log_softmax(z, axis=-1):
    return special.log_softmax(z, axis=axis)


def cross_entropy(logits, targets):
    return -log_softmax(logits, axis=1)[range(len(targets)), targets].mean()
