"""The public checks of softmax: the clauses of the prompt on numbers that can be worked out by hand."""

import math

import numpy as np

from groundup.drill.checks import check, close, raises


@check("correctness", "softmax and log_softmax match probabilities worked out by hand, along either axis")
def test_by_hand(solution):
    z = np.log([[1.0, 2.0, 5.0], [3.0, 6.0, 1.0]])  # so that the exponentials are 1, 2, 5 and 3, 6, 1
    rows, columns = [[0.125, 0.25, 0.625], [0.3, 0.6, 0.1]], [[1 / 4, 2 / 8, 5 / 6], [3 / 4, 6 / 8, 1 / 6]]
    close(solution.softmax(z), np.array(rows), of="softmax(z)", inputs={"z": z})
    close(solution.softmax(z, axis=0), np.array(columns), of="softmax(z, axis=0)", inputs={"z": z})
    close(solution.log_softmax(z), np.log(rows), of="log_softmax(z)", inputs={"z": z})


@check("correctness", "float32 scores give float32 results")
def test_float32(solution):
    z = np.zeros((2, 4), dtype=np.float32)
    close(solution.softmax(z), np.full((2, 4), 0.25), of="softmax(z)", inputs={"z": z}, dtype=np.float32)
    close(
        solution.log_softmax(z), np.full((2, 4), -math.log(4)), of="log_softmax(z)", inputs={"z": z}, dtype=np.float32
    )


@check("correctness", "cross_entropy is the mean of -log p(target), and refuses a target that is no class")
def test_cross_entropy(solution):
    logits, targets = np.log([[1.0, 2.0, 5.0], [3.0, 6.0, 1.0]]), np.array([1, 0])
    expected = (math.log(4) + math.log(10 / 3)) / 2
    inputs = {"logits": logits, "targets": targets}
    close(solution.cross_entropy(logits, targets), expected, of="cross_entropy(logits, targets)", inputs=inputs)
    raises(ValueError, solution.cross_entropy, logits, np.array([1, 3]))


@check("stability", "logits of 1000 and masked entries give no NaN")
def test_large(solution):
    z = np.array([[1000.0, 1000.0, -1000.0], [-np.inf, 0.0, 0.0]])
    close(solution.softmax(z), np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]]), of="softmax(z)", inputs={"z": z})
    loss = solution.cross_entropy(z, np.array([2, 1]))
    close(loss, 1000 + math.log(2), of="cross_entropy(logits, targets)", inputs={"logits": z})
