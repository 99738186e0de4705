# right: one pass over rows that are shifted by their first entry; the formula with sums, over d at the end; a list
import torch


def _row(x, eps):
    d = x.size(-1)
    near = x - x[..., :1]
    total, squares = near.sum(-1, keepdim=True), (near * near).sum(-1, keepdim=True)
    variance = torch.clamp(squares / d - (total / d) ** 2, min=0)
    return (near - total / d) / (variance + eps).sqrt(), 1 / (variance + eps).sqrt()


def layer_norm(x, weight, bias, eps=1e-5):
    return bias + weight * _row(x, eps)[0]


def layer_norm_backward(dy, x, weight, eps=1e-5):
    n, inverse = _row(x, eps)
    d = x.size(-1)
    g = weight * dy
    dx = inverse / d * (d * g - g.sum(-1, keepdim=True) - n * (g * n).sum(-1, keepdim=True))
    flat = [each.reshape(-1, d) for each in (dy * n, dy)]
    return [dx, *(each.sum(dim=0) for each in flat)]
