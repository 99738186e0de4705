"""Chapter 5: which kernel do they mean?"""

# %% icons hide
import matplotlib.pyplot as plt
import numpy as np


def square(ax, x, y, width, height, **how):
    across = x + width * np.array([0, 1, 1, 0, 0])
    ax.plot(across, y + height * np.array([0, 0, 1, 1, 0]), **how)


def icons(ax):
    ax.plot([0.2, 0.8], [4, 4.3], "o-", color="C0", linewidth=1)
    for r, c in np.ndindex(3, 3):
        x, y = 0.16 + 0.24 * c, 2.84 + 0.2 * r
        square(ax, x, y, 0.2, 0.16, color="C1", linewidth=1)
    for r, c in np.ndindex(5, 8):
        ax.plot(0.12 + 0.11 * c, 1.86 + 0.13 * r, "s", color="C2", markersize=3)
    turn = np.linspace(0, 2 * np.pi, 60)
    for size in (0.12, 0.24, 0.36):
        x, y = 0.5 + size * np.cos(turn), 1.12 + 0.85 * size * np.sin(turn)
        ax.plot(x, y, color="C3", linewidth=1)
        if size == 0.12:
            ax.fill(x, y, color="C3", alpha=0.5)
    spread = np.linspace(-1, 1, 60)
    bump = -0.15 + 0.5 * np.exp(-6 * spread**2)
    ax.plot(0.5 + 0.45 * spread, bump, color="C4")


# %% five-meanings fold
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 3.9))
says = {
    "similarity function": "“An SVM with an RBF kernel fits better.”",
    "grid of weights": "“The 3 × 3 kernel finds upright edges.”",
    "function on a GPU": "“We fused the softmax kernel.”",
    "core of an operating system": "“The machine died in a kernel panic.”",
    "bump for smoothing": "“A wider kernel hides the second peak.”",
}
for i, (meaning, sentence) in enumerate(says.items()):
    ax.text(1.5, 4.24 - i, meaning, color=f"C{i}", fontsize=11)
    ax.text(1.5, 3.88 - i, sentence, color="black", fontsize=10)
icons(ax)
ax.set(xlim=(0, 6.2), ylim=(-0.4, 4.6))
ax.axis("off")
alt = "Five rows, each an icon, a meaning and a sentence: two joined points, "
alt += "a grid, rows of dots, rings around a core, a bell-shaped bump."
caption = "In each sentence, look for the word that gives the meaning away."
figure(fig, alt=alt, caption=caption)

# %% launches
import numpy as np

x = np.array([-1.0, 0.0, 2.0, 3.0])  # (4,)
moved = []  # numbers read and written, one entry a launch


def launch(function, values):
    moved.append(2 * values.size)
    return function(values)


doubled = launch(lambda v: 2 * v, x)
raised = launch(lambda v: v + 1, doubled)
in_three = launch(lambda v: np.maximum(v, 0), raised)
fused = launch(lambda v: np.maximum(2 * v + 1, 0), x)
print("same result:", np.allclose(in_three, fused))
print("three kernels move", sum(moved[:3]), "and one moves", moved[3])

# %% lines
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (4, 2)
y = np.array([0, 1, 1, 0])  # (4,)
rng = np.random.default_rng(0)
rules = rng.normal(size=(3, 10_000))  # w1, w2 and b of each line
scores = X @ rules[:2] + rules[2]  # (4, 10000)
hits = ((scores > 0) == y[:, None]).sum(axis=0)  # (10000,)
print("most points right:", hits.max(), "of", len(X))

# %% product example="05.1"
product = X[:, 0] * X[:, 1]  # (4,)
print(product)

# %% alone
print("product at label 1:", product[y == 1])
print("product at label 0:", product[y == 0])

# %% rule example="05.4"
score = X[:, 0] + X[:, 1] - 2 * product  # (4,)
print(score)
print("all four right:", np.array_equal(score > 0.5, y == 1))

# %% xor-flat hide
def view(x1, x2, height):  # where a point in space lands on the paper
    return 1.3 * x1 + 0.65 * x2, 1.2 * height + 0.45 * x2


def mark(ax, place, label, lift):
    ax.plot(*place, "o", color=f"C{label}", markersize=9)
    spot = place[0], place[1] + lift
    ax.text(*spot, str(label), color=f"C{label}", ha="center", fontsize=11)


