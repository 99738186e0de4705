# wrong: returns the gradients in another order
import torch


def normalised(x, eps):
    centred = x - x.mean(-1, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    return centred * scale, scale


def layer_norm(x, weight, bias, eps=1e-5):
    xhat, _ = normalised(x, eps)
    return xhat * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    xhat, scale = normalised(x, eps)
    dxhat = dy * weight
    shift = dxhat.mean(-1, keepdim=True)
    stretch = (dxhat * xhat).mean(-1, keepdim=True)
    dx = scale * (dxhat - shift - xhat * stretch)
    d = x.shape[-1]
    return dx, dy.reshape(-1, d).sum(0), (dy * xhat).reshape(-1, d).sum(0)
