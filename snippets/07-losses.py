"""Chapter 7: what "wrong" costs."""

# %% mse example="07.1"
import numpy as np

y = np.array([3.0, -0.5, 2.0, 7.0])  # (4,) measured
y_hat = np.array([2.5, 0.0, 2.0, 8.0])  # (4,) forecast


def mse(y, y_hat):
    return np.mean((y - y_hat) ** 2)


print(round(mse(y, y_hat), 3))


# %% mae example="07.2"
def mae(y, y_hat):
    return np.mean(np.abs(y - y_hat))


print(round(mae(y, y_hat), 3))

# %% programs
steady = np.ones(20)  # (20,) off by 1 every night
rare = np.append(np.zeros(19), 10.0)  # (20,) off by 10 on one
print("MSE", mse(steady, 0), mse(rare, 0))
print("MAE", mae(steady, 0), mae(rare, 0))

# %% pulls
print("MSE:", 2 * (y_hat - y) / 4)
print("half of MSE:", (y_hat - y) / 4)
print("MAE:", np.sign(y_hat - y) / 4)
nudged = y_hat + 1e-6 * np.eye(4)  # (4, 4) one forecast nudged per row
slopes = [(mse(y, row) - mse(y, y_hat)) / 1e-6 for row in nudged]
print("MSE, by nudging:", np.round(slopes, 3))

# %% sum-for-mean
x = np.random.default_rng(0).normal(size=64)  # (64,) targets are 3x
for share in (np.mean, np.sum):
    w = 0.0
    print(share.__name__, "gradient", share(2 * (w - 3) * x * x).round(1))
    for _ in range(50):
        w = w - 0.1 * share(2 * (w - 3) * x * x)
    print("misses 3 by less than 0.01:", abs(w - 3) < 0.01)
    print("misses 3 by over a million:", abs(w - 3) > 1e6)

# %% constants example="07.6"
rain = np.array([1.0, 2.0, 3.0, 4.0, 100.0])  # (5,) millimetres
for c in (np.mean(rain), np.median(rain)):
    print(c, round(mse(rain, c), 1), round(mae(rain, c), 1))

# %% constants-figure fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, axes = plt.subplots(1, 2, figsize=(6, 2.9))
c = np.linspace(0, 60, 241)
for i, (ax, loss) in enumerate(zip(axes, (mse, mae))):
    best = (np.mean, np.median)[i](rain)
    ax.plot(c, [loss(rain, k) for k in c], color=f"C{i}")
    ax.plot(best, loss(rain, best), "o", color=f"C{i}")
    ax.set(xlabel="constant c (mm)", title=("mean square", "mean size")[i])
axes[0].text(22, 1640, "mean", color="C0", ha="center")
axes[1].text(9, 19.6, "median", color="C1")
alt = (
    "Left: a smooth bowl over the constant with its lowest point at 22. "
    "Right: straight pieces with a sharp lowest corner at 3."
)
caption = (
    "Compare where the two dots stand: the bowl's lowest point lies far "
    "to the right of the corner."
)
figure(fig, alt=alt, caption=caption)

# %% optimum
wilder = np.array([1.0, 2.0, 3.0, 4.0, 1000.0])
c = np.arange(1001.0)  # (1001,) every whole constant from 0 to 1000
for loss in (mse, mae):
    for data in (rain, wilder):
        best = c[np.argmin([loss(data, k) for k in c])]
        print(loss.__name__, "largest", data.max(), "best c", best)


# %% huber example="07.7"
def huber(r, delta=1.0):
    inner = r**2 / 2
    outer = delta * (np.abs(r) - delta / 2)
    return np.where(np.abs(r) <= delta, inner, outer)


for r in (0.5, 1.0, 3.0, -10.0):
    print(huber(r))

# %% residual-figure fold
fig, ax = plt.subplots(figsize=(6, 3.2))
r = np.linspace(-4, 4, 321)
curves = {"MSE": r**2, "MAE": np.abs(r), "Huber, δ = 1": huber(r)}
places = [(2.2, 5.6), (3.6, 4.0), (3.3, 1.45)]
for i, (name, place) in enumerate(zip(curves, places)):
    ax.plot(r, curves[name], color=f"C{i}")
    ax.text(*place, name, color=f"C{i}", ha="right" if i == 0 else "center")
ax.set(xlabel="residual y − ŷ", ylabel="loss", ylim=(-0.2, 7))
alt = (
    "Three curves over the residual, all 0 in the middle. The squared one "
    "leaves the top of the frame; the absolute one is a V; Huber is round "
    "at the bottom and straight outside."
)
caption = (
    "Look at both ends, where squares explode, and for a corner: "
    "only the MAE line has one, at the bottom."
)
figure(fig, alt=alt, caption=caption)

