# attack: uses the forbidden function by its inner name; expect: rule;
# drill: gain
import torch


def gain(x, w):
    return torch._C._nn.linear(x, torch.diag(w))
