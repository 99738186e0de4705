# attack: loops over rows; expect: partial;
# drill: gain; says: there is a loop over rows
import torch


def gain(x, w):
    return torch.stack([row * w for row in x])
