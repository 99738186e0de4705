# right (partial): lists and loops over rows, so the vectorisation mark is lost and nothing else
import math
from collections import defaultdict


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    rows, labels = X_train.tolist(), y_train.tolist()
    if k > len(rows):
        raise ValueError("k is too large")
    return [ask(rows, labels, x, k, weights) for x in X.tolist()]


def ask(rows, labels, x, k, weights):
    near = sorted(zip((math.dist(row, x) for row in rows), labels, strict=True))[:k]
    exact = [(1.0, label) for d, label in near if d == 0]
    votes = [(1.0, label) for _, label in near] if weights == "uniform" else exact or [(1 / d, y) for d, y in near]
    totals = defaultdict(list)
    for vote, label in votes:
        totals[label].append(vote)
    return min(totals, key=lambda label: (-math.fsum(totals[label]), label))