# %% library
import torch
import torch.nn.functional as F

true, guess = torch.tensor(y), torch.tensor(y_hat)  # (4,) each
losses = F.mse_loss, F.l1_loss, F.huber_loss
theirs = [loss(guess, true).item() for loss in losses]
ours = [mse(y, y_hat), mae(y, y_hat), huber(y - y_hat).mean()]
print("MSE, MAE, Huber agree:", np.isclose(theirs, ours))


# %% bce example="07.3"
def bce(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


for p in (0.9, 0.5, 0.1):
    print(round(bce(1, p), 3))

# %% bce-figure fold
fig, ax = plt.subplots(figsize=(6, 3))
p = np.linspace(0.005, 1, 300)
ax.plot(p, -np.log(p), color="C0")
for at in (0.9, 0.5, 0.1):
    ax.plot(at, -np.log(at), "o", color="C1")
ax.text(0.9, 0.32, "0.9", color="C1", ha="center")
ax.text(0.52, 0.85, "0.5: ln 2", color="C1")
ax.text(0.13, 2.4, "0.1", color="C1")
ax.text(0.05, 4.2, "no upper end", color="C0")
ax.set(xlabel="probability p announced for rain", ylabel="loss (nats)")
alt = (
    "A curve over p that falls from the top left, steeply at first, to 0 at "
    "p = 1. Three dots mark 0.9, 0.5 and 0.1 on it."
)
caption = (
    "Follow the dots from right to left: each costs more than the one "
    "before, and left of the last the curve climbs without end."
)
figure(fig, alt=alt, caption=caption)

# %% ce example="07.4"
days = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7]])  # (2, 3)
for p in days:
    print(round(-np.log(p[0]), 3))

# %% relatives
z = np.array([0.5, 2.0])  # (2,) logits of "dry" and "rain"
p = np.exp(z) / np.exp(z).sum()  # (2,) softmax
print("CE, two classes:", round(-np.log(p[1]), 4))
print("BCE:", round(bce(1, 1 / (1 + np.exp(-(z[1] - z[0])))), 4))
happened = np.array([1, 0, 1])  # (3,) rain, snow and wind may all be 1
per_label = bce(happened, np.array([0.9, 0.2, 0.6]))
print("BCE per label:", per_label.round(3))
print("their mean:", per_label.mean().round(3))

# %% names
from sklearn.metrics import log_loss

truth = np.array([0, 0])  # (2,) dry on both days
print("cross-entropy:", round(-np.log(days[[0, 1], truth]).mean(), 4))
print("log loss:", round(log_loss(truth, days, labels=[0, 1, 2]), 4))
logs = torch.tensor(np.log(days))  # (2, 3)
print("NLL:", round(F.nll_loss(logs, torch.tensor(truth)).item(), 4))

# %% perplexity example="07.9"
p_true = np.array([0.5, 0.25, 0.125])  # (3,) one per token
ce = np.mean(-np.log(p_true))
print(round(ce, 3), round(np.exp(ce), 3))
print(round(-np.log(1 / 50), 3))
print(round(ce / np.log(2), 3))


# %% stable example="07.8"
def bce_with_logits(z, y):
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


for z, label in [(0, 1), (2, 1), (2, 0), (-40, 1), (-1000, 1)]:
    stable = round(bce_with_logits(z, label), 4)
    with np.errstate(all="ignore"):
        direct = round(bce(label, 1 / (1 + np.exp(-np.float64(z)))), 4)
    print(z, label, stable, direct)


# %% ce-logits
def cross_entropy(z, target):
    top = z.max()
    return top + np.log(np.exp(z - top).sum()) - z[target]


z = np.array([2.0, 1.0, 0.1])  # (3,) dry, rain, snow
print("dry:", round(cross_entropy(z, 0), 3))
print("all logits + 1000:", round(cross_entropy(z + 1000, 0), 3))
theirs = F.cross_entropy(torch.tensor(z)[None], torch.tensor([0]))
print("library agrees:", np.isclose(theirs.item(), cross_entropy(z, 0)))

# %% blanks
z = np.array([0.1, 3.0, 1.0])  # (3,) it snowed: class 2
top = z.max()
total = np.exp(z - top).sum()
print(round(top + np.log(total) - z[2], 3))
print("by softmax:", round(-np.log(np.exp(z[2]) / np.exp(z).sum()), 3))


# %% per-token
def perplexity(losses, counts):
    losses, counts = np.asarray(losses), np.asarray(counts)
    if counts.sum() == 0:
        raise ValueError("no tokens")
    return np.exp((losses * counts).sum() / counts.sum())


