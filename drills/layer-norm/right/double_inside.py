# right: computes in float64 whatever comes in; a dataclass keeps what both passes need, a named tuple is returned
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor


class Gradients(NamedTuple):
    dx: Tensor
    dweight: Tensor
    dbias: Tensor


@dataclass
class Row:
    x: Tensor
    eps: float

    def __post_init__(self):
        x = self.x.to(torch.float64)
        self.centred = x - x.mean(dim=-1).unsqueeze(-1)
        self.deviation = torch.sqrt(self.centred.pow(2).mean(dim=-1).unsqueeze(-1) + self.eps)

    @property
    def unit(self):
        return self.centred / self.deviation

    def back(self, g):
        g = g - g.mean(-1, keepdim=True)
        return (g - self.unit * (g * self.unit).mean(-1, keepdim=True)) / self.deviation


def layer_norm(x, weight, bias, eps=1e-5):
    return (Row(x, eps).unit * weight + bias).to(x.dtype)


def layer_norm_backward(dy, x, weight, eps=1e-5):
    row, d = Row(x, eps), x.shape[-1]
    found = (row.back(dy * weight), (dy * row.unit).view(-1, d).sum(0), dy.reshape(-1, d).double().sum(0))
    return Gradients(*(each.to(x.dtype) for each in found))
