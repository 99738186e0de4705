# wrong: calls PyTorch's convolution (right values, and a forbidden call)
import torch
from torch.nn import functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    x, weight = torch.from_numpy(x), torch.from_numpy(weight)
    return F.conv2d(x, weight, None if bias is None else torch.from_numpy(bias), stride, padding).numpy()


def conv2d_backward(dy, x, weight, stride, padding):
    x, weight = torch.from_numpy(x).requires_grad_(), torch.from_numpy(weight).requires_grad_()
    y = F.conv2d(x, weight, None, stride, padding)
    dx, dweight = torch.autograd.grad(y, (x, weight), torch.from_numpy(dy))
    return dx.numpy(), dweight.numpy(), dy.sum(axis=(0, 2, 3))
