"""Layer norm over the last dimension, and its gradients by the chain rule."""

import torch


# your part
def _normalised(x, eps):
    """Rows at mean 0 and variance 1 [..., d], and the factors that stretched them [..., 1]."""
    centred = x - x.mean(-1, keepdim=True)  # before anything is squared: an offset would swallow the digits
    scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    return centred * scale, scale


# end of your part


def layer_norm(x, weight, bias, eps=1e-5):
    """Each row of x at mean 0 and variance 1, then times weight, plus bias.

    Args:
        x: Rows [..., d], float32 or float64.
        weight: [d].
        bias: [d].
        eps: Added to the variance, which is a mean over d entries.

    Returns:
        Tensor [..., d].
    """
    # your part
    xhat, _ = _normalised(x, eps)
    return xhat * weight + bias
    # end of your part


def layer_norm_backward(dy, x, weight, eps=1e-5):
    """Gradients of a loss with respect to what layer_norm(x, weight, bias, eps) was given.

    Args:
        dy: The loss's gradient with respect to the result, [..., d].
        x: As layer_norm was given it, [..., d].
        weight: [d].
        eps: As layer_norm was given it.

    Returns:
        (dx, dweight, dbias): [..., d], [d] and [d].
    """
    # your part
    xhat, scale = _normalised(x, eps)
    dxhat = dy * weight
    # To shift a row, or to stretch it, changes nothing: what of the gradient points there falls away.
    shift = dxhat.mean(-1, keepdim=True)
    stretch = (dxhat * xhat).mean(-1, keepdim=True)
    dx = scale * (dxhat - shift - xhat * stretch)
    d = x.shape[-1]
    return dx, (dy * xhat).reshape(-1, d).sum(0), dy.reshape(-1, d).sum(0)
    # end of your part
