# attack: never finishes the backward pass; expect: timeout;
# drill: gain; says: in backward
import torch


class Odd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        return x * w

    @staticmethod
    def backward(ctx, dy):
        while True:
            pass


def gain(x, w):
    return Odd.apply(x, w)
