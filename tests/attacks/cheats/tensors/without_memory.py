# attack: gives tensors that have shapes and no values; expect: fail;
# drill: gain
import torch


def gain(x, w):
    return torch.empty(x.shape, device="meta", dtype=x.dtype)
