# attack: is right eight times and hangs then; expect: timeout;
# then: right
import numpy as np

exp, left = np.exp, [8]


def slow(*args, **kwargs):
    left[0] -= 1
    while left[0] < 0:
        pass
    return exp(*args, **kwargs)


np.exp = slow
