"""Chapter 17: arithmetic that betrays you."""

# %% prices example="17.1"
import numpy as np

np.seterr(all="ignore")  # this chapter breaks things on purpose
print(0.1 + 0.2 == 0.3)
print(repr(0.1 + 0.2))
print(np.isclose(0.1 + 0.2, 0.3))
print((0.1).hex())

# %% spacing
import torch

for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
    print(dtype, f"{torch.finfo(dtype).eps:.1e}")

# %% ruler fold
import matplotlib.pyplot as plt
from groundup.book import figure

half = np.arange(2**15, dtype=np.uint16).view(np.float16)  # every positive float16, and inf and NaN
half = half[np.isfinite(half)].astype(float)
fig, axes = plt.subplots(3, 1, figsize=(6, 2.9))
for i, (ax, centre) in enumerate(zip(axes, (0, 1, 1000))):
    near = half[np.abs(half - centre) <= 0.002]
    if len(near) > 50:
        ax.axvspan(-0.002, 0.002, 0.13, 0.65, color=f"C{i}", alpha=0.6)
    else:
        ax.vlines(near - centre, 0.15, 0.75, color=f"C{i}", linewidth=2)
    gap = float(np.spacing(np.float16(centre)))
    ax.text(-0.00198, 0.83, f"around {centre}: next gap {gap:.1e}", color=f"C{i}", fontsize=9)
    ax.set(xlim=(-0.00202, 0.00202), ylim=(0, 1.15), yticks=[], xticks=[])
    ax.spines[["left", "right", "top"]].set_visible(False)
axes[2].set(xticks=[-0.002, 0, 0.002], xlabel="distance from the centre")
alt = "Three equal strips of float16 numbers: around 0 a solid block, around 1 seven marks, around 1000 one mark."
caption = "Count the marks in three equally wide strips. Around 0 they are too dense to draw apart."
figure(fig, alt=alt, caption=caption)

# %% tolerance example="17.13"
print(np.isclose(1e-9, 2e-9))
print(np.isclose(1000, 1000.02))
print(np.isclose(np.nan, np.nan))
print(np.isclose(1e-9, 2e-9, atol=0))

# %% absorption example="17.6"
one, big = np.float32(1), np.float32(1e8)
print(float(np.float32(16777216) + one))
print(float(big + one - big))
print(1e8 + 1 - 1e8)

# %% order example="17.12"
import math

print(0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1)
total = 0.0
for _ in range(10):
    total += 0.1
print(total, math.fsum([0.1] * 10))

# %% variance example="17.8"
for c in (1e6, 1e7, 1e8):
    x = c + np.array([1.0, 2.0, 3.0])  # (3,)
    naive = (x**2).mean() - x.mean() ** 2
    two_pass = ((x - x.mean()) ** 2).mean()
    print(f"{c:.0e}", naive, round(two_pass, 4))

# %% log1p example="17.15"
tiny = 1e-17
print(np.log(1 + tiny), np.log1p(tiny), np.exp(tiny) - 1, np.expm1(tiny))

# %% difference example="17.14" volatile="the smallest steps depend on the maths library"
for h in (1e-1, 1e-3, 1e-5, 1e-8, 1e-11):
    slope = (math.exp(1 + h) - math.exp(1 - h)) / (2 * h)
    print(h, f"{abs(slope - math.e):.1e}")

# %% valley fold
from decimal import Decimal


def exp(t):  # rounded in the same way on every machine
    return float(Decimal(float(t)).exp())


h = 10.0 ** np.arange(-12, -0.5, 0.25)  # (46,)
error = [abs((exp(1 + s) - exp(1 - s)) / (2 * s) - math.e) + 1e-16 for s in h]
fig, ax = plt.subplots(figsize=(6, 3))
ax.loglog(h, error, "o", color="C0", markersize=4)
ax.loglog(h[h >= 1e-5], math.e / 6 * h[h >= 1e-5] ** 2, color="C1")
ax.loglog(h[h <= 1e-5], 2.2e-16 * math.e / h[h <= 1e-5], color="C2")
ax.text(6e-4, 1e-8, "formula: like h²", color="C1")
ax.text(2e-9, 2e-6, "rounding: like ε / h", color="C2")
ax.set(xlabel="step h", ylabel="error of the slope")
alt = "Dots fall along a steep line from the right, are lowest near a step of 1e-5, and rise again to the left."
caption = "Read from right to left: the error falls with the step, turns near 1e−5, and rises again."
figure(fig, alt=alt, caption=caption)

