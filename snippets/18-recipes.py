"""Chapter 18: a bench of small tested functions."""

# %% map fold
import matplotlib.pyplot as plt
from groundup.book import figure

stages = {
    "data": "#split #batches",
    "features": "#one-hot #unit-rows #standardise\n#min-max #clip",
    "scores": "#compare #cosine-matrix\n#squared-distances #top-k #squash",
    "metrics": "#accuracy #precision-recall #ema\n#running-mean #gradient-check",
}
fig, ax = plt.subplots(figsize=(4.6, 3))
for i, (stage, anchors) in enumerate(stages.items()):
    ax.text(0, -i, stage, color=f"C{i}", fontsize=13, va="center")
    ax.plot([0.24, 0.24], [-i - 0.33, -i + 0.33], color=f"C{i}", linewidth=3)
    ax.text(0.28, -i, anchors, color="black", fontsize=12, va="center", linespacing=1.6)
    ax.text(0.06, -i - 0.5, "↓" if i < 3 else "", color="black", fontsize=12, va="center")
ax.set(xlim=(0, 1), ylim=(-3.5, 0.5))
ax.set_axis_off()
alt = "Four rows, data, features, scores and metrics, joined by arrows. Beside each stand the anchors of its recipes."
caption = "Go from top to bottom, as a row of data does; each name is the anchor of its recipe on this page."
figure(fig, alt=alt, caption=caption)

# %% conventions
import numpy as np

EPS = 1e-12  # keeps a denominator from being zero


def pair(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape} differ")
    return a, b


def refused(recipe, *arguments):
    try:
        recipe(*arguments)
    except ValueError as error:
        print("refused:", error)


refused(pair, [1, 2, 3], [1])


# %% split example="18.7"
def split(X, y, share, rng):
    X, y = np.asarray(X), np.asarray(y)
    if len(X) != len(y):
        raise ValueError(f"{len(X)} rows, {len(y)} labels")
    n_test = int(len(X) * share + 1e-9)  # whole items, rounded down
    if not 0 < n_test < len(X):
        raise ValueError(f"{n_test} of {len(X)} rows to test")
    order = rng.permutation(len(X))
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


X, y = np.arange(8)[:, None], np.arange(8)  # (8, 1), (8,)
rng = np.random.default_rng(0)
X_train, X_test, y_train, y_test = split(X, y, 0.25, rng)
print("train:", y_train, "test:", y_test)

# %% split-check
from sklearn.model_selection import train_test_split

theirs = train_test_split(X, y, test_size=0.25, random_state=0)
print("same shapes:", [len(part) for part in theirs] == [6, 2, 6, 2])
print("still paired:", (X_test[:, 0] == y_test).all())
ten = np.arange(10)
print("a quarter of 10, here:", len(split(ten, ten, 0.25, rng)[1]))
print("in scikit-learn:", len(train_test_split(ten, test_size=0.25)[1]))
refused(split, ten, ten, 0.05, rng)


# %% batches example="18.8"
def batches(X, y, size, rng):
    X, y = np.asarray(X), np.asarray(y)
    if len(X) != len(y) or size < 1:
        raise ValueError(f"{len(X)} rows, {len(y)} labels, size {size}")
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        yield X[rows], y[rows]


X, y = np.arange(10)[:, None], np.arange(10)  # (10, 1), (10,)
for rows, labels in batches(X, y, 4, np.random.default_rng(0)):
    print(rows.shape, labels)

# %% batches-check
import torch
from torch.utils.data import DataLoader

loader = DataLoader(torch.arange(10), batch_size=4, shuffle=True)
print("their sizes:", [len(batch) for batch in loader])
seen = np.concatenate([labels for _, labels in batches(X, y, 4, rng)])
print("each row once:", (np.sort(seen) == y).all())
print("size above n:", [len(labels) for _, labels in batches(X, y, 64, rng)])

# %% same-batches
for epoch in range(2):
    inside = next(batches(X, y, 4, np.random.default_rng(0)))[1]
    passed = next(batches(X, y, 4, rng))[1]
    print("epoch", epoch, "seed inside:", inside, "passed:", passed)


