"""Chapter 9: fitting the noise, and how to stop it."""

# %% paper
import numpy as np

three = np.array([0.0, 1.0, 2.0]), np.array([0.0, 2.0, 2.0])
for degree in (1, 2):
    w = np.polyfit(*three, degree)  # (degree + 1,) highest power first
    errors = np.polyval(w, three[0]) - three[1]  # (3,)
    train = np.mean(errors**2)
    new = np.polyval(w, 0.5) - 0.5
    print(degree, round(train, 3), round(new, 3))

# %% readings
x = np.linspace(-1, 1, 12)  # (12,) positions of the dial
noise = np.random.default_rng(0).normal(0, 0.1, size=12)
y = 0.5 * x + 0.3 + noise  # (12,)
x_test = np.linspace(-1, 1, 50)  # (50,)
y_test = 0.5 * x_test + 0.3  # (50,) without noise
print(y[:8].round(3))
print(y[8:].round(3))


# %% tools
def powers(x, degree):
    return np.vander(x, degree + 1, increasing=True)  # (n, degree + 1)


def fit(x, y, degree):
    return np.linalg.lstsq(powers(x, degree), y, rcond=None)[0]


def mse(prediction, target):
    return np.mean((prediction - target) ** 2)


# %% degrees example="09.1"
def train_test(w):
    degree = len(w) - 1
    train = mse(powers(x, degree) @ w, y)
    return train, mse(powers(x_test, degree) @ w, y_test)


for degree in (1, 3, 9, 11):
    train, test = train_test(fit(x, y, degree))
    print(degree, f"{train:.5f}", f"{test:.5f}")

# %% three-fits fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 3.4))
line = np.linspace(-1, 1, 601)
labels = {1: (1.02, 0.86), 3: (1.02, 0.7), 11: (-0.9, 0.35)}
for i, (degree, place) in enumerate(labels.items()):
    curve = powers(line, degree) @ fit(x, y, degree)
    ax.plot(line, curve, color=f"C{i}")
    ax.text(*place, f"degree {degree}", color=f"C{i}")
ax.plot(x, y, "o", color="black", markersize=5)
ax.set(xlim=(-1.05, 1.35), ylim=(-0.45, 1.05))
ax.set(xlabel="dial", ylabel="reading")
alt = (
    "Twelve points near a rising straight line. Degrees 1 and 3 follow the "
    "line; degree 11 meets every point and swings far off near both ends."
)
caption = "Look between the two outermost points at either end."
figure(fig, alt=alt, caption=caption)

# %% error-curves fold
fig, ax = plt.subplots(figsize=(6, 3.2))
pairs = np.array([train_test(fit(x, y, d)) for d in range(11)])  # (11, 2)
ax.semilogy(pairs[:, 0], "o-", color="C0")
ax.semilogy(pairs[:, 1], "o-", color="C1")
ax.text(7.4, 4e-4, "training", color="C0")
ax.text(7.4, 9e-3, "test", color="C1")
ax.set(xlabel="degree", ylabel="MSE (log scale)")
alt = (
    "Two curves over degrees 0 to 10. Both start high and drop at degree 1; "
    "then the training curve keeps falling and the test curve climbs."
)
caption = "The test curve turns at degree 1: the rest is fitting noise."
figure(fig, alt=alt, caption=caption)

# %% noisy-targets
rng = np.random.default_rng(1)
noisy = y_test + rng.normal(0, 0.1, size=(2000, 50))  # (2000, 50)
for degree in (1, 11):
    prediction = powers(x_test, degree) @ fit(x, y, degree)  # (50,)
    clean = mse(prediction, y_test)
    print(degree, f"{clean:.4f}", f"{mse(prediction, noisy):.4f}")

# %% two-diseases
for degree in (0, 11):
    train, test = train_test(fit(x, y, degree))
    print("degree", degree, "train", f"{train:.3f}", "test", f"{test:.3f}")

# %% one-place
predictions = np.array([1.0, 2.0, 3.0])  # (3,) from three samples
bias_squared = (predictions.mean() - 3) ** 2
variance = predictions.var()  # divides by 3
print(bias_squared, round(variance, 3))
measured = mse(predictions, 3)
print(round(bias_squared + variance, 3), round(measured, 3))

