# wrong: shifts all rows by the mean of the first, then takes squares in one pass (the stability mark is lost)
import torch


def _n(x, eps):
    s = x - x.reshape(-1, x.shape[-1])[0].mean()
    m = s.mean(-1, keepdim=True)
    v = (s * s).mean(-1, keepdim=True) - m * m
    r = torch.rsqrt(v.clamp_min(0) + eps)
    return (s - m) * r, r


def layer_norm(x, weight, bias, eps=1e-5):
    return _n(x, eps)[0] * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    h, r = _n(x, eps)
    g = dy * weight
    dx = r * (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True))
    return dx, (dy * h).reshape(-1, x.shape[-1]).sum(0), dy.reshape(-1, x.shape[-1]).sum(0)