# %% one-hot example="18.5"
def one_hot(labels, K=None):
    labels = np.asarray(labels)
    if K is None:
        K = int(labels.max()) + 1  # only safe if the largest class is here
    if labels.size and not 0 <= labels.min() <= labels.max() < K:
        raise ValueError(f"labels must lie from 0 to {K - 1}")
    return np.eye(K)[labels]


print(one_hot([0, 2, 1]).tolist())  # (3, 3)

# %% one-hot-check
labels = torch.tensor([0, 2, 1])
theirs = torch.nn.functional.one_hot(labels, 4)  # (3, 4)
print("agrees:", np.array_equal(one_hot(labels.numpy(), 4), theirs))
print("K inferred, K given:", one_hot([0, 1]).shape, one_hot([0, 1], 3).shape)
refused(one_hot, [0, 3], 3)
refused(one_hot, [0, -1], 3)


# %% unit-rows example="18.6"
def unit_rows(X):
    X = np.asarray(X, dtype=float)
    lengths = np.linalg.norm(X, axis=-1, keepdims=True)  # (n, 1)
    return X / (lengths + EPS)


print(unit_rows([3, 4]))
print(np.linalg.norm([3, 4]))

# %% unit-rows-check
from sklearn.preprocessing import normalize

X = np.array([[3.0, 4.0], [0.0, 0.0], [-5.0, 12.0]])  # (3, 2)
print("agrees:", np.allclose(unit_rows(X), normalize(X)))
print("zero row:", unit_rows(X)[1])


# %% standardise example="18.5b"
def standardise(X, train=None):
    X = np.asarray(X, dtype=float)
    train = X if train is None else np.asarray(train, dtype=float)
    constant = train.max(axis=0) == train.min(axis=0)  # (d,)
    spread = np.where(constant, 1.0, train.std(axis=0))
    return np.where(constant, 0.0, (X - train.mean(axis=0)) / spread)


X = np.array([[1, 10], [2, 20], [3, 30]])  # (3, 2)
print(standardise(X).round(3).tolist())

# %% standardise-check
from sklearn.preprocessing import StandardScaler

theirs = StandardScaler().fit_transform(X)
print("agrees:", np.allclose(standardise(X), theirs))
print("new row by the old mean:", standardise([[4, 40]], X).round(3))
sample = (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)
print("by the sample deviation:", sample[:, 0])
tenths = np.full((3, 1), 0.1)  # a constant column
print("its deviation is 0:", tenths.std() == 0)
print("careless:", ((tenths - tenths.mean()) / tenths.std()).ravel())
print("recipe:", standardise(tenths).ravel())


# %% min-max example="18.14"
def min_max(X, train=None):
    X = np.asarray(X, dtype=float)
    train = X if train is None else np.asarray(train, dtype=float)
    low, high = train.min(axis=0), train.max(axis=0)  # (d,), (d,)
    span = np.where(high > low, high - low, 1.0)
    return (X - low) / span


print(min_max(X).tolist())

# %% min-max-check
from sklearn.preprocessing import MinMaxScaler

print("agrees:", np.allclose(min_max(X), MinMaxScaler().fit_transform(X)))
print("constant column:", min_max([[7], [7], [7]]).ravel())
print("new row, beyond the train rows:", min_max([[4, 40]], X))

# %% rows-columns
table = np.array([[1.0, 100.0], [2.0, 300.0], [3.0, 200.0]])  # (3, 2)
by_row, by_column = unit_rows(table), standardise(table)
print("lengths of rows:", np.linalg.norm(by_row, axis=1).round(3))
print("deviations of columns:", by_column.std(axis=0).round(3))
print("lengths after the second:", np.linalg.norm(by_column, axis=1).round(3))

# %% rows-columns-figure fold
rng = np.random.default_rng(0)
cloud = rng.normal(size=(60, 2)) * [1.0, 0.4] + [1.5, 1.2]  # (60, 2)
fig, axes = plt.subplots(1, 3, figsize=(6, 2.4), sharex=True, sharey=True)
panels = {"raw": cloud, "unit rows": unit_rows(cloud), "standardised": standardise(cloud)}
for i, (ax, (title, points)) in enumerate(zip(axes, panels.items())):
    ax.plot(*points.T, "o", color=f"C{i}", markersize=3)
    ax.axhline(0, color="black", alpha=0.3, linewidth=0.8)
    ax.axvline(0, color="black", alpha=0.3, linewidth=0.8)
    ax.set_title(title, fontsize=10)
    ax.set(xlim=(-3.4, 4), ylim=(-3.4, 4), aspect="equal")
