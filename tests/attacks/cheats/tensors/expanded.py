# attack: gives a tensor of a trillion values of which one is in memory; expect: fail;
# drill: gain; says: arrays of
import torch


def gain(x, w):
    return torch.ones(1).expand(10**6, 10**6)
