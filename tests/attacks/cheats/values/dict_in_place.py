# attack: puts the updated weights into the dict that it is given; expect: partial fail;
# drill: backprop; says: modified in place
import numpy as np


def forward(params, X):
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    return 0.5 + 0.5 * np.tanh((hidden @ params["W2"] + params["b2"]) / 2)


def loss_and_grads(params, X, y):
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    z = hidden @ params["W2"] + params["b2"]
    loss = float(np.mean(np.logaddexp(0, z) - y * z))
    dz = (0.5 + 0.5 * np.tanh(z / 2) - y) / len(X)
    da = dz @ params["W2"].T * (1 - hidden**2)
    grads = {"W1": X.T @ da, "b1": da.sum(axis=0), "W2": hidden.T @ dz, "b2": dz.sum(axis=0)}
    for name in grads:
        params[name] = params[name] - 0.1 * grads[name]
    return loss, grads
