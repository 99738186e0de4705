# wrong: knows the worked example by heart, and answers with it always
import numpy as np


def forward(params, X):
    return np.array([[0.59351], [0.50968]])


def loss_and_grads(params, X, y):
    return 0.617186671589939, {
        "W1": np.array([[-0.0976585, 0.09589994], [0.27899886, -0.24480471]]),
        "b1": np.array([-0.00698831, 0.02144755]),
        "W2": np.array([[0.17697659], [0.27646135]]),
        "b2": np.array([0.05160825]),
    }