# %% limits example="17.11"
for dtype in (np.float16, np.float32, np.float64):
    print(dtype.__name__, f"{math.log(np.finfo(dtype).max):.2f}")
print(float(np.finfo(np.float16).max))
print(np.float16(70_000), np.float16(1e-9))

# %% softmax example="17.2"
z = np.array([1000.0, 1001.0, 1002.0])  # (3,)
print(np.exp(z) / np.exp(z).sum())


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


print(softmax(z).round(3))

# %% break fold
c = np.arange(0, 1001.0, 4)  # (251,)
rows = c[:, None] + np.arange(3.0)  # (251, 3)
naive = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
stable = np.array([softmax(row) for row in rows])
end = c[np.isfinite(naive).all(axis=1)].max()
naive[c > end] = np.nan  # rows in which at least one value is NaN
fig, axes = plt.subplots(2, 1, figsize=(6, 3.6), sharex=True, sharey=True)
for ax, values, name in zip(axes, (naive, stable), ("naive", "stable")):
    for i, of in enumerate(("c", "c + 1", "c + 2")):
        ax.plot(c, values[:, i], color=f"C{i}")
        ax.text(8, values[0, i] + 0.04, of, color=f"C{i}", fontsize=9)
    ax.text(995, 0.84, name, color="black", ha="right")
    ax.set(ylim=(0, 1), xlim=(0, 1000), ylabel="probability")
axes[0].axvline(end, color="black", alpha=0.4, linestyle=":")
axes[0].text(end + 8, 0.3, "NaN from here", color="black")
axes[1].set_xlabel("c")
alt = "Above, three level lines of probabilities stop a little past c = 700; below, the same lines run on to 1000."
caption = "Follow the lines to the right: above they end where the exponential leaves float64, below they go on."
figure(fig, alt=alt, caption=caption)

# %% shift
small = np.array([2.0, 1.0, 0.1])  # (3,)
print(softmax(small).round(3), softmax(small - 5).round(3))
print((np.exp(small - 5) / np.exp(small)).round(4), "= e^-5 =", round(math.exp(-5), 4))


# %% lse example="17.4"
def log_sum_exp(z):
    m = z.max()
    return m + np.log(np.exp(z - m).sum())


pair = np.array([1000.0, 1001.0])  # (2,)
print(round(log_sum_exp(pair), 3), np.log(np.exp(pair).sum()))
log_p = z - log_sum_exp(z)  # (3,) the log-softmax
print(log_p.round(3))
print(np.allclose(log_p, torch.log_softmax(torch.tensor(z), dim=0).numpy()))

# %% sigmoid example="17.16"
x = -1000.0
try:
    with np.errstate(over="raise"):
        1 / (1 + np.exp(-x))
except FloatingPointError as error:
    print(error)
direct, branch = 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))
print(direct, branch, np.log(branch), -np.logaddexp(0, -x))

# %% log-zero example="17.3"
print(np.log(0.0))
print(0 * np.log(0.0))
p = np.clip(np.array([0.0, 0.3]), 1e-9, 1 - 1e-9)  # (2,)
print(np.log(p).round(3))

# %% one-epsilon example="17.7"
one, eps = np.float32(1), np.float32(1e-9)
print(one - eps == one)
print(np.log(one - np.clip(one, eps, one - eps)))
for dtype in (np.float16, np.float32, np.float64):
    print(dtype.__name__, dtype(1e-9) > 0, dtype(1) - dtype(1e-9) < 1)

# %% nan-mean example="17.5"
x = np.array([1.0, np.nan, 3.0])  # (3,)
print(x.mean(), np.nanmean(x))
print(np.isnan(x).any(), np.isnan(x).argmax())

# %% inf-or-nan example="17.17"
inf = np.inf
print(inf == inf, inf > 5, 1 / inf, inf - inf)
print(np.nan == np.nan)
print(x.max(), np.nanmax(x))

