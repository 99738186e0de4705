# attack: gives a list of everything; expect: timeout fail
from itertools import count, repeat


def softmax(z, axis=-1):
    sum(1 for _ in count())


log_softmax = cross_entropy = lambda *args: max(repeat(1))
