"""Chapter 6: weighted sums, as numbers and as probabilities."""

# %% score
import numpy as np

x = np.array([2.0, 3.0, 1.0])  # (3,) hours, faults, has driven at night
w = np.array([0.5, -1.0, 2.0])  # (3,) one weight per feature
b = 0.25
print("parts:", w * x, "bias:", b)
print("score:", w @ x + b)
longer = np.array([3.0, 3.0, 1.0])  # one hour more
print("score with one hour more:", w @ longer + b)

# %% line
h = np.arange(1.0, 9.0)  # (8,) hours
y = np.array([0, 0, 0, 0, 1, 1, 1, 1])  # (8,) 1 means passed
X = np.column_stack([np.ones(8), h])  # (8, 2)
line = np.linalg.solve(X.T @ X, X.T @ y)  # (2,) bias, slope
print("bias, slope:", line.round(3))
print("predictions:", (X @ line).round(2))
print("library agrees:", np.allclose(np.linalg.lstsq(X, y)[0], line))

# %% line-figure fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 2.8))
ends = np.array([0.0, 9.5])
ax.axhspan(0, 1, color="C5", alpha=0.15)
ax.plot(ends, line[0] + line[1] * ends, color="C1")
ax.plot(h, y, "o", color="C0")
ax.text(0.1, 0.84, "probabilities live here", color="C5")
ax.text(6.7, 1.2, "straight line", color="C1", ha="right")
ax.text(8.2, 0.86, "passed", color="C0")
ax.text(4.3, 0.04, "failed", color="C0")
ax.set(xlabel="hours", ylabel="prediction", yticks=[0, 0.5, 1])
alt = (
    "Eight points at heights 0 and 1. A straight line rises through them, "
    "starts below 0 and ends above 1, outside a shaded band."
)
caption = "Look at both ends of the line: it leaves the band from 0 to 1."
figure(fig, alt=alt, caption=caption)

# %% parabola
curve = np.column_stack([np.ones(8), h, h**2])  # (8, 3)
w_curve = np.linalg.lstsq(curve, 3 - 2 * h + h**2)[0]
print("weights:", w_curve.round(3))


# %% sigmoid example="06.1"
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


print(sigmoid(np.array([-4.0, 0.0, 4.0])).round(3))

# %% probability example="06.7"
z = w @ x + b
print(z, round(sigmoid(z), 3))

# %% odds example="06.6"
for p in (0.1, 0.5, 0.9, 0.99):
    odds = p / (1 - p)
    print(p, round(np.log(odds), 3), round(odds, 3))
for z in (0.0, 4.0):
    print(round(sigmoid(z) * (1 - sigmoid(z)), 4))

# %% first-step
w = np.zeros(2)  # bias, slope
p = sigmoid(X @ w)  # (8,)
gradient = X.T @ (p - y) / 8  # (2, 8) @ (8,) -> (2,)
print("p - y:", p - y)
print("gradient:", gradient)
print("new w:", w - 0.1 * gradient)


# %% train example="06.2"
def train(X, y, steps, rate=0.1):
    w = np.zeros(X.shape[1])
    for _ in range(steps):
        p = sigmoid(X @ w)  # (n,)
        w = w - rate * X.T @ (p - y) / len(y)
    return w


w = train(X, y, 20_000)
print(w.round(3))
print(sigmoid(w[0] + w[1] * np.array([3, 4.5, 6])).round(3))
print(round(-w[0] / w[1], 3))
print("five hours:", round(sigmoid(w[0] + w[1] * 5), 3))

# %% curve-figure fold
fig, ax = plt.subplots(figsize=(6, 3))
grid = np.linspace(0, 9.5, 200)
boundary = -w[0] / w[1]
ax.plot(grid, sigmoid(w[0] + w[1] * grid), color="C1")
ax.plot(h, y, "o", color="C0")
ax.axvline(boundary, color="black", alpha=0.5, linestyle=":")
ax.plot(boundary, 0.5, "o", color="C1")
ax.text(boundary + 0.2, 0.46, "p = ½", color="C1")
ax.text(boundary - 0.15, 1.1, "predict failed", color="black", ha="right")
ax.text(boundary + 0.15, 1.1, "predict passed", color="black")
ax.text(2.9, 0.13, "fitted p", color="C1", ha="right")
ax.set(xlabel="hours", ylabel="p", ylim=(-0.08, 1.2))
alt = (
    "An S-shaped curve rises from 0 to 1 between three and six hours. Eight "
    "points lie at heights 0 and 1; a dotted vertical line cuts the curve "
    "at one half, just below 4.5 hours."
)
caption = "Look where the curve passes one half: the dotted line is there."
figure(fig, alt=alt, caption=caption)

