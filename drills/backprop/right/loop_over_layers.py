# right: a list of layers, each with its activation and derivative; forward and backward are loops over it
import numpy as np

LAYERS = (
    ("W1", "b1", np.tanh, lambda a: 1.0 - a * a),
    ("W2", "b2", lambda z: z, lambda z: np.ones_like(z)),
)


def run(params, X):
    outs = [X]
    for weight, bias, activation, _ in LAYERS:
        outs.append(activation(outs[-1] @ params[weight] + params[bias]))
    return outs


def forward(params, X):
    return np.exp(-np.logaddexp(0.0, -run(params, X)[-1]))


def loss_and_grads(params, X, y):
    outs = run(params, X)
    z = outs[-1]
    delta = (np.exp(-np.logaddexp(0.0, -z)) - y) / y.shape[0]
    grads = {}
    for i in reversed(range(len(LAYERS))):
        weight, bias, _, slope = LAYERS[i]
        delta = delta * slope(outs[i + 1])
        grads[weight] = outs[i].T @ delta
        grads[bias] = delta.sum(0)
        delta = delta @ params[weight].T
    signed = np.where(y > 0.5, -z, z)
    return float(np.logaddexp(0.0, signed).mean()), grads
