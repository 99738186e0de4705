# attack: makes all random numbers zero, so that the right answer is known; expect: fail rule;
# then: wrong
import numpy as np


class Dull:
    def __getattr__(self, name):
        return lambda *args, **kwargs: np.zeros(kwargs.get("size", ()))


np.random.default_rng = np.random.Generator = lambda *args: Dull()
