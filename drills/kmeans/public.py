"""The public checks of k-means: small numbers that can be followed by hand."""

from __future__ import annotations

import numpy as np

from groundup.drill.checks import check, close, exactly, fails, raises


@check("correctness", "the worked example of the question comes out")
def test_example(solution):
    X = np.array([[0.0], [2.0], [10.0], [12.0]])
    model = solution.KMeans(2, init=np.array([[0.0], [2.0]]))
    model.fit(X)
    close(model.cluster_centers_, np.array([[1.0], [11.0]]), of="cluster_centers_", inputs={"X": X})
    exactly(model.labels_, [0, 0, 1, 1], of="labels_", inputs={"X": X})
    close(model.inertia_, 4.0, of="inertia_", inputs={"X": X})
    exactly(model.n_iter_, 3, of="n_iter_", inputs={"X": X})


@check("correctness", "k-means++ finds two groups that are far apart, and predict knows them")
def test_two_groups(solution, rng):
    near, far = rng.normal(size=(10, 2)), rng.normal(size=(15, 2)) + 100
    X = np.vstack([near, far])
    model = solution.KMeans(2, rng=np.random.default_rng(0))
    model.fit(X)
    labels = np.asarray(model.predict(X))
    exactly(model.labels_, labels, of="labels_ (which must equal predict(X))", inputs={"X": X})
    fails(len(set(labels[:10].tolist())) != 1 or len(set(labels[10:].tolist())) != 1, "a group was split", {"X": X})
    fails(bool(labels[0] == labels[-1]), "both groups are in one cluster", {"X": X})


@check("correctness", "a centre far from all rows does not end as NaN or with an empty cluster")
def test_empty(solution):
    X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 8.0], [1.0, 9.0]])
    model = solution.KMeans(2, init=np.array([[0.5, 4.0], [99.0, 99.0]]))
    model.fit(X)
    fails(not np.isfinite(model.cluster_centers_).all(), "cluster_centers_ holds NaN or infinity", {"X": X})
    fails(len(set(np.asarray(model.labels_).tolist())) != 2, "a cluster is empty at the end", {"X": X})


@check("correctness", "more clusters than rows raise ValueError with a message")
def test_too_many(solution):
    raises(ValueError, solution.KMeans(4).fit, np.zeros((3, 2)))


@check("convergence", "inertia_history_ is n_iter_ long and ends in inertia_")
def test_history(solution, rng):
    X = rng.normal(size=(30, 2))
    model = solution.KMeans(3, rng=np.random.default_rng(1))
    model.fit(X)
    history = np.asarray(model.inertia_history_, dtype=np.float64)
    exactly(model.n_iter_, len(history), of="n_iter_ (the length of inertia_history_)", inputs={"X": X})
    close(model.inertia_, float(history[-1]), of="inertia_ (the last of inertia_history_)", inputs={"X": X})
