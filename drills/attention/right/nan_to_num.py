# right: NaN of the empty rows is turned into 0 afterwards; torch.where keeps its gradient out
import torch


def attention(q, k, v, mask=None, *, scale=None):
    """With a scale of one's own, by default 1 / √d."""
    scale = 1 / q.shape[-1] ** 0.5 if scale is None else scale
    scores = scale * torch.matmul(q, torch.swapaxes(k, -2, -1))
    if mask is not None:
        scores = torch.where(mask, scores, float("-inf"))
    return torch.nan_to_num(torch.nn.functional.softmax(scores, dim=-1)) @ v
