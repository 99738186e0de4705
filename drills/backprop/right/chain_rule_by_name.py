# right: the dtype of the parameters all the way, and the chain rule step by step with named gradients
import numpy as np


def forward(params, X):
    pre = X.dot(params["W1"]) + params["b1"]
    act = np.sinh(np.clip(pre, -20, 20)) / np.cosh(np.clip(pre, -20, 20))
    z = act.dot(params["W2"]) + params["b2"]
    small = np.exp(np.minimum(z, -z))
    return np.where(np.signbit(z), small, np.ones_like(small)) / (1 + small)


def loss_and_grads(params, X, y):
    n = X.dtype.type(len(X))
    pre = X.dot(params["W1"]) + params["b1"]
    act = np.tanh(pre)
    z = act.dot(params["W2"]) + params["b2"]
    small = np.exp(np.minimum(z, -z))
    p = np.where(np.signbit(z), small, np.ones_like(small)) / (1 + small)

    d_loss_d_z = np.subtract(p, y) / n
    d_z_d_act = params["W2"].T
    d_act_d_pre = 1 - act * act
    d_loss_d_pre = d_loss_d_z * d_z_d_act * d_act_d_pre

    grads = {name: np.zeros_like(value) for name, value in params.items()}
    grads["W2"] += act.T.dot(d_loss_d_z)
    grads["b2"] += d_loss_d_z.sum(axis=0)
    grads["W1"] += X.T.dot(d_loss_d_pre)
    grads["b1"] += d_loss_d_pre.sum(axis=0)
    cost = np.where(y == 1, np.maximum(-z, 0), np.maximum(z, 0)) + np.log1p(small)
    return cost.mean(), grads
