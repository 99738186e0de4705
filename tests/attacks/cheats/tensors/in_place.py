# attack: multiplies in place; expect: fail partial;
# drill: gain
import torch


def gain(x, w):
    if x.requires_grad:
        return x * w
    with torch.no_grad():
        x.mul_(w)
    return x.clone()
