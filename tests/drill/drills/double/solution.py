"""Twice what was given."""

import numpy as np


def double(x):
    """An array to one twice as large."""
    # your part
    if isinstance(x, str):
        raise ValueError("x must be an array, not a text")
    return 2.0 * np.asarray(x)
    # end of your part


class Counter:
    """Adds up."""

    def __init__(self, start=0):
        self.total = start

    def add(self, n):
        """Add n; returns the counter."""
        # your part
        self.total += n
        return self
        # end of your part

    def apply(self, function):
        """What the function makes of the total."""
        # your part
        return function(self.total)
        # end of your part
