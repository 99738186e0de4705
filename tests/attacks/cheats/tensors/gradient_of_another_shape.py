# attack: gives gradients that broadcast to the right shape; expect: fail;
# drill: gain
import torch


class Odd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return (dy * w)[:1], (dy * x).sum()


def gain(x, w):
    return Odd.apply(x, w)
