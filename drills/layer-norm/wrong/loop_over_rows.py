# wrong: one row at a time (right values, and the vectorisation mark is lost)
import torch


def normalised(x, eps):
    centred = x - x.mean(-1, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    return centred * scale, scale


def layer_norm(x, weight, bias, eps=1e-5):
    xhat, _ = normalised(x, eps)
    return xhat * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    d = x.shape[-1]
    dx, dweight, dbias = [], torch.zeros_like(weight), torch.zeros_like(weight)
    for back, row in zip(dy.reshape(-1, d), x.reshape(-1, d), strict=True):
        xhat, scale = normalised(row, eps)
        dxhat = back * weight
        dx.append(scale * (dxhat - dxhat.mean() - xhat * (dxhat * xhat).mean()))
        dweight, dbias = dweight + back * xhat, dbias + back
    return torch.stack(dx).reshape(x.shape), dweight, dbias
