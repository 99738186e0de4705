# attack: gives a parameter where a tensor is wanted; expect: fail;
# drill: gain; says: an object of type Parameter
import torch


def gain(x, w):
    return torch.nn.Parameter(x * w)