# %% names
twelve = np.array([1.0, 12.0])  # the one, and twelve hours
print("linear:", round(twelve @ line, 3))
print("logistic:", round(sigmoid(twelve @ w), 3))

# %% mixed example="06.8"
mixed = np.array([0, 0, 0, 1, 0, 1, 1, 1])  # (8,)
w = train(X, mixed, 20_000)
p = sigmoid(X @ w)  # (8,)
surprise = -np.log(np.where(mixed == 1, p, 1 - p))  # (8,)
print(w.round(3))
print(round(-w[0] / w[1], 3))
print(round(np.exp(w[1]), 3))
print(round(surprise.mean(), 4))

# %% library
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

more = train(X, mixed, 40_000)
print("twice the steps, same weights:", np.allclose(more, w, atol=1e-4))
fit = LogisticRegression(C=np.inf).fit(h[:, None], mixed)
theirs = np.array([fit.intercept_[0], fit.coef_[0, 0]])  # (2,)
print("scikit-learn agrees:", np.allclose(theirs, w, atol=1e-3))
print("SciPy agrees:", np.allclose(expit(X @ w), p))
print("logit undoes it:", np.allclose(logit(p), X @ w))

# %% cut
for cut in (0.5, 0.8):
    print("cut", cut, "hours", round((logit(cut) - w[0]) / w[1], 3))

# %% plane
rng = np.random.default_rng(0)
features = rng.uniform([0, 0], [10, 8], size=(40, 2))  # hours, faults
chance = sigmoid(features @ [1.2, -0.8] - 2.5)  # (40,)
passed = (rng.random(40) < chance).astype(int)
table = np.column_stack([np.ones(40), features])  # (40, 3)
w_plane = train(table, passed, 20_000)
b, arrow = w_plane[0], w_plane[1:]  # arrow: (2,)
print("weights:", arrow.round(2), "bias:", b.round(2))
faults = np.array([0.0, 8.0])
hours = -(b + arrow[1] * faults) / arrow[0]  # (2,) where z = 0
print("hours at p = 1/2:", hours.round(2))
step = np.array([hours[1] - hours[0], 8.0])  # along the boundary
print("perpendicular to w:", np.isclose(step @ arrow, 0))

# %% plane-figure fold
fig, ax = plt.subplots(figsize=(6, 4))
across, up = np.meshgrid(np.linspace(0, 11, 111), np.linspace(0, 8, 81))
p_grid = sigmoid(b + arrow[0] * across + arrow[1] * up)  # (81, 111)
for low in (0.5, 0.8, 0.95):
    ax.contourf(across, up, p_grid, [low, 1], colors=["C0"], alpha=0.13)
    ax.text((logit(low) - b - 8.2 * arrow[1]) / arrow[0], 8.2, f"{low}")
ax.plot(hours, faults, "k", *features[passed == 0].T, "C1x")
ax.plot(*features[passed == 1].T, "o", color="C0", markersize=5)
foot = np.array([hours[0], 0]) + 0.35 * step
ax.quiver(*foot, *arrow, color="C2", angles="xy", scale_units="xy", scale=0.6)
ax.text(*(foot + arrow - 0.5), "w", color="C2")
ax.set(xlabel="hours", ylabel="faults", ylim=(-0.3, 8.8), aspect="equal")
alt = (
    "A straight line rises, with nearly all crosses on its left and dots on "
    "its right; an arrow named w leaves it at a right angle, into shading."
)
caption = "Follow the arrow: hours grow, faults fall, p passes 0.8 and 0.95."
figure(fig, alt=alt, caption=caption)

# %% minutes
for unit, column in (("hours", h), ("minutes", 60 * h)):
    fit = LogisticRegression(C=np.inf).fit(column[:, None], mixed)
    print(unit, "weight", round(fit.coef_[0, 0], 3))


# %% direct
def direct(z):
    e = np.exp(z)
    return e / e.sum()


scores = np.array([2.0, 1.0, 0.1])  # (3,)
print("e to each score:", np.exp(scores).round(3))
print("shares:", direct(scores).round(3))
large = np.array([1000.0, 1001.0, 1002.0])
with np.errstate(over="ignore", invalid="ignore"):
    print("large scores:", direct(large))


# %% softmax example="06.3"
def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


print(softmax(np.array([2.0, 1.0, 0.1])).round(3))

# %% two-class example="06.4"
print(softmax(np.array([1.5, 0.2])).round(3), round(sigmoid(1.5 - 0.2), 3))
print(softmax(large).round(3))

