# right: leading dimensions flattened to one for baddbmm with an additive bias; every argument unpacked in a class
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass
class Heads:
    q: Tensor
    k: Tensor
    v: Tensor

    def __post_init__(self):
        self.lead = self.q.shape[:-2]
        self.q, self.k, self.v = (x.reshape(-1, *x.shape[-2:]) for x in (self.q, self.k, self.v))

    def bias(self, mask):
        shape = (*self.lead, self.q.shape[1], self.k.shape[1])
        if mask is None:
            return self.q.new_zeros(()), None
        mask = mask.expand(shape).reshape(-1, *shape[-2:])
        return self.q.new_zeros(mask.shape).masked_fill_(~mask, torch.finfo(self.q.dtype).min / 2), mask

    def mixed(self, mask) -> Tensor:
        bias, mask = self.bias(mask)
        scores = torch.baddbmm(bias, self.q, self.k.permute(0, 2, 1), alpha=self.q.shape[-1] ** -0.5)
        weights = torch.softmax(scores, 2)
        if mask is not None:
            weights = torch.where(mask, weights, torch.zeros_like(weights))
        y = torch.bmm(weights, self.v)
        return y.reshape(*self.lead, *y.shape[1:])


def attention(q, k, v, mask=None):
    return Heads(q, k, v).mixed(mask)
