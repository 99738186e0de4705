# attack: a regular expression that tries everything; expect: timeout
import re


def softmax(z, axis=-1):
    re.fullmatch("(a+)+b", "a" * 60)
    return z


log_softmax = cross_entropy = softmax
