# wrong: constants of the right shapes: the bias, and no gradient
import torch


def layer_norm(x, weight, bias, eps=1e-5):
    return bias.expand(x.shape).clone()


def layer_norm_backward(dy, x, weight, eps=1e-5):
    return torch.zeros_like(x), torch.zeros_like(weight), torch.zeros_like(weight)
