# right (partial): Welford's update, a loop over the entries of a row, so the vectorisation mark is lost
import torch


def statistics(x):
    mean, squares = torch.zeros_like(x[..., 0]), torch.zeros_like(x[..., 0])
    for n in range(x.shape[-1]):
        step = x[..., n] - mean
        mean = mean + step / (n + 1)
        squares = squares + step * (x[..., n] - mean)
    return mean[..., None], squares[..., None] / x.shape[-1]


def layer_norm(x, weight, bias, eps=1e-5):
    mean, variance = statistics(x)
    return (x - mean) / (variance + eps).sqrt() * weight + bias


def layer_norm_backward(dy, x, weight, eps=1e-5):
    mean, variance = statistics(x)
    deviation = (variance + eps).sqrt()
    xhat = (x - mean) / deviation
    g = dy * weight
    dx = (g - g.mean(-1, keepdim=True) - xhat * (g * xhat).mean(-1, keepdim=True)) / deviation
    d = x.shape[-1]
    return dx, (dy * xhat).reshape(-1, d).sum(0), dy.reshape(-1, d).sum(0)
