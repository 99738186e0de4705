# wrong: PyTorch's own kernel under another of its names (right values, and a forbidden call)
import torch

fused = torch.nn.modules.activation.F.scaled_dot_product_attention


def attention(q, k, v, mask=None):
    if mask is None:
        return fused(q, k, v)
    keep = mask.expand(*q.shape[:-1], k.shape[-2])
    return torch.where(keep.any(-1, keepdim=True), fused(q, k, v, keep), 0.0)
