# wrong: PyTorch's own kernel under another name, forward and backward (right values, and a forbidden call)
import torch

aten = torch.ops.aten


def layer_norm(x, weight, bias, eps=1e-5):
    return aten.native_layer_norm(x, x.shape[-1:], weight, bias, eps)[0]


def layer_norm_backward(dy, x, weight, eps=1e-5):
    shape = x.shape[-1:]
    _, mean, scale = aten.native_layer_norm(x, shape, weight, None, eps)
    wanted = [True, True, True]
    return aten.native_layer_norm_backward(dy, x, shape, mean, scale, weight, torch.zeros_like(weight), wanted)