# %% trace
X = np.array([[1.0, 5.0, 2.0], [2.0, 5.0, 0.0], [3.0, 5.0, 1.0]])  # (3, 3)
W = np.array([[1.0, -1.0], [0.5, 2.0], [-1.0, 1.0]])  # (3, 2)
centred = X - X.mean(axis=0)
scaled = centred / X.std(axis=0)
hidden = np.tanh(scaled @ W)  # (3, 2)
stages = {"input": X, "centred": centred, "scaled": scaled, "hidden": hidden}
for name, values in stages.items():
    print(name, np.isnan(values).sum(), "of", values.size)

# %% flow fold
gap = np.where(X == 0, np.nan, X)  # one cell is missing
layer = np.tanh(gap @ W)  # (3, 2)
normed = layer - layer.mean(axis=0)  # (3, 2)
tables = {"input": gap, "layer": layer, "minus the\nbatch mean": normed, "output": normed @ W.T[:, :1]}
fig, ax = plt.subplots(figsize=(6, 2.6))
left = 0
for name, values in tables.items():
    rows, columns = np.indices(values.shape)
    for bad, colour, alpha in ((False, "black", 0.15), (True, "C1", 1)):
        cells = np.isnan(values) == bad
        ax.scatter(left + columns[cells], -rows[cells], marker="s", s=420, color=colour, alpha=alpha, linewidths=0)
    ax.text(left + (columns.max() / 2), 0.75, name, color="black", ha="center", va="bottom")
    left += columns.max() + 2.5
for end in (3.7, 7.2, 10.7):
    ax.annotate("", (end, -1), (end - 0.9, -1), arrowprops=dict(arrowstyle="->", color="black"))
ax.text(0, -2.95, "NaN in orange", color="C1", ha="left")
ax.set(xlim=(-0.8, left - 1.5), ylim=(-3.1, 1.9))
ax.axis("off")
alt = "Four tables with NaN in orange: one cell of the input, a row after the layer, then every cell, every output."
figure(fig, alt=alt, caption="Follow the orange: a cell becomes a row, and the row becomes everything.")

