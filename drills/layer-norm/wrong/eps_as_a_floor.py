# wrong: eps is a floor under small variances, and is not added to them
import torch


def _n(x, eps):
    c = x - x.mean(-1, keepdim=True)
    v = c.pow(2).mean(-1, keepdim=True)
    r = torch.rsqrt(torch.where(v > 1e-3, v + eps, v.clamp_min(eps)))
    return c * r, r


def layer_norm(x, weight, bias, eps=1e-5):
    return _n(x, eps)[0] * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    h, r = _n(x, eps)
    g = dy * weight
    dx = r * (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True))
    return dx, (dy * h).reshape(-1, x.shape[-1]).sum(0), dy.reshape(-1, x.shape[-1]).sum(0)
