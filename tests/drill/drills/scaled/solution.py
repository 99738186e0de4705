"""A product."""


def scaled(x, w):
    """Tensors x (n, d) and w (d,) to their product (n, d)."""
    # your part
    return x * w
    # end of your part