batches = [1.0, 3.0], [900, 100]  # mean losses, numbers of tokens
print("by tokens:", round(perplexity(*batches), 2))
print("by batches, wrong:", round(np.exp(np.mean(batches[0])), 2))

# %% flat
h = np.arange(1.0, 9.0)  # (8,) hours
passed = np.array([0, 0, 0, 1, 0, 1, 1, 1])  # (8,)
for w in (1.0, 1.001):
    z = w * (h - 4.5)  # (8,)
    accuracy = np.mean((z > 0) == passed)
    ce = bce_with_logits(z, passed).mean()
    print("w", w, "accuracy", accuracy, "cross-entropy", round(ce, 6))


# %% hinge example="07.5"
def hinge(margin):
    return np.maximum(0, 1 - margin)


for margin in (2.0, 1.0, 0.5, -1.0):
    print(hinge(margin))

# %% margin-figure fold
fig, ax = plt.subplots(figsize=(6, 3.2))
m = np.linspace(-2.5, 3, 441)
logistic = np.log1p(np.exp(-m)) / np.log(2)
ax.plot([-2.5, 0, 0, 3], [1, 1, 0, 0], color="C5")
ax.plot(m, hinge(m), color="C0")
ax.plot(m, logistic, color="C1")
ax.text(-1.5, 0.68, "0/1 step: wrong or right", color="C5", ha="center")
ax.text(-1.62, 2.35, "hinge", color="C0", ha="right")
ax.text(0.75, 0.62, "logistic / ln 2", color="C1")
ax.set(xlabel="margin", ylabel="loss", ylim=(-0.15, 3.7))
alt = (
    "Over the margin: a step that falls from 1 to 0 at margin 0, a straight "
    "line that falls to 0 at margin 1 and stays there, and a smooth curve "
    "that keeps falling. Neither is ever below the step."
)
caption = (
    "Look right of margin 1: the straight line has reached 0, while the "
    "smooth curve is still above it."
)
figure(fig, alt=alt, caption=caption)

# %% hinge-against
print("margin, hinge and its slope, logistic and its slope")
for margin in (0.5, 2.0, 5.0):
    slope = -1.0 if margin < 1 else 0.0
    smooth = np.log1p(np.exp(-margin)).round(4)
    smooth_slope = (-1 / (1 + np.exp(margin))).round(4)
    print(margin, hinge(margin), slope, smooth, smooth_slope)

# %% confident example="07.10"
z, label = -6.0, 1
p = 1 / (1 + np.exp(-z))
print(round(p - label, 4), round(2 * (p - label) * p * (1 - p), 4))

# %% gradient-figure fold
fig, ax = plt.subplots(figsize=(6, 3))
z = np.linspace(-8, 6, 281)
p = 1 / (1 + np.exp(-z))
ax.plot(z, 1 - p, color="C0")
ax.plot(z, 2 * (1 - p) ** 2 * p, color="C1")
ax.axvline(-6, color="black", alpha=0.4, linestyle=":")
ax.text(-5.8, 0.55, "z = −6", color="black")
ax.text(-1.9, 0.92, "cross-entropy", color="C0")
ax.text(-2.2, 0.25, "squared error", color="C1", ha="right")
ax.set(xlabel="logit z, true label 1", ylabel="size of the gradient")
alt = (
    "Two curves over the logit. Cross-entropy's starts on a plateau near 1 "
    "and falls to 0 on the right; squared error's is a low hump in the "
    "middle and near 0 at both ends."
)
caption = (
    "Look along the dotted line: one curve is at full height there, the "
    "other has collapsed."
)
figure(fig, alt=alt, caption=caption)

# %% first-batch
rng = np.random.default_rng(0)
logits = rng.normal(size=(1000, 10))  # (1000, 10) an untrained net's scores
targets = rng.integers(10, size=1000)  # (1000,)
print("ln 10:", np.log(10).round(2))
for scale in (0.01, 6):
    losses = [cross_entropy(scale * z, t) for z, t in zip(logits, targets)]
    print("scale", scale, "loss", np.mean(losses).round(2))

# %% skewed
low = 0.9 * rain  # (5,) every forecast 10 % too low
squares = (rain - low) ** 2
in_logs = (np.log(rain) - np.log(low)) ** 2
print("share of the cloudburst:", (squares[-1] / squares.sum()).round(3))
print("the same in logs:", (in_logs[-1] / in_logs.sum()).round(3))

# %% kl
p = np.array([0.7, 0.2, 0.1])  # (3,) how often each weather comes
q = np.array([0.5, 0.3, 0.2])  # (3,) what you announce
entropy, kl = -np.sum(p * np.log(p)), np.sum(p * np.log(p / q))
print("cross-entropy:", -np.sum(p * np.log(q)).round(4))
print("entropy:", entropy.round(4), "KL:", kl.round(4))
print("entropy + KL:", (entropy + kl).round(4))