# %% simulation example="09.5"
truth, truth_test = np.sin(3 * x), np.sin(3 * x_test)  # (12,), (50,)
table = np.random.default_rng(0).normal(0, 0.3, size=(500, 12))
samples = truth + table  # (500, 12) a data set in each row
curves = {}
for degree in (1, 3, 5, 9):
    w = fit(x, samples.T, degree)  # (degree + 1, 500)
    curves[degree] = (powers(x_test, degree) @ w).T  # (500, 50)
    bias_squared = mse(curves[degree].mean(axis=0), truth_test)
    variance = curves[degree].var(axis=0).mean()
    measured = mse(curves[degree], truth_test)
    row = bias_squared, variance, bias_squared + variance, measured
    print(degree, *(f"{value:.4f}" for value in row))

# %% fans fold
fig, axes = plt.subplots(1, 3, figsize=(6, 2.8), sharex=True, sharey=True)
for i, (ax, degree) in enumerate(zip(axes, (1, 3, 9))):
    some = curves[degree][:20].T  # (50, 20)
    ax.plot(x_test, some, color=f"C{i}", alpha=0.35, linewidth=0.8)
    ax.plot(x_test, truth_test, color="black", linewidth=1.6)
    ax.set_title(f"degree {degree}", fontsize=10, color=f"C{i}")
    ax.set(ylim=(-2.1, 2.1), xlabel="dial")
axes[0].text(-0.5, -1.8, "black: the truth", fontsize=9, color="black")
alt = (
    "Three panels with twenty fitted curves each around a black S-shaped "
    "truth: straight lines in a tight bundle beside it, cubic curves along "
    "it, and curves of degree 9 spread widely around it."
)
caption = (
    "On the left look at the gap to the black curve, on the right at the "
    "width of the bundle."
)
figure(fig, alt=alt, caption=caption)

# %% intercepts
lines = fit(x, samples.T, 1)  # (2, 500) intercepts, slopes
print("size of the mean intercept", f"{abs(lines[0].mean()):.2f}")
print("bias²", f"{mse(curves[1].mean(axis=0), truth_test):.2f}")

# %% split
order = np.random.default_rng(0).permutation(20)  # (20,) row numbers
train_rows, validation_rows, test_rows = np.split(order, [14, 17])
print("fit on", np.sort(train_rows))
print("choose on", np.sort(validation_rows))
print("report on", np.sort(test_rows))

# %% fifty-coins
rng = np.random.default_rng(0)
labels = rng.integers(0, 2, size=40)  # (40,)
guesses = rng.integers(0, 2, size=(50, 40))  # (50, 40) a coin a row
print("best of 50:", (guesses == labels).mean(axis=1).max())
fresh = rng.integers(0, 2, size=(2, 4000))  # its guesses, new labels
print("the same coin later:", round((fresh[0] == fresh[1]).mean(), 2))

# %% folds example="09.4"
fold = np.arange(12) % 4  # (12,) 0 1 2 3 0 1 2 3 ...


def fold_errors(degree):
    scores = []
    for k in range(4):
        held = fold == k  # (12,) True on three points
        w = fit(x[~held], y[~held], degree)  # ~ means "not"
        scores.append(mse(powers(x[held], degree) @ w, y[held]))
    return np.array(scores)  # (4,)


for degree in (1, 3, 5, 7):
    scores = fold_errors(degree)
    print(degree, f"{scores.mean():.5f}", *(f"{s:.5f}" for s in scores))

# %% fold-figure fold
fig, ax = plt.subplots(figsize=(6, 2.6))
for k, error in enumerate(fold_errors(7)):
    held = fold == k
    ax.plot(x[~held], np.full(9, k), "o", color="C0", markersize=7)
    ax.plot(x[held], np.full(3, k), "s", color="C1", markersize=9)
    ax.text(1.15, k + 0.12, f"{error:.3f}", color="C1")
ax.text(1.02, -0.6, "error of degree 7", color="C1", fontsize=9)
ax.text(-1.0, -0.6, "squares: held out", color="C1", fontsize=9)
ax.set(xlim=(-1.1, 1.75), ylim=(3.5, -1.1), yticks=range(4))
ax.set(xticks=(-1, 0, 1), xlabel="dial", ylabel="fold held out")
alt = (
    "Four rows of twelve marks. In each row every fourth mark is a square. "
    "Row 0 holds out the leftmost point, row 3 the rightmost one, and row "
    "3 has by far the largest error."
)
caption = "Row 3: the curve must reach the right end without a point there."
figure(fig, alt=alt, caption=caption)

# %% fold-library
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import PredefinedSplit, cross_val_score

scores = cross_val_score(
    LinearRegression(fit_intercept=False),
    powers(x, 3),
    y,
    cv=PredefinedSplit(fold),
    scoring="neg_mean_squared_error",  # larger is better
)
print("same as ours:", np.allclose(-scores, fold_errors(3)))

