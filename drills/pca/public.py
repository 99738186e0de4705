"""The public checks of PCA: a table whose directions can be seen, and what every table must keep to."""

import numpy as np

from groundup.drill.checks import check, close, fails, made, raises

# Round the mean (10, 5), 2 steps along (0.6, 0.8) and 1 step along (0.8, -0.6), each way.
X = np.array([[11.2, 6.6], [8.8, 3.4], [10.8, 4.4], [9.2, 5.6]])


def fitted(solution, table, n_components):
    return made(solution.PCA, n_components, then="fit", given={"X": table})


@check("correctness", "the worked example of the question comes out")
def test_example(solution):
    model = fitted(solution, X, 2)
    close(model.components_, np.array([[0.6, 0.8], [0.8, -0.6]]), of="components_", inputs={"X": X})
    close(model.explained_variance_ratio_, np.array([0.8, 0.2]), of="explained_variance_ratio_", inputs={"X": X})


@check("correctness", "rows become coordinates along the first direction, and points on it again")
def test_there_and_back(solution):
    model = fitted(solution, X, 1)
    Z = np.array([[2.0], [-2.0], [0.0], [0.0]])
    close(model.transform(X), Z, of="transform(X)", inputs={"X": X}, slack=1e10)
    rows = np.array([[11.2, 6.6], [10.0, 5.0]])
    close(model.inverse_transform(np.array([[2.0], [0.0]])), rows, of="inverse_transform(Z)", slack=1e10)


@check("correctness", "equal rows have ratios of 0, not NaN")
def test_constant(solution):
    model = fitted(solution, np.full((4, 3), 2.5), 2)
    close(model.explained_variance_ratio_, np.zeros(2), of="explained_variance_ratio_ of equal rows", scale=1.0)


@check("correctness", "more components than rows or columns raise ValueError with a message")
def test_too_many(solution):
    raises(ValueError, solution.PCA(3).fit, X)
    raises(ValueError, solution.PCA(3).fit, np.arange(10.0).reshape(2, 5))


@check("organisation", "fit returns the model itself")
def test_returns_self(solution):
    model = solution.PCA(1)
    fails(model.fit(X) is not model, "fit(X) must return self, so that PCA(1).fit(X).transform(X) works")