alt = "A flat cloud, mostly right of the origin; the same points on an arc of the unit circle; a round cloud about 0."
caption = "Look at the second panel: lengths are gone. In the third, both columns have one scale, and lengths remain."
figure(fig, alt=alt, caption=caption)


# %% clip example="18.12"
def clip(x, low, high):
    if not low <= high:
        raise ValueError(f"clip to [{low}, {high}]")
    return np.minimum(np.maximum(x, low), high)


print(clip([-2, 0.5, 3], 0, 1))

# %% clip-check
x = np.array([-2, 0.5, 3])
print("agrees:", np.array_equal(clip(x, 0, 1), np.clip(x, 0, 1)))
refused(clip, x, 1, 0)


# %% compare example="18.1"
def cosine(a, b):
    a, b = pair(a, b)
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return np.clip(a @ b / (lengths + EPS), -1, 1)


def euclidean(a, b):
    a, b = pair(a, b)
    return np.linalg.norm(a - b)


def rbf(a, b, gamma):
    return np.exp(-gamma * euclidean(a, b) ** 2)


values = cosine([1, 0, 1], [1, 0, 0]), euclidean([0, 0], [3, 4])
print(*np.round([*values, rbf([0, 0], [1, 0], 0.5)], 3))

# %% compare-check
from scipy.spatial import distance
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel

a, b = np.array([[1.0, 2.0, -1.0]]), np.array([[0.5, 0.0, 2.0]])  # (1, 3)
print("cosine:", np.allclose(cosine(a[0], b[0]), cosine_similarity(a, b)))
theirs = distance.euclidean(a[0], b[0])
print("Euclidean:", np.isclose(euclidean(a[0], b[0]), theirs))
print("RBF:", np.allclose(rbf(a[0], b[0], 0.5), rbf_kernel(a, b, gamma=0.5)))
print("large gamma:", rbf([0, 0], [1, 0], 1000))
refused(euclidean, [1, 2, 3], [1])

# %% zero-cosine example="18.16"
print(cosine([0, 0], [1, 1]))


# %% cosine-matrix example="18.2"
def cosine_matrix(X):
    U = unit_rows(X)  # (n, d)
    return np.clip(U @ U.T, -1, 1)  # (n, n)


X = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]])  # (3, 2)
print(cosine_matrix(X).round(3))

# %% cosine-matrix-check
S = cosine_matrix(X)
print("agrees:", np.allclose(S, cosine_similarity(X)))
print("as two loops:", np.allclose(S, [[cosine(a, b) for b in X] for a in X]))
print("symmetric:", np.allclose(S, S.T))
print("ones on the diagonal:", np.allclose(np.diag(S), 1))
n = 100_000
print("gigabytes in float32 for 100,000 rows:", n * n * 4 / 1e9)


# %% squared-distances example="18.13"
def squared_distances(X, Y):
    X, Y = np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
    lengths = (X**2).sum(axis=1)[:, None] + (Y**2).sum(axis=1)  # (n, m)
    return np.maximum(lengths - 2 * X @ Y.T, 0)  # rounding goes below 0


print(squared_distances(X, X).round(3))

# %% squared-check
A, B = np.random.default_rng(0).normal(size=(2, 50, 8))  # (50, 8) each
ours = squared_distances(A, B[:20])  # (50, 20)
theirs = distance.cdist(A, B[:20], "sqeuclidean")
print("agrees:", np.allclose(ours, theirs), ours.shape)
far = A + 1e6  # (50, 8) the same points, far from the origin
raw = (far**2).sum(axis=1)[:, None] + (far**2).sum(axis=1) - 2 * far @ far.T
print("negative without the floor:", (raw < 0).any())
print("with it:", (squared_distances(far, far) < 0).any())


# %% blocks
def pairwise_blocks(X, Y, block):
    if block < 1:
        raise ValueError("a block has at least one row")
    for start in range(0, len(X), block):
        yield squared_distances(X[start : start + block], Y)  # (block, m)


parts = list(pairwise_blocks(A, B, 16))
print("shapes:", [part.shape for part in parts])
print("agrees:", np.allclose(np.vstack(parts), squared_distances(A, B)))
nearest = [part.argmin(axis=1) for part in pairwise_blocks(A, B, 16)]
same = np.concatenate(nearest) == squared_distances(A, B).argmin(axis=1)
print("same nearest rows:", same.all())