# %% ridge example="09.2"
V = powers(x, 11)  # (12, 12)


def ridge(lam):
    return np.linalg.solve(V.T @ V + lam * np.eye(12), V.T @ y)  # (12,)


for lam in (0, 0.001, 0.1):
    w = ridge(lam)
    train, test = train_test(w)
    size = round(abs(w).max(), 1)
    print(lam, f"{train:.5f} {test:.5f}", "largest", size)

# %% lambda-figure fold
fig, ax = plt.subplots(figsize=(6, 3.2))
lams = 10.0 ** np.linspace(-6, 1, 141)
tests = np.array([train_test(ridge(lam))[1] for lam in lams])
best = tests.argmin()
ax.loglog(lams, tests, color="C0")
ax.loglog(lams[best], tests[best], "o", color="C1")
ax.text(0.015, 0.0013, f"best λ: {lams[best]:.2f}", color="C1")
plain_line = train_test(fit(x, y, 1))[1]
ax.axhline(plain_line, color="black", alpha=0.4, linestyle=":")
ax.text(1e-6, 0.00043, "the plain line", color="black")
ax.text(2e-6, 0.0065, "degree 11 with penalty λ", color="C0")
ax.set(xlabel="λ (log scale)", ylabel="test MSE (log scale)")
alt = (
    "The test error of degree 11 against λ falls, reaches its lowest point "
    "near a tenth, and climbs steeply. A dotted line for the plain line "
    "lies well below the whole curve."
)
caption = "Look at both arms: too little penalty, too much penalty."
figure(fig, alt=alt, caption=caption)

# %% shrink example="09.3"
plain = np.array([3.0, -1.0, 0.4])  # (3,) least squares
lam = 0.5
print((plain / (1 + lam)).round(3))
print(np.sign(plain) * np.maximum(np.abs(plain) - lam, 0))

# %% shrink-library
from sklearn.linear_model import Lasso, Ridge

Q, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 3)))
target = Q @ plain  # (8,) Q has orthonormal columns
by_ridge = Ridge(alpha=lam, fit_intercept=False).fit(Q, target).coef_
by_lasso = Lasso(alpha=lam / 8, fit_intercept=False).fit(Q, target).coef_
print(by_ridge.round(3))
print(by_lasso.round(3))

# %% touch fold
H, lowest = np.array([[1.0, 0.45], [0.45, 1.0]]), np.array([0.55, 1.9])
t = np.linspace(0, 2 * np.pi, 4001)
circle = np.array([np.cos(t), np.sin(t)])  # (2, 4001) |w|₂ = 1
diamond = circle / np.abs(circle).sum(axis=0)  # (2, 4001) |w|₁ = 1


def bowl(w):  # (2, ...) -> (...)
    away = w - lowest.reshape(2, *[1] * (w.ndim - 1))
    return np.einsum("i...,ij,j...->...", away, H, away)


touches = [edge[:, bowl(edge).argmin()] for edge in (diamond, circle)]
for name, touch in zip(("L1", "L2"), touches):
    print(name, np.abs(touch).round(2))

# %% diamond fold
fig, axes = plt.subplots(1, 2, figsize=(6, 3.6), sharey=True)
names = "|w|₁ ≤ 1: diamond", "|w|₂ ≤ 1: disc"
grid = np.array(np.meshgrid(np.linspace(-1.4, 2.4), np.linspace(-1.3, 3.2)))
for i, edge in enumerate((diamond, circle)):
    ax, height = axes[i], bowl(touches[i])
    levels = [height / 4, height, 2 * height]
    ax.contour(*grid, bowl(grid), levels=levels, colors="C5")
    ax.fill(*edge, color=f"C{i}", alpha=0.35)
    ax.plot(*touches[i], "o", color="black")
    ax.plot(*lowest, "+", color="black")
    ax.set_title(names[i], fontsize=10, color=f"C{i}")
    ax.set(aspect="equal", xlabel="w₁", ylabel="w₂")
    ax.grid(alpha=0.3)
alt = (
    "The same ellipses of the loss touch a diamond at its top corner, where "
    "the first weight is 0, and a disc beside the axis."
)
caption = "At the dot on the corner, w₁ is exactly 0. Cross: lowest loss."
figure(fig, alt=alt, caption=caption)

# %% pulls
for lam in (0.1, 0.3, 0.5):
    by_l2, by_l1 = 0.4 / (1 + lam), max(0.4 - lam, 0)
    print("λ", lam, "L2", round(by_l2, 3), "L1", round(by_l1, 3))