def draw_flat(ax):
    ax.plot([-0.3, 0.8], [0.8, -0.3], color="black", alpha=0.4, linestyle="--")
    ax.text(0.36, 0.42, "a line:\nthree right", color="black", fontsize=9)
    for point, label in zip(X, y):
        mark(ax, point, label, 0.1)
    ax.set(xlim=(-0.3, 1.3), ylim=(-0.3, 1.35), xticks=[0, 1], yticks=[0, 1])
    ax.set(xlabel="$x_1$", ylabel="$x_2$", title="two features")


# %% xor-space fold
fig, (flat, deep) = plt.subplots(1, 2, figsize=(6, 3.2))
draw_flat(flat)
corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])  # (5, 2)
deep.plot(*view(*corners.T, 0), color="black", alpha=0.4, linewidth=1)
plane = view(*corners.T, (corners.sum(axis=1) - 0.5) / 2)
deep.fill(*plane, color="C2", alpha=0.3)
for point, label, height in zip(X, y, product):
    ends = np.array([height, (point.sum() - 0.5) / 2])  # point and plane
    x1, x2 = np.full(2, point[0]), np.full(2, point[1])
    deep.plot(*view(x1, x2, ends), color="black", alpha=0.6, linestyle=":")
    mark(deep, view(*point, height), label, -0.26 if label else 0.1)
deep.text(0.0, 1.5, "height = product", color="black", fontsize=9)
deep.text(2.0, 1.05, "plane", color="C2", fontsize=10)
deep.set(xlim=(-0.2, 2.5), ylim=(-0.5, 1.95), title="three features")
deep.axis("off")
alt = "Left: XOR on a square, and a line that cuts off one corner. Right: the "
alt += "corner (1, 1) is lifted; a slanted plane lies between the labels."
caption = "Follow each dotted line to the plane: label 0 is above, 1 below."
figure(fig, alt=alt, caption=caption)

# %% square example="05.2"
a, b = np.array([1.0, 2.0]), np.array([3.0, 1.0])  # (2,)


def phi(x):
    return np.array([x[0] ** 2, np.sqrt(2) * x[0] * x[1], x[1] ** 2])


print(round(phi(a) @ phi(b), 3))
print(round((a @ b) ** 2, 3))

# %% plus-one example="05.6"
def phi_six(x):
    root = np.sqrt(2)
    first = [1.0, root * x[0], root * x[1]]
    return np.array([*first, x[0] ** 2, root * x[0] * x[1], x[1] ** 2])


print(round((a @ b + 1) ** 2, 3), round(phi_six(a) @ phi_six(b), 3))
print(phi_six(a).round(3))

# %% count
from math import comb

print("n = 2, d = 2:", comb(2 + 2, 2), phi_six(a).size)
print("n = 100, d = 3:", f"{comb(100 + 3, 3):,}")

# %% series
from math import factorial


def entries(x, count):  # the first entries of φ(x) for γ = 1
    size = [np.sqrt(2**j / factorial(j)) for j in range(count)]
    return np.exp(-(x**2)) * np.array(size) * x ** np.arange(count)


for count in (1, 3, 6, 12):
    print(count, round(entries(1.0, count) @ entries(0.5, count), 4))
print("k:", round(np.exp(-((1.0 - 0.5) ** 2)), 4))

# %% feature-distance
def k(u, v):
    return (u @ v) ** 2


print("with φ:", round(np.sum((phi(a) - phi(b)) ** 2), 3))
print("with k:", k(a, a) - 2 * k(a, b) + k(b, b))

# %% itself
c = 2 * b  # (2,) a longer vector
print("k(a, a):", a @ a, "k(a, c):", a @ c)
print("k(a, c)²:", (a @ c) ** 2, "bound:", (a @ a) * (c @ c))

# %% gram example="05.5"
def rbf_kernel(X, Y, gamma):
    squared = ((X[:, None] - Y) ** 2).sum(axis=2)  # (n, m)
    return np.exp(-gamma * squared)


K = rbf_kernel(X, X, gamma=1)  # (4, 4)
print(K.round(3))
print(np.linalg.eigvalsh(K).round(3))

# %% stretch
v = np.array([1.0, -1.0, -1.0, 1.0])  # (4,)
print((K @ v).round(3))
r = np.exp(-1)
by_hand = np.array([(1 - r) ** 2, 1 - r**2, 1 - r**2, (1 + r) ** 2])
print(by_hand.round(3))

# %% no-kernel example="05.8"
i = np.arange(3)
table = np.abs(i[:, None] - i)  # (3, 3)
print(np.linalg.eigvalsh(table).round(3))
v = np.array([1, 0, -1])
print("v·(table v):", v @ table @ v)

# %% library
from sklearn.metrics import pairwise

