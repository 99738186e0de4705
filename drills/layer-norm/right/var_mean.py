# right: torch.var_mean for both statistics, division by the root, sums over all dimensions but the last
import torch


def statistics(x, eps):
    variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(variance + eps), torch.sqrt(variance + eps)


def layer_norm(x, weight, bias, eps=1e-5):
    normalised, _ = statistics(x, eps)
    return torch.addcmul(bias, normalised, weight)


def layer_norm_backward(dy, x, weight, eps=1e-5):
    normalised, deviation = statistics(x, eps)
    rows = tuple(range(x.dim() - 1))
    g = dy * weight
    dx = (g - g.mean(dim=-1, keepdim=True) - normalised * (g * normalised).mean(dim=-1, keepdim=True)) / deviation
    if not rows:
        return dx, dy * normalised, dy.clone()
    return dx, (dy * normalised).sum(dim=rows), dy.sum(dim=rows)