# %% dropout example="09.6"
a, p = np.array([1.0, 2.0, 3.0, 4.0]), 0.5  # (4,) activations
mask = np.random.default_rng(0).random(4) >= p  # (4,) True: kept
print(mask.astype(int), a * mask / (1 - p))
masks = np.random.default_rng(0).random((10_000, 4)) >= p
print((a * masks / (1 - p)).mean(axis=0).round(2))
print(a)  # at inference: nothing happens

# %% eval-mode
import torch

torch.manual_seed(0)
layer = torch.nn.Dropout(0.5)
ones = torch.ones(6)
print("training ", layer(ones).tolist(), layer(ones).tolist())
layer.eval()
print("inference", layer(ones).tolist(), layer(ones).tolist())

# %% early-stopping example="09.7"
losses = [0.90, 0.70, 0.60, 0.58, 0.59, 0.61, 0.57, 0.62]


def early_stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch  # and keep a copy of the parameters
        if epoch - best >= patience:
            return best, losses[best], epoch
    return best, losses[best], None


for patience in (1, 2, 3):
    print(patience, *early_stop(losses, patience))

# %% batch-norm
norm = torch.nn.BatchNorm1d(1)
batch = torch.tensor([[1.0], [3.0]])  # (2, 1) two rows, one activation
print("training ", norm(batch).detach().numpy().ravel().round(3))
mean, variance = norm.running_mean, norm.running_var  # start: 0 and 1
print("averages ", mean.numpy(), variance.numpy())  # a tenth of the way
norm.eval()
print("inference", norm(batch).detach().numpy().ravel().round(3))

# %% leak
rng = np.random.default_rng(0)
X, t = rng.normal(size=(120, 1000)), np.arange(120) // 4 % 2  # noise


def class_gap(rows):  # mean of class 1 minus mean of class 0: (1000,)
    return X[rows & (t == 1)].mean(axis=0) - X[rows & (t == 0)].mean(axis=0)


for honest in (False, True):
    hits = []
    for k in range(4):
        fitted = np.arange(120) % 4 != k  # (120,) True on 90 rows
        look = fitted if honest else t >= 0  # t >= 0: all rows
        chosen = np.abs(class_gap(look)).argsort()[-10:]  # ten columns
        scores = X[~fitted][:, chosen] @ class_gap(fitted)[chosen]
        hits.append((scores > 0) == t[~fitted])
    print("chosen inside the fold:", honest, round(np.mean(hits), 2))

# %% double-descent
rng = np.random.default_rng(0)
spots = np.linspace(-1, 1, 20)  # (20,)
for count in (3, 5, 10, 20, 40, 200, 1000):
    results, new = [], []
    for _ in range(50):
        kinks = rng.uniform(-1.2, 1.2, count)  # a bend in each column
        signs = rng.choice([-1.0, 1.0], count)
        targets = np.sin(3 * spots) + rng.normal(0, 0.3, 20)
        A = np.maximum(0, (spots[:, None] - kinks) * signs)  # (20, count)
        new.append(np.linalg.matrix_rank(A, rtol=1e-10))
        w = np.linalg.pinv(A, rcond=1e-10) @ targets  # shortest
        B = np.maximum(0, (x_test[:, None] - kinks) * signs)
        results.append(mse(B @ w, truth_test))
    error, rank = np.median(results), int(np.median(new))
    print(count, "columns,", rank, "new, test MSE", f"{error:.3f}")

# %% learning-curves
for degree in (1, 9):
    for n in (12, 48, 192):
        wider = np.linspace(-1, 1, n)
        noises = np.random.default_rng(0).normal(0, 0.3, size=(2, n))
        first, second = np.sin(3 * wider) + noises  # each (n,)
        guess = powers(wider, degree) @ fit(wider, first, degree)
        print(
            degree, n, f"{mse(guess, first):.3f}", f"{mse(guess, second):.3f}"
        )

# %% one-error
scores = np.array([fold_errors(degree) for degree in range(1, 6)])  # (5, 4)
means, spreads = scores.mean(axis=1), scores.std(axis=1, ddof=1) / 2
best = means.argmin()
bar = means[best] + spreads[best]
print("lowest: degree", best + 1, f"{means[best]:.5f}", "bar", f"{bar:.5f}")
print("simplest below the bar: degree", 1 + (means <= bar).argmax())

