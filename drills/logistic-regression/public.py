"""The public checks of logistic regression: the first updates on four rows."""

import math

import numpy as np

from groundup.drill.checks import check, close, exactly, made, raises

X = np.array([[-2.0], [-1.0], [1.0], [3.0]])
Y = np.array([0, 1, 0, 1])


def fitted(solution, **settings):
    """A model after `fit`, whatever `fit` returns."""
    return made(solution.LogisticRegression, **settings, then="fit", given={"X": X, "y": Y})


@check("correctness", "the first update is lr times the gradient at w = 0, b = 0, where every p is one half")
def test_first_update(solution):
    model = fitted(solution, lr=1.0, max_iter=1)
    close(model.coef_, np.array([0.375]), of="coef_ after one update", inputs={"X": X, "y": Y})
    close(model.intercept_, 0.0, of="intercept_ after one update", inputs={"X": X, "y": Y}, scale=1.0)


@check("correctness", "predict_proba gives both classes, and predict the likelier one")
def test_predictions(solution):
    model = fitted(solution, lr=1.0, max_iter=1)
    p = 1 / (1 + math.exp(-0.75))
    rows = np.array([[2.0], [-2.0]])
    close(model.predict_proba(rows), np.array([[1 - p, p], [p, 1 - p]]), of="predict_proba(X)", inputs={"X": rows})
    exactly([int(label) for label in model.predict(rows)], [1, 0], of="predict(X)", inputs={"X": rows})


@check("correctness", "a label that is neither 0 nor 1 raises ValueError with a message")
def test_labels(solution):
    raises(ValueError, solution.LogisticRegression().fit, X, np.array([0, 1, 2, 1]))


@check("convergence", "the history begins with log 2, and is as long as there are updates")
def test_history(solution):
    history = np.asarray(fitted(solution, lr=1.0, max_iter=2, tol=0.0).loss_history_, dtype=np.float64)
    exactly(history.size, 2, of="the length of loss_history_", inputs={"X": X, "y": Y})
    close(history, np.array([math.log(2), 0.6160669176607236]), of="loss_history_", inputs={"X": X, "y": Y})


@check("stability", "rows whose logits are 1000 and -1000 have probabilities of 1 and 0")
def test_large(solution):
    rows = np.array([[1000 / 0.375], [-1000 / 0.375]])
    got = fitted(solution, lr=1.0, max_iter=1).predict_proba(rows)
    close(got, np.array([[0.0, 1.0], [1.0, 0.0]]), of="predict_proba(X)", inputs={"X": rows})