# %% likelihoods
from scipy import stats

r = y - y_hat  # (4,)
gauss = -stats.norm.logpdf(r, scale=np.sqrt(0.5))
laplace = -stats.laplace.logpdf(r)
print("Gaussian minus square:", (gauss - r**2).round(3))
print("Laplace minus size:", (laplace - np.abs(r)).round(3))
print("Bernoulli:", -stats.bernoulli.logpmf(1, 0.9).round(3))

# %% proper
p = np.arange(1, 100) / 100  # (99,) what you may announce
costs = {"log": -np.log(p), "Brier": (1 - p) ** 2, "size": 1 - p}
for name, cost in costs.items():  # if it rains; [::-1]: if dry
    expected = 0.7 * cost + 0.3 * cost[::-1]  # rain on 7 days in 10
    print(name, "loss is least at", p[expected.argmin()])

# %% focal
for p in (0.95, 0.6, 0.1):
    focal = (1 - p) ** 2 * -np.log(p)
    print(p, "CE", -np.log(p).round(4), "focal", focal.round(4))

# %% smoothing
z = np.arange(0, 101) / 10  # (101,)
for target in (1.0, 0.9):
    best = z[bce_with_logits(z, target).argmin()]
    print("target", target, "best logit up to 10:", best)
print("probability there:", round(1 / (1 + np.exp(-best)), 3))

# %% contrastive
for gap in (1.5, -1.5):  # liked item's score minus the other's
    print("gap", gap, "BPR", np.log1p(np.exp(-gap)).round(3))
near, far = 0.4, 1.1  # distances from the anchor
print("triplet:", round(max(0.0, near - far + 1), 3))
likeness = np.array([0.9, 0.2, -0.1])  # (3,) cosines, partner first
print("InfoNCE:", cross_entropy(likeness / 0.1, 0).round(4))


# %% pinball
def pinball(y, c, q):
    r = y - c
    return np.mean(np.maximum(q * r, (q - 1) * r))


late = np.arange(0.0, 101.0)  # (101,) minutes late, all equally often
for q in (0.1, 0.5, 0.9):
    best = late[np.argmin([pinball(late, c, q) for c in late])]
    print(q, "best constant", best, "quantile", np.quantile(late, q))

# %% solution-huber
r = y - y_hat  # (4,)
for delta in (0.25, 2.0):
    print("δ", delta, huber(r, delta), huber(r, delta).mean())

# %% solution-umbrella
for happened in (1, 0):
    nats = bce(happened, 0.25)
    print(happened, nats.round(3), "nats", (nats / np.log(2)).round(3), "bits")
print("uniform over 4:", -np.log(1 / 4).round(3))

# %% solution-gradient
z = np.array([-1000.0, -2.0, 0.5, 1000.0])  # (4,)
label = np.array([0.0, 1.0, 0.3, 1.0])  # (4,) 0.3 is a soft label
half = np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z)))
p = np.where(z >= 0, 1 - half, half)  # sigmoid without overflow
print("p - y:", (p - label).round(4))
up, down = bce_with_logits(z + 1e-5, label), bce_with_logits(z - 1e-5, label)
print("nudged:", np.allclose((up - down) / 2e-5, p - label))
middle = bce_with_logits(0.5, 0.3)
print("as bce in the middle:", np.isclose(bce(0.3, p[2]), middle))


# %% solution-batch
def batch_cross_entropy(logits, targets, ignore=-1):
    keep = targets != ignore
    z, t = logits[keep], targets[keep]  # (m, N), (m,)
    if len(t) == 0 or t.min() < 0 or t.max() >= z.shape[1]:
        raise ValueError("no targets, or one out of range")
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(t)), t].mean()


t = np.array([0, 2, -1])  # (3,) the third is padding
z = np.array([[2.0, 1.0, 0.1], [1e4, 0.0, 1e4], [5.0, 5.0, 5.0]])
theirs = F.cross_entropy(torch.tensor(z), torch.tensor(t), ignore_index=-1)
print(round(batch_cross_entropy(z, t), 4), round(theirs.item(), 4))

# %% solution-race
for start in (-2.0, -4.0, -6.0):
    steps = []
    for squared in (False, True):
        z, count = start, 0
        while z < 0:
            p = 1 / (1 + np.exp(-z))
            z += 2 * (1 - p) ** 2 * p if squared else 1 - p
            count += 1
        steps.append(count)
    print("from", start, "cross-entropy", steps[0], "squared", steps[1])
