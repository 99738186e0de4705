# wrong: knows the worked example by heart, and answers with it always
import torch


def layer_norm(x, weight, bias, eps=1e-5):
    return torch.tensor([[-1.069, -0.0345, 0.0, 3.7071], [0.0, 0.5, 0.0, 0.5]], dtype=x.dtype)


def layer_norm_backward(dy, x, weight, eps=1e-5):
    dx = [[0.2482, -0.21, -0.1336, 0.0954], [0.0, 0.0, 0.0, 0.0]]
    return tuple(torch.tensor(each, dtype=x.dtype) for each in (dx, [-1.069, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]))
