# right: the norm is an autograd function whose backward is the one asked for; what it needs is saved
from torch.autograd import Function


def _statistics(x, eps):
    mu = x.mean(-1, keepdim=True)
    return mu, ((x - mu) ** 2).mean(-1, keepdim=True).add(eps).rsqrt()


class LayerNorm(Function):
    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        mu, s = _statistics(x, eps)
        ctx.save_for_backward(x, weight)
        ctx.eps = eps
        return weight * ((x - mu) * s) + bias

    @staticmethod
    def backward(ctx, dy):
        x, weight = ctx.saved_tensors
        return *layer_norm_backward(dy, x, weight, ctx.eps), None


def layer_norm(x, weight, bias, eps=1e-5):
    return LayerNorm.apply(x, weight, bias, eps)


def layer_norm_backward(dy, x, weight, eps=1e-5):
    mu, s = _statistics(x, eps)
    xhat = (x - mu) * s
    by_row = dy.reshape(-1, dy.shape[-1])
    dweight = (by_row * xhat.reshape(by_row.shape)).sum(0)
    g = dy * weight
    return s * (g - g.mean(-1, True) - xhat * (g * xhat).mean(-1, True)), dweight, by_row.sum(0)
