# right: step by step through mean, variance, root and quotient, each with its own gradient
import torch


def forward(x, weight, bias, eps):
    d = x.shape[-1]
    mean = x.sum(-1, keepdim=True) / d
    centred = x - mean
    variance = (centred * centred).sum(-1, keepdim=True) / d
    root = torch.sqrt(variance + eps)
    y = centred / root * weight
    return (y if bias is None else y + bias), centred, root


def layer_norm(x, weight, bias, eps=1e-5):
    return forward(x, weight, bias, eps)[0]


def layer_norm_backward(dy, x, weight, eps=1e-5):
    d = x.shape[-1]
    _, centred, root = forward(x, weight, None, eps)
    dxhat = dy * weight
    droot = -(dxhat * centred).sum(-1, keepdim=True) / root**2
    dvariance = droot / (2 * root)
    dcentred = dxhat / root + 2 * centred * dvariance / d
    dmean = -dcentred.sum(-1, keepdim=True)
    dx = dcentred + dmean / d
    dweight, dbias = dy * centred / root, dy
    while dbias.dim() > 1:
        dweight, dbias = dweight.sum(0), dbias.sum(0)
    return dx, dweight, dbias