# %% top-k example="18.3"
def top_k(scores, k):
    scores = np.asarray(scores, dtype=float)  # negating a uint8 wraps round
    if k < 0:
        raise ValueError("k must be 0 or more")
    k = min(k, len(scores))
    if k == 0:
        return np.arange(0)
    best = np.argpartition(-scores, k - 1)[:k]  # the k largest, in any order
    return best[np.argsort(-scores[best])]  # best first; NaN comes last


print(top_k([0.1, 0.9, 0.3, 0.7, 0.2], 3))

# %% top-k-check
scores = np.random.default_rng(0).normal(size=1000)
theirs = torch.topk(torch.from_numpy(scores), 5).indices
print("agrees:", np.array_equal(top_k(scores, 5), theirs))
print("k above n:", top_k([0.1, 0.9], 7), "k = 0:", top_k([0.1, 0.9], 0))
print("NaN comes last:", top_k([0.2, np.nan, 0.9], 3))
refused(top_k, scores, -1)


# %% counting
class Counted(float):
    comparisons = 0

    def __lt__(self, other):
        Counted.comparisons += 1
        return float(self) < float(other)


def looks(values, k, rng):
    total = 0
    while len(values) > k > 0:
        pivot = rng.choice(values)
        total += len(values)  # each value is held against the pivot
        above = values[values > pivot]
        if len(above) < k:
            k -= len(above) + 1
            above = values[values < pivot]
        values = above
    return total


# %% sort-or-select
rng = np.random.default_rng(0)
sizes, full, partial = [1_000, 10_000, 100_000], [], []
for n in sizes:
    values = rng.random(n)  # (n,)
    Counted.comparisons = 0
    sorted(map(Counted, values))
    full.append(Counted.comparisons / n)
    partial.append(np.mean([looks(values, 10, rng) for _ in range(20)]) / n)
    print(f"{n} numbers: sort {full[-1]:.1f} select {partial[-1]:.1f}")

# %% sort-figure fold
fig, ax = plt.subplots(figsize=(6, 2.9))
for i, (counts, name) in enumerate([(full, "full sort"), (partial, "the 10 largest, by partial selection")]):
    ax.semilogx(sizes, counts, "o-", color=f"C{i}")
    ax.text(sizes[1], counts[1] + 0.9, name, color=f"C{i}", ha="center")
ax.set(xlabel="how many numbers (n)", ylabel="comparisons per number", ylim=(0, 18), xlim=(800, 130_000))
alt = "Comparisons per number against n on a log scale: a full sort climbs steadily, selection stays flat near 2."
caption = "Look at the slopes: ten times as many numbers cost a sort three more comparisons each, selection hardly any."
figure(fig, alt=alt, caption=caption)

# %% partial
scores = np.random.default_rng(0).permutation(10_000)
picked = scores[np.argpartition(-scores, 1999)[:2000]]
print("the 2000 largest:", set(picked) == set(range(8000, 10_000)))
print("best first:", list(picked) == sorted(picked)[::-1])
print("by the recipe:", scores[top_k(scores, 2000)][:4])


# %% squash example="18.4"
def sigmoid(x):
    x = np.asarray(x, dtype=float)
    small = np.exp(-np.abs(x))  # at most 1: never overflows
    return np.where(x >= 0, 1, small) / (1 + small)


def softmax(x, axis=-1):
    x = np.asarray(x, dtype=float)
    e = np.exp(x - x.max(axis=axis, keepdims=True))  # the largest is 1
    return e / e.sum(axis=axis, keepdims=True)


def relu(x):
    return np.maximum(x, 0)


print(sigmoid([-2, 0, 2]).round(3))
p = softmax([1, 2, 3])
print(p.round(3), p.sum().round(3))

# %% squash-check
from scipy import special

z = np.array([[-1000.0, 0.0, 1000.0], [3.0, 3.0, -1.0]])  # (2, 3)
print("sigmoid:", np.allclose(sigmoid(z), special.expit(z)), sigmoid(z[0]))
print("softmax:", np.allclose(softmax(z), special.softmax(z, axis=1)))
print("row sums:", softmax(z).sum(axis=1))
print("column sums:", softmax(z, axis=0).sum(axis=0))
theirs = torch.relu(torch.from_numpy(z))
print("ReLU:", np.array_equal(relu(z), theirs), relu(z[1]))