# %% nested
outer, picked = [], []
for k in range(4):
    fit_x, fit_y = x[fold != k], y[fold != k]  # (9,) each
    means = []
    for degree in (1, 2, 3, 4, 5):
        inner = []
        for j in range(3):
            out = np.arange(9) % 3 == j  # (9,) True on three points
            w = fit(fit_x[~out], fit_y[~out], degree)
            inner.append(mse(powers(fit_x[out], degree) @ w, fit_y[out]))
        means.append(np.mean(inner))
    picked.append(1 + int(np.argmin(means)))
    w = fit(fit_x, fit_y, picked[-1])
    held = fold == k
    outer.append(mse(powers(x[held], picked[-1]) @ w, y[held]))
print("degrees picked:", picked, "estimate:", f"{np.mean(outer):.5f}")

# %% implicit
A, goal = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]]), np.array([3.0, 2.0])
w = np.zeros(3)  # three weights, two rows: many solutions
for _ in range(2000):
    w = w - 0.1 * A.T @ (A @ w - goal)
print(w.round(3), (np.linalg.pinv(A) @ goal).round(3))

# %% freedom
s = np.linalg.svd(V, compute_uv=False)  # (12,) singular values
for lam in (0, 0.001, 0.1, 10):
    print(lam, round((s**2 / (s**2 + lam)).sum(), 1))

# %% blanks
for lam in (0.001, 0.1, 10):
    scores = []
    for k in range(4):
        held = fold == k
        A = V[~held]  # (9, 12)
        penalised = A.T @ A + lam * np.eye(12)  # (12, 12)
        w = np.linalg.solve(penalised, A.T @ y[~held])
        scores.append(mse(V[held] @ w, y[held]))
    print(lam, f"{np.mean(scores):.5f}")


# %% split-function
def train_val_test_split(n, fractions, rng):
    if not np.isclose(sum(fractions), 1) or min(fractions) <= 0:
        raise ValueError("fractions must be positive and sum to 1")
    cuts = np.rint(np.cumsum(fractions)[:2] * n).astype(int)
    parts = np.split(rng.permutation(n), cuts)
    if min(map(len, parts)) == 0:
        raise ValueError("too few rows")
    return parts


parts = train_val_test_split(21, (0.7, 0.15, 0.15), np.random.default_rng(0))
print([len(part) for part in parts])
print("complete:", sorted(np.concatenate(parts)) == list(range(21)))
try:
    train_val_test_split(3, (0.7, 0.15, 0.15), np.random.default_rng(0))
except ValueError as error:
    print("3 rows:", error)


# %% kfold-indices
def kfold_indices(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError("k must lie between 2 and n")
    parts = np.array_split(rng.permutation(n), k)
    for i in range(k):
        yield np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]


parts = [held for _, held in kfold_indices(10, 4, np.random.default_rng(0))]
print("sizes:", [len(held) for held in parts])
print("each once:", sorted(np.concatenate(parts)) == list(range(10)))

# %% intercept-free
free = np.diag([0.0] + [1.0] * 11)  # (12, 12) the constant costs nothing
for shift in (0, 100):
    for name, price in (("penalised", np.eye(12)), ("free", free)):
        w = np.linalg.solve(V.T @ V + 0.1 * price, V.T @ (y + shift))
        error = mse(powers(x_test, 11) @ w, y_test + shift)
        print("shift", shift, name, f"{error:.5f}")

# %% time-series
walk = np.cumsum(np.random.default_rng(0).normal(size=300))  # (300,)
days = np.arange(300)


def nearest_day(known, asked):  # guess the value of the nearest known day
    nearest = np.abs(asked[:, None] - known).argmin(axis=1)
    return mse(walk[known[nearest]], walk[asked])


pairs = kfold_indices(300, 5, np.random.default_rng(0))
shuffled = [nearest_day(rest, held) for rest, held in pairs]
starts = (50, 100, 150, 200, 250)
past = [nearest_day(days[:s], days[s : s + 50]) for s in starts]
print("shuffled folds:", round(np.mean(shuffled), 1))
print("trained on the past:", round(np.mean(past), 1))

# %% more-or-less
for n, degree in ((12, 9), (24, 9), (48, 9), (12, 3)):
    wider = np.linspace(-1, 1, n)  # (n,)
    noises = np.random.default_rng(0).normal(0, 0.3, size=(500, n))
    w = fit(wider, (np.sin(3 * wider) + noises).T, degree)
    guesses = (powers(x_test, degree) @ w).T  # (500, 50)
    bias_squared = mse(guesses.mean(axis=0), truth_test)
    variance = guesses.var(axis=0).mean()
    print(n, degree, f"{bias_squared:.3f}", f"{variance:.3f}")
