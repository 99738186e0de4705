# wrong: the mean of squares minus the square of the mean, which loses all digits far from zero
import torch


def normalised(x, eps):
    mean = x.mean(-1, keepdim=True)
    variance = (x.square().mean(-1, keepdim=True) - mean.square()).clamp_min(0)
    scale = torch.rsqrt(variance + eps)
    return (x - mean) * scale, scale


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
    return dx, (dy * xhat).reshape(-1, d).sum(0), dy.reshape(-1, d).sum(0)