# %% labels
tags = np.array([3.0, 2.5])  # scores of "work" and "urgent"
print("softmax:", softmax(tags).round(3))
print("sigmoids:", sigmoid(tags).round(3))

# %% three-classes
level = np.array([0, 0, 1, 0, 1, 2, 1, 2])  # (8,) the fitting course
Y = np.eye(3)[level]  # (8, 3) one-hot
W = np.zeros((2, 3))  # one column of weights per class
for _ in range(20_000):
    e = np.exp(X @ W - (X @ W).max(axis=1, keepdims=True))  # (8, 3)
    P = e / e.sum(axis=1, keepdims=True)
    W = W - 0.1 * X.T @ (P - Y) / 8
print("at 1, 5 and 8 hours:")
print(P[[0, 4, 7]].round(2))
theirs = LogisticRegression(C=np.inf).fit(h[:, None], level)
same = np.allclose(theirs.predict_proba(h[:, None]), P, atol=1e-3)
print("scikit-learn agrees:", same)

# %% three-figure fold
fig, axes = plt.subplots(1, 2, figsize=(6, 3))
heights = W[0] + grid[:, None] * W[1]  # (200, 3)
shares = np.apply_along_axis(softmax, 1, heights)
spots = {"basic": (1.4, 0.97), "middle": (3.6, 0.8), "final": (7.6, 0.97)}
for k, name in enumerate(spots):
    axes[0].plot(grid, heights[:, k], color=f"C{k}")
    axes[0].text(9.7, heights[-1, k], name, color=f"C{k}", va="center")
    axes[1].plot(grid, shares[:, k], color=f"C{k}")
    axes[1].text(*spots[name], name, color=f"C{k}")
axes[0].set(title="scores", xlabel="hours", xlim=(0, 13), xticks=[0, 4, 8])
axes[1].set(title="probabilities", xlabel="hours", xticks=[0, 4, 8])
alt = (
    "Left, three straight score lines of different slopes. Right, their "
    "softmax: one curve falls, one forms a hump, one rises."
)
caption = "Where two lines cross on the left, their curves cross on the right."
figure(fig, alt=alt, caption=caption)

# %% separable example="06.5"
w, path = np.zeros(2), []
for count in range(1, 80_001):
    w = w - 0.1 * X.T @ (sigmoid(X @ w) - y) / 8
    path.append(w)
    if count in (1_000, 20_000, 80_000):
        print(count, w.round(3), round(-w[0] / w[1], 3))

# %% path-figure fold
fig, axes = plt.subplots(1, 2, figsize=(6, 2.8))
counts = np.unique(np.geomspace(1, 80_000, 200).astype(int))
along = np.array(path)[counts - 1]  # (200, 2)
axes[0].semilogx(counts, along[:, 1], color="C0")
axes[1].semilogx(counts, -along[:, 0] / along[:, 1], color="C1")
axes[1].axhline(4.5, color="black", alpha=0.5, linestyle=":")
axes[1].text(1.5, 4.62, "midpoint, 4.5", color="black")
axes[0].set(title="slope", xlabel="updates")
axes[1].set(title="boundary, in hours", xlabel="updates", ylim=(-0.2, 5.2))
alt = (
    "Against the number of updates, on a logarithmic axis, the slope climbs "
    "ever more steeply and the boundary levels off just under 4.5 hours."
)
caption = (
    "Look at the right ends: the boundary has all but arrived, and the "
    "slope has nowhere to stop."
)
figure(fig, alt=alt, caption=caption)

# %% penalty
for C in (100.0, 10.0, 1.0):
    fit = LogisticRegression(C=C).fit(h[:, None], y)
    certain = fit.predict_proba([[8.0]])[0, 1]
    slope = fit.coef_[0, 0].round(2)
    print(C, "slope", slope, "p at 8 hours", certain.round(4))

# %% with-logits
import torch

loss = torch.nn.BCEWithLogitsLoss()
failed = torch.tensor(0.0)
z = torch.tensor(-4.0)
p = torch.sigmoid(z)
print("score in:", round(loss(z, failed).item(), 3))
print("probability in:", round(loss(p, failed).item(), 3))

# %% baseline fold
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import cross_val_predict
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rows, benign = load_breast_cancer(return_X_y=True)  # (569, 30), (569,)
net = MLPClassifier((8,), solver="lbfgs", alpha=10, random_state=0)
right = {}
for name, model in {"linear": LogisticRegression(), "net": net}.items():
    scaled = make_pipeline(StandardScaler(), model)
    guesses = cross_val_predict(scaled, rows, benign)  # (569,)
    right[name] = np.mean(guesses == benign)