# %% accuracy example="18.9"
def accuracy(P, y):
    P, y = np.asarray(P, dtype=float), np.asarray(y)
    if y.shape != P.shape[:1] or not len(y):
        raise ValueError(f"scores {P.shape}, labels {y.shape}")
    if np.isnan(P).any():
        raise ValueError("a score is NaN")
    return np.mean(P.argmax(axis=1) == y)  # a tie goes to the first class


P = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]  # (3, 3)
print(round(accuracy(P, [0, 1, 0]), 3))

# %% accuracy-check
from sklearn.metrics import accuracy_score

theirs = accuracy_score([0, 1, 0], np.argmax(P, axis=1))
print("agrees:", np.isclose(accuracy(P, [0, 1, 0]), theirs))
tie = [[0.5, 0.5]]  # (1, 2)
print("a tie, label 0, label 1:", accuracy(tie, [0]), accuracy(tie, [1]))
refused(accuracy, P, [[0], [1], [0]])


# %% precision-recall example="18.9b"
def precision_recall(truth, predicted, empty=0.0):
    truth, predicted = pair(truth, predicted)
    hits = np.sum((truth == 1) & (predicted == 1))
    alarms, positives = np.sum(predicted == 1), np.sum(truth == 1)
    precision = hits / alarms if alarms else empty
    recall = hits / positives if positives else empty
    return float(precision), float(recall)


truth, predicted = [1, 0, 0, 1, 1], [1, 1, 0, 0, 1]
precision, recall = precision_recall(truth, predicted)
print(f"precision={precision:.3f} recall={recall:.3f}")

# %% no-alarms example="18.15"
print(precision_recall([1, 0, 1], [0, 0, 0])[0])

# %% precision-check
from sklearn.metrics import precision_score, recall_score

theirs = precision_score(truth, predicted), recall_score(truth, predicted)
print("agrees:", np.allclose(precision_recall(truth, predicted), theirs))
print("no alarms, as NaN:", precision_recall([1, 0, 1], [0, 0, 0], np.nan))
print("nobody positive:", precision_recall([0, 0, 0], [0, 1, 0]))

# %% empty-choice
for empty in (0.0, 1.0, np.nan):
    ours = precision_recall([1, 0], [0, 0], empty)[0]
    theirs = precision_score([1, 0], [0, 0], zero_division=empty)
    print(f"empty={empty} recipe: {ours} scikit-learn: {theirs}")


# %% ema example="18.10"
def ema(values, alpha):
    if not 0 < alpha <= 1:
        raise ValueError("alpha must lie above 0 and at most at 1")
    smooth = np.array(values, dtype=float)  # a copy: the input stays
    for t in range(1, len(smooth)):
        smooth[t] = alpha * smooth[t] + (1 - alpha) * smooth[t - 1]
    return smooth


spike = [1, 2, 3, 10, 3, 2, 1]
print(ema(spike, 0.3).round(3))

# %% ema-check
import pandas as pd

theirs = pd.Series(spike).ewm(alpha=0.3, adjust=False).mean()
print("agrees:", np.allclose(ema(spike, 0.3), theirs))
print("n = 1:", ema([5], 0.3), "alpha = 1:", ema(spike, 1))
refused(ema, spike, 0)

# %% ema-figure fold
rng = np.random.default_rng(0)
t = np.arange(120)
curve = 2 * np.exp(-t / 40) + 0.35 * rng.normal(size=120)
fig, ax = plt.subplots(figsize=(6, 3.2))
ax.plot(t, curve, ".", color="black", alpha=0.4, markersize=4)
heights = {0.9: (121, 0.05), 0.3: (121, 0.3), 0.1: (121, 0.55)}
for i, (alpha, place) in enumerate(heights.items()):
    smooth = ema(curve, alpha)
    ax.plot(t, smooth, color=f"C{i}", linewidth=1 + 0.5 * i)
    ax.text(*place, f"α = {alpha}", color=f"C{i}", va="center")
