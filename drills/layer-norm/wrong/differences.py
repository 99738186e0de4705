# wrong: central differences in place of derivatives: not exact enough, and two passes for each entry
import torch


def normalised(x, eps):
    centred = x - x.mean(-1, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    return centred * scale, scale


def layer_norm(x, weight, bias, eps=1e-5):
    xhat, _ = normalised(x, eps)
    return xhat * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    zero, step = torch.zeros_like(weight), 1e-5
    dx = torch.zeros_like(x)
    for i in range(x.shape[-1]):
        moved = torch.zeros_like(x)
        moved[..., i] = step
        ends = [layer_norm(each, weight, zero, eps) for each in (x + moved, x - moved)]
        dx[..., i] = ((ends[0] - ends[1]) / (2 * step) * dy).sum(-1)
    xhat, _ = normalised(x, eps)
    d = x.shape[-1]
    return dx, (dy * xhat).reshape(-1, d).sum(0), dy.reshape(-1, d).sum(0)
