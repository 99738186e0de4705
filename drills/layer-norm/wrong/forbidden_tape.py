# wrong: goes through the nodes of autograd's tape by .backward (right values, and a forbidden call)
import torch


def normalised(x, eps):
    centred = x - x.mean(-1, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    return centred * scale, scale


def layer_norm(x, weight, bias, eps=1e-5):
    xhat, _ = normalised(x, eps)
    return xhat * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    leaves = [x.clone().requires_grad_(), weight.clone().requires_grad_(), torch.zeros_like(weight).requires_grad_()]
    layer_norm(*leaves, eps).backward(dy)
    return tuple(each.grad for each in leaves)