ax.set(xlabel="step", ylabel="loss", xlim=(0, 138))
alt = "Noisy dots fall from 2 towards 0. A jagged line follows them, a calmer one cuts through, a smooth one lags."
caption = "Look at the left: the smaller α is, the smoother the line, and the longer it hangs above the falling dots."
figure(fig, alt=alt, caption=caption)


# %% running-mean example="18.12b"
def running_mean(values):
    values = np.asarray(values, dtype=float)
    return np.cumsum(values) / np.arange(1, len(values) + 1)


print(running_mean([2, 4, 6, 8]))

# %% running-mean-check
theirs = pd.Series(spike).expanding().mean()
print("agrees:", np.allclose(running_mean(spike), theirs))
last = running_mean(spike)[-1]
print("last entry is the mean:", np.isclose(last, np.mean(spike)))
print("n = 1:", running_mean([5]), "n = 0:", running_mean([]))
print("the last two only:", np.convolve([2, 4, 6, 8], np.ones(2) / 2, "valid"))

# %% ema-or-mean
shift = np.repeat([0.0, 1.0], 50)  # (100,) the level jumps half-way
print("EMA at the end:", round(ema(shift, 0.3)[-1], 3))
print("running mean at the end:", running_mean(shift)[-1])


# %% gradient example="18.11"
def numeric_gradient(f, x, h=1e-6):
    x = np.array(x, dtype=float)  # a float copy: h would vanish in an integer
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle + h
        above = f(x)
        x[i] = middle - h
        gradient[i] = (above - f(x)) / (2 * h)
        x[i] = middle
    return gradient


def f(v):
    return v[0] ** 2 + 3 * v[0] * v[1]


print(numeric_gradient(f, [2, 1]).round(5))


# %% relative-error
def relative_grad_error(f, grad, x, h=1e-6):
    a, n = pair(grad(np.array(x, dtype=float)), numeric_gradient(f, x, h))
    scale = np.maximum(1, np.maximum(np.abs(a), np.abs(n)))
    return np.max(np.abs(a - n) / scale)


def by_hand(v):
    return np.array([2 * v[0] + 3 * v[1], 3 * v[0]])


def slip(v):
    return np.array([2 * v[0] + 3 * v[1], 3 * v[1]])  # the wrong entry


print("by hand, below 1e-6:", relative_grad_error(f, by_hand, [2, 1]) < 1e-6)
print("with a slip:", round(relative_grad_error(f, slip, [2, 1]), 3))

# %% gradient-check
v = torch.tensor([2.0, 1.0], dtype=torch.float64, requires_grad=True)
f(v).backward()
print("agrees:", np.allclose(numeric_gradient(f, [2, 1]), v.grad, atol=1e-6))

# %% tiny-h
for h in (1e-6, 1e-15):
    error = np.abs(numeric_gradient(f, [2, 1], h) - [7, 6]).max()
    print("h", h, "below 1e-6:", error < 1e-6, "above 0.1:", error > 0.1)
print("h 1e-17", numeric_gradient(f, [2, 1], 1e-17))

# %% properties
rng = np.random.default_rng(0)
for _ in range(200):
    n, c = rng.integers(2, 9), rng.uniform(-50, 50)
    a, b = rng.normal(size=(2, n))  # (n,), (n,)
    assert np.allclose(softmax(a + c), softmax(a))
    assert np.isclose(cosine((1 + abs(c)) * a, b), cosine(a, b))
    truth, predicted = rng.integers(0, 2, size=(2, n))
    order = rng.permutation(n)
    mixed = precision_recall(truth[order], predicted[order])
    assert mixed == precision_recall(truth, predicted)
print("200 random cases: shift, scale and order change nothing")


# %% caught
def plain_softmax(x):
    return np.exp(x) / np.exp(x).sum()


x = np.array([1.0, 2.0])
with np.errstate(over="ignore", invalid="ignore"):
    for c in (1, 1000):
        same = np.allclose(plain_softmax(x + c), plain_softmax(x))
        print("shift by", c, "holds:", same)

# %% careless
scores, labels = np.array([0.2, np.nan, 0.9]), np.array([0, 1, 0])
print("best of 0.2, NaN, 0.9:", np.argsort(scores)[::-1][0])
print("one-hot of -1:", np.eye(3)[-1])
right = np.argmax(P, axis=1) == labels[:, None]
print("accuracy with labels (3, 1):", right.mean().round(3))
print("0.29 of 100 rows:", int(100 * 0.29))
print("0.5 clipped to [1, 0]:", np.clip(0.5, 1, 0))
apart = np.linalg.norm(np.array([1, 2, 3]) - [1])
print("from (1, 2, 3) to (1):", apart.round(3))
whole = np.array([2, 1])
whole[0] = whole[0] + 1e-6
print("2 + 1e-6 in an integer array:", whole[0])

