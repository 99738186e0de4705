# attack: gives a tensor whose comparisons and gradients are its own; expect: fail;
# drill: gain; says: an object of type Agreeable
import torch


class Agreeable(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.zeros(())


def gain(x, w):
    return torch.zeros_like(x).as_subclass(Agreeable)