theirs = pairwise.rbf_kernel(X, X, gamma=1)
print("RBF:", np.allclose(theirs, K))
theirs = pairwise.polynomial_kernel(X, X, degree=2, gamma=1, coef0=1)
print("polynomial:", np.allclose(theirs, (X @ X.T + 1) ** 2))

# %% price
for n in (1_000, 100_000):
    gigabytes = n * n * 8 / 1e9  # float64: 8 bytes a number
    print(f"{n:,} rows: {gigabytes:g} GB for K")

# %% poly-blanks
def poly_kernel(X, Y, degree, c):
    return (X @ Y.T + c) ** degree  # (n, m)


K_poly = poly_kernel(X, X, degree=2, c=1)
print(K_poly)
print("smallest eigenvalue:", np.linalg.eigvalsh(K_poly)[0].round(3))

# %% slide example="05.3"
def correlate(image, weights):
    k_rows, k_columns = weights.shape
    rows = image.shape[0] - k_rows + 1
    columns = image.shape[1] - k_columns + 1
    out = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = image[r : r + k_rows, c : c + k_columns]
            out[r, c] = (window * weights).sum()
    return out


edge = np.array([[-1, 0, 1]] * 3)  # (3, 3)
upright = np.array([[0, 0, 0, 9, 9, 9]] * 5)  # (5, 6)
lying = np.array([[0] * 6] * 3 + [[9] * 6] * 2)  # (5, 6)
print(correlate(upright, edge).shape)
print(correlate(upright, edge))
print(correlate(lying, edge))

# %% window hide
def draw_window(ax, start):
    how = {"ha": "center", "va": "center", "fontsize": 10}
    for r, c in np.ndindex(3, 6):
        square(ax, c, 2 - r, 1, 1, color="black", alpha=0.25, linewidth=0.8)
        inside = start <= c < start + 3
        text = str(upright[r, c])
        if inside:
            text += f" · {edge[r, c - start]}".replace("-", "−")
        ax.text(c + 0.5, 2.45 - r, text, color="C1" if inside else "black", **how)
    square(ax, start, 0, 3, 3, color="C1")


# %% sliding fold
fig, axes = plt.subplots(3, 1, figsize=(6, 4))
row = correlate(upright, edge)[0]  # (4,)
for ax, start in zip(axes, [0, 1, 3]):
    draw_window(ax, start)
    ax.text(6.35, 1.4, "→", color="black", ha="center")
    for c in range(4):
        square(ax, c + 6.8, 1, 1, 1, color="black", alpha=0.5, linewidth=0.8)
        colour = "C1" if c == start else "black"
        if c <= start:
            ax.text(c + 7.3, 1.3, f"{row[c]:.0f}", color=colour, ha="center")
    ax.set(xlim=(-0.1, 10.9), ylim=(-0.15, 3.15))
    ax.axis("off")
axes[0].text(6.8, 2.3, "first output row", color="black", fontsize=9)
alt = "Three image rows with a 3 by 3 window at columns 0, 1 and 3, products "
alt += "such as 9 · 1 in it; beside them the output row fills: 0, 27, 27, 0."
caption = "In the middle, the zeros meet the minus ones and the nines the ones."
figure(fig, alt=alt, caption=caption)

# %% weights
print("edge: an array", edge.shape, "of", edge.size, "weights")
print("k: a function,", "k(a, b) =", k(a, b))

# %% flipped
import torch
from scipy.signal import convolve2d, correlate2d

print("correlate2d:", correlate2d(upright, edge, mode="valid")[0])
print("convolve2d:", convolve2d(upright, edge, mode="valid")[0])
batch = torch.tensor(upright)[None, None].float()  # (1, 1, 5, 6)
weights = torch.tensor(edge)[None, None].float()  # (1, 1, 3, 3)
print("PyTorch:", torch.conv2d(batch, weights)[0, 0, 0].numpy())

# %% density example="05.7"
data = np.array([1.0, 2.0, 4.0])  # (3,)


def kde(data, h, query):
    z = (query[:, None] - data) / h  # (queries, points)
    bumps = np.exp(-0.5 * z**2) / (h * np.sqrt(2 * np.pi))
    return bumps.mean(axis=1)


query = np.array([1.0, 1.5, 3.0, 4.0])  # (4,)
print(kde(data, 0.5, query).round(4))

# %% bumps fold
fig, axes = plt.subplots(1, 3, figsize=(6, 2.6), sharex=True, sharey=True)
grid = np.linspace(-2, 7, 361)  # (361,)
for ax, h in zip(axes, [0.2, 0.5, 1.5]):
    for point in data:
        bump = kde(np.array([point]), h, grid)
        ax.plot(grid, bump / 3, color="C0", alpha=0.6, linewidth=1)
    ax.plot(grid, kde(data, h, grid), color="C1")
    ax.plot(data, 0 * data, "o", color="black", markersize=4)
    ax.set_title(f"h = {h}", fontsize=10)
    ax.set_xlabel("x")