# %% retrieval
notes = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.8]])  # (4, 2)
S = cosine_matrix(notes)  # (4, 4)
np.fill_diagonal(S, -np.inf)  # nobody is their own neighbour
for i, row in enumerate(S):
    print("note", i, "best two:", top_k(row, 2))


# %% masked
def masked_mean(X, real):  # (n, T, d), (n, T) with False for padding
    real = np.asarray(real, dtype=float)[..., None]  # (n, T, 1)
    return (X * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)


def masked_softmax(x, real):  # (n, T), (n, T)
    x = np.where(real, x, -1e30)  # finite: -inf minus -inf would be NaN
    e = np.exp(x - x.max(axis=-1, keepdims=True)) * real
    return e / np.maximum(e.sum(axis=-1, keepdims=True), EPS)


real = np.array([[True, True, False], [False, False, False]])
X = np.array([[[1.0], [3.0], [99.0]], [[5.0], [6.0], [7.0]]])  # (2, 3, 1)
print(masked_mean(X, real).ravel())
print(masked_softmax(X[..., 0], real).round(3))

# %% einsum
A, B = np.random.default_rng(0).normal(size=(2, 6, 4))  # (6, 4) each
U, gaps = unit_rows(A), A[:, None] - B  # (6, 4), (6, 6, 4)
T, Q = one_hot([0, 1, 2, 2]), one_hot([0, 2, 2, 1])  # (4, 3) truth, predicted
D = squared_distances(A, B)  # (6, 6)
six = {
    "dot": ("d,d->", [A[0], B[0]], A[0] @ B[0]),
    "squared lengths": ("nd,nd->n", [A, A], (A**2).sum(axis=1)),
    "cosine matrix": ("nd,md->nm", [U, U], cosine_matrix(A)),
    "squared distances": ("nmd,nmd->nm", [gaps, gaps], D),
    "hits": ("nk,nk->", [T, Q], 2),
    "confusion matrix": ("nk,nl->kl", [T, Q], T.T @ Q),
}
for name, (letters, arrays, plain) in six.items():
    print(name, letters, np.allclose(np.einsum(letters, *arrays), plain))


# %% auc
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score


def auc(truth, scores):
    truth, ranks = np.asarray(truth), rankdata(scores)  # ties share a rank
    positives = np.sum(truth == 1)
    beaten = ranks[truth == 1].sum() - positives * (positives + 1) / 2
    return beaten / (positives * np.sum(truth == 0))


truth, scores = [0, 0, 1, 1, 1], [0.1, 0.4, 0.4, 0.8, 0.3]
ours, theirs = auc(truth, scores), roc_auc_score(truth, scores)
print(ours.round(3), np.isclose(ours, theirs))
right, weights = np.array([1, 1, 0]), np.array([1, 1, 2])
print("weighted accuracy:", np.average(right, weights=weights))


# %% streams
def streaming(values):
    n, mean, squares = 0, 0.0, 0.0
    for n, value in enumerate(values, 1):
        gap = value - mean
        mean += gap / n
        squares += gap * (value - mean)
    return mean, squares / n  # population variance


def reservoir(items, k, rng):
    kept = []
    for n, item in enumerate(items):
        slot = n if n < k else rng.integers(0, n + 1)
        kept[slot : slot + 1] = [item] if slot < k else []
    return kept


# %% streams-check
values = 1e8 + np.random.default_rng(0).normal(size=1000)
theirs = values.mean(), values.var()
print("agrees:", np.allclose(streaming(values), theirs))
rng = np.random.default_rng(0)
draws = [reservoir(range(10), 3, rng) for _ in range(4000)]
shares = np.bincount(np.ravel(draws)) / 4000  # (10,)
print("each of 10 kept by 0.3:", np.allclose(shares, 0.3, atol=0.03))

