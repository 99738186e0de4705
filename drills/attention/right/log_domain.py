# right: weights as exponentials of log-weights by logsumexp; half of the scale goes to q and half to k
import torch

NEVER = -1e30


def attention(q, k, v, mask=None):
    root = q.shape[-1] ** -0.25
    scores = (q * root) @ (k * root).mT
    if mask is not None:
        scores = torch.where(mask, scores, NEVER)
    logs = scores - torch.logsumexp(scores, -1, keepdim=True)
    weights = logs.exp()
    return (weights if mask is None else weights * mask) @ v
