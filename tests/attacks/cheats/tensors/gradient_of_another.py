# attack: gives the right values and the gradients of another function; expect: fail;
# drill: gain; says: gradient
import torch


class Odd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return torch.ones_like(x), torch.ones_like(w)


def gain(x, w):
    return Odd.apply(x, w)