# %% in-torch
F = torch.nn.functional
X = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 40.0]], dtype=torch.float64)
N = X.numpy()
pairs = {
    "unit rows": (unit_rows(N), F.normalize(X, dim=1)),
    "deviation": (N.std(axis=0), X.std(dim=0, correction=0)),
    "softmax": (softmax(N), torch.softmax(X, dim=1)),
    "distances": (squared_distances(N, N), torch.cdist(X, X) ** 2),
    "top-k": (top_k(N[:, 1], 2), torch.topk(X[:, 1], 2).indices),
    "clip": (clip(N, 2, 20), torch.clamp(X, 2, 20)),
}
for name, (ours, theirs) in pairs.items():
    print(name, np.allclose(ours, theirs, atol=1e-6))
print("torch's own default for std:", X[:, 0].std().item())


# %% confusion-counts
def confusion_matrix(truth, predicted, K):
    both = np.stack([truth, predicted]).astype(int)  # (2, n)
    if not 0 <= both.min() <= both.max() < K:
        raise ValueError(f"labels must lie from 0 to {K - 1}")
    cells = K * both[0] + both[1]  # (n,) one number per pair of classes
    return np.bincount(cells, minlength=K * K).reshape(K, K)


print(confusion_matrix([0, 1, 2, 2], [0, 2, 2, 1], 3))


# %% top-k-rows
def top_k_rows(S, k):
    S = np.asarray(S, dtype=float)  # (n, m)
    if k < 0:
        raise ValueError("k must be 0 or more")
    if min(k, S.shape[1]) == 0:
        return np.zeros((len(S), 0), dtype=int)
    best = np.argpartition(-S, min(k, S.shape[1]) - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(S, best, axis=1), axis=1)
    return np.take_along_axis(best, order, axis=1)  # (n, k)


print(top_k_rows([[0.1, 0.9, 0.3], [0.7, 0.2, 0.5]], 2))


# %% debias
def debias_ema(values, alpha):
    values = np.asarray(values, dtype=float)
    smooth = ema([0, *values], alpha)[1:]  # starts at 0
    return smooth / (1 - (1 - alpha) ** np.arange(1, len(values) + 1))


print("from zero:", ema([0, 5, 5, 5], 0.1)[1:].round(3))
print("corrected:", debias_ema([5, 5, 5], 0.1))
theirs = pd.Series(spike).ewm(alpha=0.3, adjust=True).mean()
print("agrees:", np.allclose(debias_ema(spike, 0.3), theirs))


# %% stratified
def stratified_split(y, share, rng):
    y, test = np.asarray(y), []
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        test.append(rows[: int(len(rows) * share + 0.5)])
    test = np.concatenate(test)
    return np.setdiff1d(np.arange(len(y)), test), np.sort(test)


y = np.repeat([0, 1], [90, 10])  # (100,) one in ten is positive
train, test = stratified_split(y, 0.2, np.random.default_rng(0))
print("train:", y[train].sum(), "positives of", len(train))
print("test:", y[test].sum(), "positives of", len(test))


# %% macro
def macro_f1(truth, predicted, K):
    C = confusion_matrix(truth, predicted, K)
    both = C.sum(axis=0) + C.sum(axis=1)  # (K,) alarms + positives
    return np.mean(2 * np.diag(C) / np.maximum(both, 1))


from sklearn.metrics import f1_score

truth = [0, 1, 2, 2, 1]
predicted = [0, 2, 2, 2, 2]  # never class 1
theirs = f1_score(truth, predicted, average="macro", zero_division=0)
ours = macro_f1(truth, predicted, 3)
print(ours.round(3), np.isclose(ours, theirs))

# %% mutants
mutants = {
    "no division": lambda X: X - X.mean(axis=0),
    "wrong axis": lambda X: ((X.T - X.mean(axis=1)) / X.std(axis=1)).T,
    "n - 1": lambda X: (X - X.mean(axis=0)) / X.std(axis=0, ddof=1),
}
X = np.random.default_rng(0).normal(size=(20, 3)) * [1, 5, 9]  # (20, 3)
for name, version in {"recipe": standardise, **mutants}.items():
    Z = version(X)
    units = np.allclose(version(1000 * X), Z)  # euros or cents
    centred = np.allclose(Z.mean(axis=0), 0)
    spread = np.allclose(Z.std(axis=0), 1)
    print(f"{name}: units {units}, centred {centred}, spread {spread}")
