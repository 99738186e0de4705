"""Multiplies rows by weights."""


def gain(x, w):
    """x [n, d] times w [d], as torch has it: gradients flow to both."""
    # your part
    return x * w
    # end of your part
