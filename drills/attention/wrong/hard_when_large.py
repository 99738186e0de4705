# wrong: takes the best key alone once scores are large, which forgets those close to it
import torch


def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    keep = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand(scores.shape)
    scores = scores.masked_fill(~keep, -1e30)
    soft = torch.softmax(scores, -1)
    hard = torch.nn.functional.one_hot(scores.argmax(-1), scores.shape[-1]).to(q.dtype)
    large = (scores * keep).abs().amax(-1, keepdim=True) > 700
    return torch.where(keep, torch.where(large, hard, soft), 0.0) @ v
