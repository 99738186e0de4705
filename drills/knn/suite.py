"""The hidden suite of k nearest neighbours.

Expected labels come from `label`, which asks for one row at a time and adds votes exactly. Rows are used only where
neither rounding nor a free choice could decide: not where the k-th and the next distance are nearly the same, or the
two largest totals. Ties are tested on `places`, where distances and votes are powers of two, and every sum is exact.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from groundup.drill.checks import check, exactly, fails, growth, raises, untouched
from groundup.drill.scan import global_state, hidden_loops

# ---- the oracle -----------------------------------------------------------------------------------------------------


def neighbours(X_train, y_train, x, k, margin=1e-6, distance=math.dist):
    """Distances and labels of the k nearest, the nearest first; None if the k-th and the next are nearly as far."""
    pairs = zip(X_train.tolist(), y_train.tolist(), strict=True)
    order = sorted((distance(row, x.tolist()), label) for row, label in pairs)
    if k < len(order) and order[k][0] - order[k - 1][0] <= margin * order[k - 1][0]:
        return None
    return order[:k]


def elected(near, vote, margin=1e-6):
    """The label with most votes, the smallest of equal ones; None if rounding could decide.

    Args:
        near: Pairs of a distance and a label.
        vote: How many votes a neighbour at a distance has; None for one each.
        margin: How far apart the two largest totals must be, relative to the largest.
    """
    if vote is None:
        counts = Counter(label for _, label in near)
        most = max(counts.values())
        tied = [label for label, count in counts.items() if count == most]
        # Votes of 1/k are fine too, but four of them may add up to something else in another order.
        return min(tied) if len(tied) == 1 or most <= 3 else None
    labels = {label for _, label in near}
    totals = sorted((math.fsum(vote(d) for d, each in near if each == label), label) for label in labels)
    close = len(totals) > 1 and totals[-1][0] - totals[-2][0] <= margin * totals[-1][0]
    return None if close else totals[-1][1]


def label(X_train, y_train, x, k, weights, margin=1e-6):
    """The right label of a row; None if rounding or a free choice could decide."""
    near = neighbours(X_train, y_train, x, k, margin)
    if near is None:
        return None
    exact = [pair for pair in near if pair[0] == 0.0]
    if weights == "uniform" or exact:
        return elected(near if weights == "uniform" else exact, None)
    return elected(near, lambda d: 1 / d, margin)


def clear(rows, X_train, y_train, k, weights, margin=1e-6):
    """Of some rows those whose label is beyond doubt, [m, d], and their labels."""
    found = [(x, label(X_train, y_train, x, k, weights, margin)) for x in rows]
    sure = [pair for pair in found if pair[1] is not None]
    return np.array([x for x, _ in sure]), [right for _, right in sure]


def cloud(rng, n, d, labels, offset=0.0, dtype=np.float64):
    """Training rows [n, d] with labels [n] drawn from some, of which each occurs."""
    y_train = np.concatenate([labels, rng.choice(labels, n - len(labels))])
    return (rng.normal(size=(n, d)) + offset).astype(dtype), rng.permutation(y_train)


GRID = 64.0


def places(rng, cases):
    """Rows round places on a plane: distances are right to the last bit, and so are means if there are 2**i rows.

    Args:
        rng: For directions and the order of the rows.
        cases: For each place the pairs of a distance and a label, as many everywhere.

    Returns:
        X_train, y_train, and the places themselves [m, 2], each of which sees first all rows of its own.
    """
    X_train, y_train, X = [], [], []
    for number, case in enumerate(cases):
        X.append([GRID * number, -GRID])
        for distance, each in case:
            direction = rng.choice([-1.0, 1.0]) * np.eye(2)[rng.integers(2)]
            X_train.append(X[-1] + distance * direction)
            y_train.append(each)
    order = rng.permutation(len(X_train))
    return np.array(X_train)[order], np.array(y_train)[order], np.array(X)


# ---- correctness ----------------------------------------------------------------------------------------------------

PREDICTED = "knn_predict(X_train, y_train, X, k)"
WEIGHTED = 'knn_predict(X_train, y_train, X, k, "distance")'


@check("correctness", "each row gets the label for which most of its k nearest training rows vote")
def test_majority(solution, rng):
    for n, d, k, labels in ((40, 3, 5, [0, 1, 2]), (25, 1, 3, [0, 1]), (30, 8, 7, [0, 1, 2, 3]), (50, 2, 24, [0, 1])):
        X_train, y_train = cloud(rng, n, d, labels)
        X, expected = clear(rng.normal(size=(25, d)), X_train, y_train, k, "uniform")
        exactly(solution.knn_predict(X_train, y_train, X, k), expected, of=PREDICTED)


def manhattan(a, b):
    return sum(abs(x - y) for x, y in zip(a, b, strict=True))


def largest(a, b):
    return max(abs(x - y) for x, y in zip(a, b, strict=True))


def cosine(a, b):
    return 1 - sum(x * y for x, y in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b))


@check("correctness", "distances are Euclidean")
def test_euclidean(solution, rng):
    others, told = (manhattan, largest, cosine), Counter()
    X_train, y_train = cloud(rng, 40, 5, [0, 1, 2])
    X, expected = [], []
    while min(told[other] for other in others) < 3:  # rows on which every other distance goes wrong somewhere
        x = rng.normal(size=5)
        right = label(X_train, y_train, x, 3, "uniform")
        wrong = [d for d in others if elected(neighbours(X_train, y_train, x, 3, -1.0, d), None) not in (right, None)]
        if right is not None and wrong:
            told.update(wrong)
            X.append(x)
            expected.append(right)
    exactly(solution.knn_predict(X_train, y_train, np.array(X), 3), expected, of=PREDICTED)


@check("correctness", "under distance a neighbour has 1/d votes")
def test_distance(solution, rng):
    others = (lambda d: 1.0, lambda d: 1 / d**2, lambda d: 1 / (1 + d), lambda d: math.exp(-d), lambda d: d**-0.5)
    told = Counter()
    X_train, y_train = cloud(rng, 40, 2, [0, 1, 2])
    X, expected = [], []
    while min(told[other] for other in others) < 3 or len(X) < 20:  # rows on which other votes elect another label
        x = rng.normal(size=2)
        right = label(X_train, y_train, x, 7, "distance")
        if right is None:
            continue
        near = neighbours(X_train, y_train, x, 7)
        wrong = [vote for vote in others if elected(near, vote) not in (right, None)]
        told.update(wrong)
        if wrong or len(X) < 10:
            X.append(x)
            expected.append(right)
    exactly(solution.knn_predict(X_train, y_train, np.array(X), 7, "distance"), expected, of=WEIGHTED)


@check("correctness", "with k = 1 each row gets the label of its nearest training row, the training rows their own")
def test_nearest(solution, rng):
    for weights in ("uniform", "distance"):
        X_train, y_train = cloud(rng, 20, 3, [0, 1, 2, 3])
        X, expected = clear(rng.normal(size=(20, 3)), X_train, y_train, 1, weights)
        exactly(solution.knn_predict(X_train, y_train, X, 1, weights), expected, of="the nearest row's label")
        own = solution.knn_predict(X_train, y_train, X_train, 1, weights)
        exactly(own, y_train, of="the labels of the training rows")
        # As many rows as training rows, and each at the side of that with its number.
        X_train, y_train = 10 * np.eye(9), rng.permutation(9)
        beside = solution.knn_predict(X_train, y_train, X_train + 0.1 * rng.normal(size=(9, 9)), 1, weights)
        exactly(beside, y_train, of="the labels of rows beside the training rows")


@check("correctness", "with k = n all training rows vote")
def test_all_rows(solution, rng):
    y_train = rng.permutation([0, 0, 0, 0, 1, 1, 2, 2, 2])
    X_train = rng.normal(size=(9, 2))
    found = solution.knn_predict(X_train, y_train, rng.normal(size=(4, 2)), 9)
    exactly(found, [0, 0, 0, 0], of=PREDICTED)
    X, expected = clear(rng.normal(size=(25, 2)), X_train, y_train, 9, "distance")
    exactly(solution.knn_predict(X_train, y_train, X, 9, "distance"), expected, of=WEIGHTED)


@check("correctness", "of labels with as many votes, the smallest is taken, wherever its rows stand")
def test_ties(solution, rng):
    for cases, expected in (
        ([(1, 5), (2, 2), (4, 5), (8, 2)], 2),
        ([(1, 2), (2, 5), (4, 5), (8, 2)], 2),
        ([(1, 5), (2, 5), (4, 2), (8, 2)], 2),
        ([(1, 9), (2, 5), (4, 2), (8, 3)], 2),
        ([(1, 9), (2, 5), (4, 9), (8, 5), (16, 2)], 5),
        ([(1, 3), (2, -1)], -1),
    ):
        X_train, y_train, X = places(rng, [cases, [(d, 8 - label) for d, label in cases]])
        reflected = min(8 - label for label in top(cases))
        found = solution.knn_predict(X_train, y_train, X, len(cases))
        exactly(found, [expected, reflected], of=f"the labels of rows whose neighbours have {[b for _, b in cases]}")


def top(case):
    """The labels with most votes, one vote each."""
    counts = Counter(each for _, each in case)
    return [each for each, count in counts.items() if count == max(counts.values())]


# Votes are 1, 1/2, 1/4 and 1/8, so totals are exact in any order. 32 rows.
WEIGHTED_TIES = (
    ([(1, 9), (2, 4), (2, 4), (8, 0)], 4),
    ([(1, 4), (2, 9), (2, 9), (8, 0)], 4),
    ([(1, 9), (1, 4), (2, 0), (4, 0)], 4),
    ([(1, 9), (2, 9), (1, 4), (2, 4)], 4),
    ([(4, -3), (4, 9), (8, 9), (8, -3)], -3),
    ([(2, 9), (2, 4), (2, 0), (8, 1)], 0),
    ([(2, 9), (2, 4), (2, 0), (8, 9)], 9),
    ([(2, 9), (4, 4), (4, 4), (8, 9)], 9),
)
# Rows that match exactly, one and several, beside places where none does. 32 rows.
MATCHES = (
    ([(0, 9), (1, 4), (1, 4), (1, 4)], 9),
    ([(0, 4), (1, 9), (1, 9), (2, 9)], 4),
    ([(0, 9), (0, 9), (0, 4), (1, 4)], 9),
    ([(0, 9), (0, 4), (1, 9), (1, 9)], 4),
    ([(0, 4), (0, 9), (0, 9), (8, 0)], 9),
    ([(0, 9), (0, 4), (0, 5), (1, 9)], 4),
    ([(1, 9), (2, 4), (2, 0), (2, 9)], 9),
    ([(1, 4), (2, 9), (2, 9), (2, 9)], 9),
)


def at_places(solution, rng, cases, of, scale=1.0, orders=8):
    cases = orders * tuple(cases)  # whoever takes the first of equals is wrong in some of 8 orders of their rows
    X_train, y_train, X = places(rng, [case for case, _ in cases])
    found = solution.knn_predict(scale * X_train, y_train, scale * X, 4, "distance")
    exactly(found, [right for _, right in cases], of=of)


@check("correctness", "under distance as well, of labels with equal totals the smallest is taken")
def test_ties_under_distance(solution, rng):
    at_places(solution, rng, WEIGHTED_TIES, of="the labels of rows with equal totals of 1/d")


@check("correctness", "under distance labels are tied only when their totals are equal, not when they are nearly so")
def test_nearly_tied(solution, rng):
    order = rng.permutation(4)
    # Totals of 1.5 for label 9, and of 4e-6 less for label 4.
    X_train, y_train = np.array([[1.0], [-2.0], [-1 - 2.0**-18], [2.0]])[order], np.array([9, 9, 4, 4])[order]
    found = solution.knn_predict(X_train, y_train, np.zeros((1, 1)), 4, "distance")
    exactly(found, [9], of="the label of a row with totals of 1.5 for label 9 and 1.499996 for label 4")


@check("correctness", "under distance an exact match wins over all that are farther, and only there")
def test_exact_match(solution, rng):
    at_places(solution, rng, [MATCHES[i] for i in (0, 1, 6, 7)], of="the labels of rows of which some match exactly")


@check("correctness", "several exact matches vote among themselves, and nobody else votes with them")
def test_exact_matches(solution, rng):
    at_places(solution, rng, MATCHES, of="the labels of rows with several exact matches")


@check("correctness", "under uniform an exact match has one vote like any other neighbour")
def test_match_under_uniform(solution, rng):
    X_train, y_train, X = places(rng, [case for case, _ in MATCHES])
    expected = [min(top(case)) for case, _ in MATCHES]
    exactly(solution.knn_predict(X_train, y_train, X, 4, "uniform"), expected, of="the labels under uniform")
    exactly(solution.knn_predict(X_train, y_train, X, 4), expected, of="the labels when weights is left out")


@check("correctness", "labels are any whole numbers, and come back as they are")
def test_labels(solution, rng):
    for labels in ([-1, 1], [3, 7, 100], [-5000, -7, 0, 40000]):
        X_train, y_train = cloud(rng, 30, 2, labels)
        for weights in ("uniform", "distance"):
            X, expected = clear(rng.normal(size=(15, 2)), X_train, y_train, 5, weights)
            found = solution.knn_predict(X_train, y_train, X, 5, weights)
            exactly(found, expected, of=f"the labels out of {labels}, {weights}")
    same = solution.knn_predict(X_train, np.full(30, 6), X[:2], 3)
    exactly(same, [6, 6], of="the labels when all training rows have label 6")


@check("correctness", "more neighbours than training rows raise ValueError, and k does not depend on the rows of X")
def test_too_many(solution, rng):
    X_train, y_train = cloud(rng, 6, 2, [0, 1])
    for k in (7, 50):
        for weights in ("uniform", "distance"):
            raises(ValueError, solution.knn_predict, X_train, y_train, rng.normal(size=(9, 2)), k, weights)
    x = X_train[:1]
    exactly(solution.knn_predict(X_train, np.ones(6, dtype=np.int64), x, 5), [1], of="knn_predict for one row")
    exactly(solution.knn_predict(x, y_train[:1], X_train, 1), [int(y_train[0])] * 6, of="the labels by one row")


# ---- vectorisation --------------------------------------------------------------------------------------------------


def grows(solution, sizes, rng, per):
    """Count calls with so many training rows and rows to label, and then with the others."""
    for weights in ("uniform", "distance"):
        counts = []
        for n, m in sizes:
            X_train, y_train = cloud(rng, n, 3, [0, 1, 2])
            X = rng.normal(size=(m, 3))
            X[0] = X_train[0]  # a row with an exact match, and others
            with solution.counting() as count:
                solution.knn_predict(X_train, y_train, X, 5, weights)
            counts.append(count)
        growth(*counts, of=f"knn_predict under {weights}", per=per)


@check("vectorisation", "there is no loop over the rows to be labelled")
def test_loops_over_rows(solution, source, rng):
    grows(solution, ((40, 30), (40, 60)), rng, "rows of X")
    found = hidden_loops(source)
    fails(bool(found), " ".join(found))


@check("vectorisation", "there is no loop over the training rows")
def test_loops_over_training_rows(solution, rng):
    grows(solution, ((30, 20), (60, 20)), rng, "training rows")


# ---- stability ------------------------------------------------------------------------------------------------------


@check("stability", "rows near 1e8 in float64 get the right labels")
def test_offset_in_float64(solution, rng):
    X_train, y_train = cloud(rng, 40, 3, [0, 1, 2], offset=1e8)
    for weights in ("uniform", "distance"):
        X, expected = clear(rng.normal(size=(25, 3)) + 1e8, X_train, y_train, 5, weights, margin=1e-4)
        exactly(solution.knn_predict(X_train, y_train, X, 5, weights), expected, of="the labels of rows near 1e8")


@check("stability", "rows near 1e4 in float32 get the right labels")
def test_offset_in_float32(solution, rng):
    X_train, y_train = cloud(rng, 40, 3, [0, 1, 2], offset=1e4, dtype=np.float32)
    for weights in ("uniform", "distance"):
        rows = (rng.normal(size=(25, 3)) + 1e4).astype(np.float32)
        X, expected = clear(rows, X_train, y_train, 5, weights, margin=1e-3)
        found = solution.knn_predict(X_train, y_train, X, 5, weights)
        exactly(found, expected, of="the labels of float32 rows near 1e4")


@check("stability", "exact matches are found among rows near 1e8, and among any floats")
def test_match_at_an_offset(solution, rng):
    for offset in (1e8, 0.0):
        X_train = rng.normal(size=(130, 4)) + offset
        y_train = np.array([4] * 10 + [9] * 120)
        # The first ten have a crowd of others' labels at their side, which outvotes all but an exact match.
        near = np.repeat(X_train[:10], 12, axis=0)
        X_train[10:] = near + 1e-3 * rng.choice([-1.0, 1.0], near.shape)
        order, X = rng.permutation(130), X_train[:10].copy()
        found = solution.knn_predict(X_train[order], y_train[order], X, 13, "distance")
        exactly(found, [4] * 10, of=f"the labels of training rows near {offset:g}")


@check("stability", "tiny and huge distances vote like others: nothing is added to them, and only 0 is an exact match")
def test_scale(solution, rng):
    for scale in (2.0**-40, 2.0**40):
        for cases in (WEIGHTED_TIES, MATCHES):
            of = f"the labels when distances are near {scale:.0e}"
            at_places(solution, rng, cases, of=of, scale=scale, orders=2)


# ---- organisation ---------------------------------------------------------------------------------------------------


@check("organisation", "no argument is modified")
def test_inputs_stay(solution, rng):
    X_train, y_train = cloud(rng, 20, 3, [0, 1, 2])
    for weights in ("uniform", "distance"):
        untouched(solution.knn_predict, X_train, y_train, X_train[:5] + 1, 3, weights)


@check("organisation", "arguments work by name")
def test_names(solution, rng):
    X_train, y_train = cloud(rng, 20, 3, [0, 1, 2])
    X = rng.normal(size=(30, 3))
    for weights in ("uniform", "distance"):
        by_place = solution.knn_predict(X_train, y_train, X, 3, weights)
        by_name = solution.knn_predict(X_train=X_train, y_train=y_train, X=X, k=3, weights=weights)
        exactly(by_name, by_place, of=f"knn_predict with all arguments by name, {weights}")


@check("organisation", "calls do not depend on earlier calls, and nothing is global")
def test_nothing_global(solution, source, rng):
    X_train, y_train = cloud(rng, 20, 3, [0, 1, 2])
    X = rng.normal(size=(30, 3))
    before = solution.knn_predict(X_train, y_train, X, 3)
    solution.knn_predict(X_train + 1, y_train[::-1].copy(), X - 1, 3, "distance")
    exactly(solution.knn_predict(X_train, y_train, X, 3), before, of="knn_predict, called again")
    found = global_state(source)
    fails(bool(found), " ".join(found))


# ---- the capstone ---------------------------------------------------------------------------------------------------


def seen(rng, device, n, blank=0):
    """What the head of the trained CNN sees of pictures, float64 [n + blank, 144], and their labels.

    Label 0 is a row, 1 a column, and 2 a picture with nothing but noise, a kind that the network was never trained on.
    """
    import torch

    from groundup.capstones import cnn, cnn_study

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    generator = torch.Generator().manual_seed(int(rng.integers(2**32)))
    images, labels = cnn.make_images(n, generator)
    noise = cnn.BARS.noise * torch.randn(blank, *images.shape[1:], generator=generator)
    X = cnn_study.features(cnn.pretrained().to(device), torch.cat([images, noise]).to(device))
    return X, np.concatenate([labels.numpy(), np.full(blank, 2)])


@check("correctness", "what the CNN sees of held-out pictures gets the labels of the nearest pictures", capstone=True)
def test_features(solution, rng, device):
    rows, labels = seen(rng, device, 180)
    X_train, y_train, rest = rows[:120], labels[:120], rows[120:]
    mixed = rng.integers(0, 3, 120)  # beside the true labels, which all neighbours share
    for y in (y_train, mixed):
        for weights in ("uniform", "distance"):
            X, expected = clear(rest, X_train, y, 5, weights)
            found = solution.knn_predict(X_train, y, X, 5, weights)
            exactly(found, expected, of=f"the labels of held-out pictures, {weights}")


@check("correctness", "50 pictures of a new kind are enough to know it, without training", capstone=True)
def test_new_kind(solution, rng, device):
    # Of 2,000 draws of everything the mean share was 0.9999, and the smallest 0.96.
    X_train, y_train = seen(rng, device, 200, blank=50)
    X, truth = seen(rng, device, 100, blank=50)
    for weights in ("uniform", "distance"):
        found = np.asarray(solution.knn_predict(X_train, y_train, X, 5, weights))
        exactly(found.shape, (150,), of="the shape of the labels")
        share = float((found == truth).mean())
        fails(share < 0.85, f"of rows, columns and pictures without a bar, {share:.0%} get the right label ({weights})")
