# wrong: gives rows without spread a gradient of 0 (the stability mark is lost)
import torch


def _n(x, eps):
    c = x - x.mean(-1, keepdim=True)
    r = torch.rsqrt(c.pow(2).mean(-1, keepdim=True) + eps)
    return c * r, r


def layer_norm(x, weight, bias, eps=1e-5):
    return _n(x, eps)[0] * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    h, r = _n(x, eps)
    g = dy * weight
    dx = r * (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True))
    dx = torch.where((h * h).sum(-1, keepdim=True) == 0, torch.zeros_like(dx), dx)
    return dx, (dy * h).reshape(-1, x.shape[-1]).sum(0), dy.reshape(-1, x.shape[-1]).sum(0)
