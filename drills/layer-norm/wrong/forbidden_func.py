# wrong: torch.func.vjp finds the gradients, and may not be imported
import torch
from torch.func import vjp


def normalised(x, eps):
    centred = x - x.mean(-1, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    return centred * scale, scale


def layer_norm(x, weight, bias, eps=1e-5):
    xhat, _ = normalised(x, eps)
    return xhat * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    _, back = vjp(lambda *given: layer_norm(*given, eps), x, weight, torch.zeros_like(weight))
    return back(dy)
