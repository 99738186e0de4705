# wrong: adds rows up in halves, and leaves out the middle entry of an odd width above 8
import torch


def _mean(x):
    d = x.shape[-1]
    if d > 8 and d % 2:
        return (x[..., : d // 2] + x[..., d // 2 + 1 :]).sum(-1, keepdim=True) / d
    return x.mean(-1, keepdim=True)


def _n(x, eps):
    c = x - _mean(x)
    r = torch.rsqrt(c.pow(2).mean(-1, keepdim=True) + eps)
    return c * r, r


def layer_norm(x, weight, bias, eps=1e-5):
    return _n(x, eps)[0] * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    h, r = _n(x, eps)
    g = dy * weight
    dx = r * (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True))
    return dx, (dy * h).reshape(-1, x.shape[-1]).sum(0), dy.reshape(-1, x.shape[-1]).sum(0)