axes[1].text(2.1, 0.36, "average", color="C1", fontsize=9)
axes[0].set_ylabel("density")
alt = "Three panels over the same three points: three spikes, then two joined "
alt += "peaks and one apart, then a single broad hill."
caption = "Thin: a third of each bump. Thick: their sum; as h grows, peaks merge."
figure(fig, alt=alt, caption=caption)

# %% one-gaussian
from sklearn.neighbors import KernelDensity

h = 0.5
values = rbf_kernel(query[:, None], data[:, None], gamma=1 / (2 * h**2))
by_rbf = values.mean(axis=1) / (h * np.sqrt(2 * np.pi))
print("RBF averaged:", np.allclose(by_rbf, kde(data, h, query)))
theirs = KernelDensity(bandwidth=h).fit(data[:, None])
logs = theirs.score_samples(query[:, None])
print("library:", np.allclose(np.exp(logs), kde(data, h, query)))
grid = np.linspace(-4, 9, 1301)  # steps of 0.01
print("area:", round(kde(data, h, grid).sum() * 0.01, 4))

# %% block
walk = np.array([[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]])
table = np.exp(-0.1 * walk**2)  # (4, 4)
print(np.linalg.eigvalsh(table).round(3))
v = np.array([1, -1, 1, -1])
print("squared length:", round(v @ table @ v, 3))

# %% ridge
from sklearn.kernel_ridge import KernelRidge

x = np.linspace(0, 1, 20)[:, None]  # (20, 1)
target = np.sin(2 * np.pi * x[:, 0])  # (20,)
K_x = rbf_kernel(x, x, gamma=10)  # (20, 20)
alpha = np.linalg.solve(K_x + 0.01 * np.eye(20), target)  # (20,)
new = np.array([[0.25], [0.75]])  # (2, 1)
ours = rbf_kernel(new, x, gamma=10) @ alpha  # (2,)
print("close to 1 and −1:", np.allclose(ours, [1, -1], atol=0.1))
theirs = KernelRidge(alpha=0.01, kernel="rbf", gamma=10).fit(x, target)
print("library:", np.allclose(theirs.predict(new), ours))

# %% fourier
rng = np.random.default_rng(0)
for count in (100, 10_000):
    directions = rng.normal(scale=np.sqrt(2), size=(2, count))  # variance 2γ
    shifts = rng.uniform(0, 2 * np.pi, size=count)
    Z = np.sqrt(2 / count) * np.cos(X @ directions + shifts)  # (4, count)
    print(count, "largest error:", round(np.abs(Z @ Z.T - K).max(), 2))

# %% strings
from collections import Counter


def string_kernel(s, t):
    pairs = [Counter(w[i : i + 2] for i in range(len(w) - 1)) for w in (s, t)]
    return sum(pairs[0][p] * pairs[1][p] for p in pairs[0])


print(string_kernel("kernel", "colonel"), string_kernel("kernel", "convex"))

# %% horizontal
lying_edge = edge.T  # rows −1, 0, 1
print(correlate(lying, lying_edge))
print(correlate(upright, lying_edge))


# %% closure
def is_psd(K, tol=1e-9):
    if not np.allclose(K, K.T):
        return False
    return bool(np.linalg.eigvalsh(K)[0] >= -tol)


tables = {
    "sum": K + K_poly,
    "product": K * K_poly,
    "three times": 3 * K,
    "difference": K - K_poly,
}
for name, candidate in tables.items():
    print(name, is_psd(candidate))

# %% perceptron
def kernel_perceptron(K, signs, epochs):
    counts = np.zeros(len(signs))  # (n,)
    for _ in range(epochs):
        for i in range(len(signs)):
            if signs[i] * (counts * signs) @ K[i] <= 0:
                counts[i] += 1
    return np.sign(K @ (counts * signs))


signs = 2 * y - 1  # −1 or 1
for name, candidate in {"linear": X @ X.T + 1, "RBF": K}.items():
    found = kernel_perceptron(candidate, signs, epochs=20)
    print(name, "all right:", np.array_equal(found, signs))

# %% leave-one-out
for h in (0.2, 0.5, 1.5):
    held_out = []
    for i in range(len(data)):
        rest = np.delete(data, i)  # (2,)
        held_out.append(kde(rest, h, data[i : i + 1])[0])
    print(h, "mean log density:", round(np.mean(np.log(held_out)), 2))