print("linear model right:", round(right["linear"], 2))
gain = right["net"] - right["linear"]
print("net gains a point in a hundred:", gain > 0.01)

# %% derived
def cross_entropy(w):
    p = sigmoid(X @ w)
    return -np.mean(mixed * np.log(p) + (1 - mixed) * np.log(1 - p))


w, d = np.array([-1.0, 0.3]), 1e-6
nudges = d * np.eye(2)  # one parameter at a time
rates = [cross_entropy(w + n) - cross_entropy(w - n) for n in nudges]
formula = X.T @ (sigmoid(X @ w) - mixed) / 8
print(np.allclose(np.array(rates) / (2 * d), formula))

# %% poisson
faults = np.array([9, 7, 6, 4, 4, 2, 2, 1])  # (8,) counts
w = np.zeros(2)
for _ in range(20_000):
    w = w - 0.01 * X.T @ (np.exp(X @ w) - faults) / 8
print("each hour multiplies the expected faults by", np.exp(w[1]).round(2))

# %% newton
w = np.zeros(2)
for count in range(1, 7):
    p = sigmoid(X @ w)
    H = X.T @ (X * (p * (1 - p))[:, None])  # (2, 2) curvature
    w = w + np.linalg.solve(H, X.T @ (mixed - p))
    print(count, w.round(3))

# %% imbalance
t = rng.uniform(0, 9, 20_000)[:, None]  # (20000, 1) hours
won = rng.random(20_000) < sigmoid(1.2 * t[:, 0] - 5)
kept = won | (rng.random(20_000) < 0.1)  # one failure in ten is kept
full = LogisticRegression(C=np.inf).fit(t, won)
thin = LogisticRegression(C=np.inf).fit(t[kept], won[kept])
corrected = thin.intercept_[0] + np.log(0.1)
print("slopes:", full.coef_[0, 0].round(1), thin.coef_[0, 0].round(1))
print("biases:", full.intercept_[0].round(1), thin.intercept_[0].round(1))
print("corrected bias:", corrected.round(1))

# %% calibration
z = full.decision_function(t)  # (20000,) scores
for name, score in (("fitted", z), ("doubled", 2 * z)):
    p = sigmoid(score)
    near = np.abs(p - 0.8) < 0.05
    told, happened = p[near].mean().round(2), won[near].mean().round(2)
    print(name, "says", told, "happened", happened)

# %% errors
from math import erfc, sqrt

spread = np.sqrt(np.diag(np.linalg.inv(H)))  # (2,)
ratio = w[1] / spread[1]
print("slope:", w[1].round(2), "standard error:", spread[1].round(2))
print("p-value:", round(erfc(ratio / sqrt(2)), 3))

# %% blanks
w = np.array([0.0, 0.1])
p = sigmoid(X @ w)  # (8,)
gradient = X.T @ (p - y) / 8
w = w - 0.1 * gradient
print("gradient:", gradient.round(3))
print("new w:", w.round(3))


# %% boundary-function
def decision_boundary(w):
    if w[1] == 0:
        raise ValueError("slope 0: p is the same everywhere")
    return -w[0] / w[1]


print("boundary:", decision_boundary(np.array([-6.0, 1.5])))
print("odds ratio, one hour:", np.exp(1.5).round(2))
print("hours for ten times the odds:", (np.log(10) / 1.5).round(2))


# %% stable-sigmoid
def stable_sigmoid(z):
    z = np.asarray(z, dtype=float)
    small = np.exp(-np.abs(z))  # in (0, 1]: never overflows
    return np.where(z >= 0, 1, small) / (1 + small)


print(stable_sigmoid([-1000, 0, 1000]))
print("as SciPy:", np.allclose(stable_sigmoid(grid - 4), expit(grid - 4)))
print("one number:", stable_sigmoid(0.25).round(3))

# %% twins
w = np.linalg.lstsq(X, y)[0]
doubled = np.column_stack([X, h])  # (8, 3) hours twice
shared = np.linalg.lstsq(doubled, y)[0]
alone = np.append(w, 0.0)
wild = np.array([w[0], w[1] + 5, -5.0])
for v in (shared, alone, wild):
    print(v.round(3), np.allclose(doubled @ v, X @ w))

# %% when-to-test
w = train(X, mixed, 20_000)
hours = np.arange(0, 13)
risk = 400 * (1 - sigmoid(w[0] + w[1] * hours))  # (13,) euros
cost = 40 * hours + risk
print("hours 1 to 7 save:", -np.diff(risk)[:7].round())
best = hours[cost.argmin()]
print("cheapest:", best, "hours, p", sigmoid(w[0] + w[1] * best).round(2))
