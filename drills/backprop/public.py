"""The public checks of backprop: the clauses of the prompt on a small network."""

import numpy as np

from groundup.drill.checks import check, close, exactly, fails

PARAMS = {
    "W1": np.array([[0.1, -0.2], [0.3, 0.4]]),
    "b1": np.array([0.0, 0.1]),
    "W2": np.array([[0.5], [-0.6]]),
    "b2": np.array([0.2]),
}
X = np.array([[1.0, -1.0], [0.0, 2.0], [-0.5, 0.3]])
Y = np.array([[1.0], [0.0], [0.0]])


def loss_of(params):
    """From the definition: fine at ordinary logits."""
    p = 1 / (1 + np.exp(-(np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"])))
    return float(-np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p)))


@check("correctness", "forward gives probabilities [n, 1]: 0.5 where all parameters are 0")
def test_forward(solution):
    zeros = {name: np.zeros_like(value) for name, value in PARAMS.items()}
    close(solution.forward(zeros, X), np.full((3, 1), 0.5), of="forward(zeros, X)", inputs={"X": X})
    z = np.tanh(X @ PARAMS["W1"] + PARAMS["b1"]) @ PARAMS["W2"] + PARAMS["b2"]
    close(solution.forward(PARAMS, X), 1 / (1 + np.exp(-z)), of="forward(params, X)", inputs={**PARAMS, "X": X})


@check("correctness", "the loss is the mean binary cross-entropy")
def test_loss(solution):
    loss, _ = solution.loss_and_grads(PARAMS, X, Y)
    close(loss, loss_of(PARAMS), of="the loss", inputs={**PARAMS, "X": X, "y": Y})


@check("correctness", "there is a gradient for each parameter, of its shape, and it agrees with central differences")
def test_gradients(solution):
    _, grads = solution.loss_and_grads(PARAMS, X, Y)
    fails(type(grads) is not dict, "the gradients are a dict")
    exactly(sorted(map(str, grads)), sorted(PARAMS), of="the names of the gradients")
    for name, value in PARAMS.items():
        expected = np.zeros(value.shape)
        for at in np.ndindex(value.shape):
            step = np.zeros(value.shape)
            step[at] = 1e-5
            ends = (loss_of({**PARAMS, name: value + step}), loss_of({**PARAMS, name: value - step}))
            expected[at] = (ends[0] - ends[1]) / 2e-5
        close(grads[name], expected, of=f"the gradient of {name}", slack=1e-7 / np.finfo(float).eps, scale=1.0)


@check("stability", "a sure and wrong answer costs its logit")
def test_large(solution):
    params = {"W1": np.zeros((2, 2)), "b1": np.zeros(2), "W2": np.zeros((2, 1)), "b2": np.array([-1000.0])}
    loss, _ = solution.loss_and_grads(params, X, Y)
    close(loss, 1000 / 3, of="the loss", inputs={"b2": params["b2"], "y": Y})
    close(solution.forward(params, X), np.zeros((3, 1)), of="forward(params, X)", scale=1.0)
