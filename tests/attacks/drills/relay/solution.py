"""Hands values to a function of the suite's, and sums large arrays."""


def relay(function, n):
    """The function's values for 0 to n - 1, in a list."""
    # your part
    return [function(i) for i in range(n)]
    # end of your part


def total(x):
    """The sum of an array, a float."""
    # your part
    return float(x.sum())
    # end of your part
