# wrong: takes the hidden layer of the last forward call, whatever that was called on
import numpy as np

cache = {}


def forward(params, X):
    cache["hidden"] = np.tanh(X @ params["W1"] + params["b1"])
    cache["z"] = cache["hidden"] @ params["W2"] + params["b2"]
    return 0.5 + 0.5 * np.tanh(cache["z"] / 2)


def loss_and_grads(params, X, y):
    if "z" not in cache or cache["z"].shape != y.shape:
        forward(params, X)
    hidden, z = cache["hidden"], cache["z"]
    loss = float(np.mean(np.logaddexp(0, z) - y * z))
    dz = (0.5 + 0.5 * np.tanh(z / 2) - y) / len(X)
    da = dz @ params["W2"].T * (1 - hidden**2)
    return loss, {"W1": X.T @ da, "b1": da.sum(axis=0), "W2": hidden.T @ dz, "b2": dz.sum(axis=0)}