# %% integers example="17.9"
print(np.array([7, 8, 9]) // 2, np.array([1, 2, 3]) / 2)
print(-7 // 2, int(-7 / 2))
counts = np.array([1, 2, 3])  # (3,)
counts[0] = 0.9
print(counts)
try:
    counts += 0.5
except TypeError as error:
    print(type(error).__name__)

# %% shapes example="17.10"
print((np.zeros(3) + np.zeros((3, 1))).shape)
n = 10_000
print(n * n * np.dtype(np.float64).itemsize / 1e6)

# %% plus-equals
b = np.array([1, 2, 3])  # (3,)
a = b
a += 1
print(b)
a = a + 1
print(b)
w = torch.ones(2, requires_grad=True)
try:
    w += 1
except RuntimeError as error:
    print(error)

# %% nan-gradient
logits = torch.tensor([200.0, 0.0], requires_grad=True)  # (2,)
loss = -torch.log(torch.softmax(logits, dim=0)[1])
loss.backward()
print(loss.item(), logits.grad.tolist())
logits.grad = None
loss = torch.nn.functional.cross_entropy(logits, torch.tensor(1))
loss.backward()
print(loss.item(), logits.grad.tolist())

# %% conditioned
from fractions import Fraction


def solve(b1, b2, d=Fraction(1, 10**10)):
    """Solve x + y = b1, x + (1 + d) y = b2 without any rounding."""
    y = (b2 - b1) / d
    return float(b1 - y), float(y)


print(solve(Fraction(2), Fraction(2)))
print(solve(Fraction(2), 2 + Fraction(1, 10**10)))

# %% kahan
total, lost = 0.0, 0.0
for value in [0.1] * 10:
    value -= lost
    new = total + value
    lost = (new - total) - value
    total = new
print(total)

# %% online
m, s = -np.inf, 0.0
for value in z:
    top = max(m, value)
    s = s * np.exp(m - top) + np.exp(value - top)
    m = top
print(np.isclose(m + np.log(s), log_sum_exp(z)))

# %% scaling
gradient = 1e-9
print(np.float16(gradient), float(np.float16(gradient * 65_536) / np.float32(65_536)) > 0)
rng = np.random.default_rng(0)
plain, random = np.float16(1), np.float16(1)
for _ in range(1000):
    plain += np.float16(1e-4)
    exact = float(random) + 1e-4
    low = np.float16(exact)
    low = low if low <= exact else np.nextafter(low, np.float16(0))
    up = rng.random() < (exact - float(low)) / float(np.spacing(low))
    random = np.nextafter(low, np.float16(2)) if up else low
print(float(plain), abs(float(random) - 1.1) < 0.03)

# %% recurrence
forward = 1 - 1 / math.e
for n in range(1, 21):
    forward = 1 - n * forward
backward = 0.0
for n in range(40, 20, -1):
    backward = (1 - backward) / n
print("forward is between 0 and 1:", 0 < forward < 1)
print("backward:", round(backward, 4))

# %% orthogonal
e = 1e-8
V = np.array([[1, 1, 1], [e, 0, 0], [0, e, 0], [0, 0, e]])  # (4, 3)
for passes in (1, 2):
    Q = np.zeros((4, 0))
    for v in V.T:
        for _ in range(passes):
            v = v - Q @ (Q.T @ v)
        Q = np.column_stack([Q, v / np.linalg.norm(v)])
    print(passes, abs(round(Q[:, 1] @ Q[:, 2], 3)))

# %% properties
for _ in range(200):
    row = rng.normal(size=5) * 10 ** rng.uniform(-3, 3)  # (5,)
    p, order = softmax(row), rng.permutation(5)
    assert np.isfinite(p).all()
    assert np.isclose(p.sum(), 1)
    assert np.allclose(p, softmax(row + 100))
    assert np.allclose(p[order], softmax(row[order]))
print("200 random rows pass")

# %% deterministic
torch.use_deterministic_algorithms(True)
try:
    torch.zeros(3).put_(torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))
except RuntimeError as error:
    print(str(error).split(",")[0])
torch.use_deterministic_algorithms(False)

# %% solution-blanks
scaled = centred / np.maximum(X.std(axis=0), 1e-12)
hidden = np.tanh(scaled @ W)  # (3, 2)
print(np.isfinite(hidden).all())

# %% solution-half
half = np.float16
print(half(300) * half(300), np.exp(half(12)))
print(float(half(1) + half(4e-4)), float(half(2048) + half(1)))


# %% solution-logsumexp
def logsumexp(z, axis=-1, keepdims=False):
    if z.shape[axis] == 0:
        raise ValueError("log-sum-exp of nothing")
    m = z.max(axis=axis, keepdims=True)
    m = np.where(np.isfinite(m), m, 0)
    total = m + np.log(np.exp(z - m).sum(axis=axis, keepdims=True))
    return total if keepdims else total.squeeze(axis)


rows = np.array([[-1000.0, -1000.0], [0.0, -inf], [-inf, -inf]])  # (3, 2)
print(logsumexp(rows).round(3))
print(np.allclose(logsumexp(rows), torch.logsumexp(torch.tensor(rows), -1).numpy()))


# %% solution-find-nan
def find_nan(model, x):
    for name, layer in model.named_children():
        x = layer(x)
        if x.isnan().any():
            return name


model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
x = torch.ones(2, 3)
print(find_nan(model, x))
with torch.no_grad():
    model[2].weight[0, 1] = math.nan
print(find_nan(model, x))


# %% solution-welford
def welford(values):
    n, mean, squares = 0, 0.0, 0.0
    for value in values:
        n += 1
        gap = value - mean
        mean += gap / n
        squares += gap * (value - mean)
    return (mean, squares / n) if n else (math.nan, math.nan)


for c in (0, 1e8):
    print([round(number, 4) for number in welford([c + 1, c + 2, c + 3])])
print(welford([]), welford([7.0]))

# %% solution-harmonic
terms = 1 / np.arange(1, 4_000_001, dtype=np.float32)  # (4000000,)
sums = np.cumsum(terms)  # one by one, in float32
print("exact:", round(math.fsum(terms), 3))
print("one by one:", round(float(sums[-1]), 3))
print("stands still from term", int((np.diff(sums) == 0).argmax()) + 2)
print("smallest first:", round(float(np.cumsum(terms[::-1])[-1]), 3))
print("np.sum, pairwise:", round(float(terms.sum()), 3))
