# wrong: torch.vmap over the rows, a loop in disguise (the vectorisation mark is lost)
import torch


def normalised(x, eps):
    centred = x - x.mean(-1, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    return centred * scale, scale


def layer_norm(x, weight, bias, eps=1e-5):
    rows = x.reshape(-1, x.shape[-1])
    return torch.vmap(lambda row: normalised(row, eps)[0] * weight + bias)(rows).reshape(x.shape)


def layer_norm_backward(dy, x, weight, eps=1e-5):
    xhat, scale = normalised(x, eps)
    dxhat = dy * weight
    shift = dxhat.mean(-1, keepdim=True)
    stretch = (dxhat * xhat).mean(-1, keepdim=True)
    dx = scale * (dxhat - shift - xhat * stretch)
    d = x.shape[-1]
    return dx, (dy * xhat).reshape(-1, d).sum(0), dy.reshape(-1, d).sum(0)
