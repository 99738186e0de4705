"""Chapter 11: building and training a small network in NumPy."""

# %% cloud
import numpy as np

rng = np.random.default_rng(0)
centres = np.array([[-1, -1], [1, 1], [-1, 1], [1, -1]])  # (4, 2)
X = np.vstack([rng.normal(0, 0.35, (100, 2)) + c for c in centres])
y = np.repeat([[0.0], [1.0]], 200, axis=0)
print(X.shape, y.shape)  # (400, 2) and (400, 1)
by_hand = X[:, [0]] * X[:, [1]] < 0  # (400, 1) chapter 5's product
print("right by the sign of the product:", np.mean(by_hand == y))


# %% baseline example="11.6"
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def bce(p, y):  # mean binary cross-entropy; 1e-9 keeps log(0) away
    return -np.mean(y * np.log(p + 1e-9) + (1 - y) * np.log(1 - p + 1e-9))


def accuracy(p, y):
    return np.mean((p > 0.5) == y)


def report(p, y):
    return f"loss {bce(p, y):.4f} accuracy {accuracy(p, y):.3f}"


w, b = np.zeros((2, 1)), 0.0
for _ in range(2000):
    dz = (sigmoid(X @ w + b) - y) / len(X)  # (400, 1)
    w, b = w - 0.5 * X.T @ dz, b - 0.5 * dz.sum()
p = sigmoid(X @ w + b)
print(report(p, y))

# %% cloud-figure fold
import matplotlib.pyplot as plt
from groundup.book import figure

some = np.concatenate([np.arange(i, i + 30) for i in (0, 100, 200, 300)])
zero, one = X[some[:60]], X[some[60:]]
fig, ax = plt.subplots(figsize=(6, 3.6))
ax.plot(*zero.T, "o", color="C0", markersize=4)
ax.plot(*one.T, "x", color="C1", markersize=5)
ends = np.array([-2.2, 2.2])
cut = -(w[1] * ends + b) / w[0]  # where p is 0.5, at both heights
ax.plot(cut, ends, color="black", alpha=0.5)
ax.text(-0.55, -1.97, "baseline", color="black", fontsize=9, ha="right")
for (across, up), name, colour in zip(centres, ["class 0", "class 0", "class 1", "class 1"], ["C0", "C0", "C1", "C1"]):
    ax.text(across, 2.35 * up, name, color=colour, ha="center", va="center")
ax.set(xlim=(-3, 3.2), ylim=(-2.6, 2.6), xlabel="first thermometer", ylabel="second thermometer")
figure(
    fig,
    alt="Four round clusters at the corners of a square: dots at lower left and upper right, crosses at the other two "
    "corners. The baseline's straight line cuts through them.",
    caption="Turn the line in your mind: no direction puts the dots on one side and the crosses on the other.",
)

# %% layer
x = np.array([[1.0, -1.0]])  # (1, 2) one row
W1 = np.array([[0.1, -0.2], [0.3, 0.4]])  # (2, 2) one column per neuron
b1 = np.zeros((1, 2))
z = x[0] @ W1[:, 0] + b1[0, 0]
print("first neuron:", z.round(3), np.tanh(z).round(3))
print("layer:", (x @ W1 + b1).round(3), np.tanh(x @ W1 + b1).round(3))


# %% count example="11.12"
from itertools import pairwise


def n_params(sizes):
    return sum(n_in * n_out + n_out for n_in, n_out in pairwise(sizes))


print(n_params([2, 8, 1]))

# %% collapse example="11.2"
V1 = np.array([[1, 0, 2], [0, 1, -1]])  # (2, 3)
V2 = np.array([[1.0], [2.0], [3.0]])  # (3, 1)
for row in np.array([[[1, 2]], [[-1, 2]]]):  # (1, 2) each
    two, one = (row @ V1) @ V2, row @ (V1 @ V2)
    bent = np.maximum(0, row @ V1) @ V2
    print(two.item(), one.item(), bent.item())


# %% activations example="11.1"
def relu(z):
    return np.maximum(0, z)


def leaky(z):
    return np.where(z > 0, z, 0.01 * z)


z = np.array([-2, -0.5, 0, 0.5, 2])  # (5,)
for phi in (relu, sigmoid, np.tanh, leaky):
    print(f"{phi.__name__:8}", phi(z).round(3))

# %% library
import torch
from scipy.stats import norm

grid = np.linspace(-6, 6, 1201)  # (1201,)
ours = {"relu": relu, "leaky_relu": leaky, "sigmoid": sigmoid}
ours |= {"tanh": np.tanh, "gelu": lambda z: z * norm.cdf(z)}
ours["silu"] = lambda z: z * sigmoid(z)
for name, phi in ours.items():
    theirs = getattr(torch.nn.functional, name)(torch.tensor(grid))
    agree = np.allclose(phi(grid), theirs)
    print(f"{name:10} agrees: {agree}, lowest {phi(grid).min():.2f}")

# %% activation-figure fold
fig, axes = plt.subplots(2, 3, figsize=(6, 3.8), sharex=True, sharey=True)
reach = np.linspace(-5, 5, 201)
for ax, name in zip(axes.flat, ours):
    phi = ours[name]
    slope = (phi(reach + 1e-5) - phi(reach - 1e-5)) / 2e-5
    flat = np.where(np.abs(slope) < 0.05, slope, np.nan)
    ax.plot(reach, phi(reach), color="C0")
    ax.plot(reach, slope, color="C1")
    ax.plot(reach, flat, color="C1", linewidth=5, alpha=0.5)
    ax.set_title(name, fontsize=10)
    ax.set(ylim=(-1.2, 2.6), xlim=(-5, 5))
axes[0, 0].text(-0.1, 1.9, "value", color="C0", fontsize=9, ha="right")
axes[0, 0].text(4.8, 0.6, "slope", color="C1", fontsize=9, ha="right")
figure(
    fig,
    alt="Six panels with a blue curve and its orange slope. The slope of sigmoid is a low hump with thick flat tails, "
    "that of tanh a higher hump with thick tails; relu and leaky_relu have a step, thick on the left.",
    caption="Look for thick orange: there the slope is below 0.05, and a gradient that passes is nearly lost.",
)

# %% chain example="11.10"
slopes = sigmoid(grid) * (1 - sigmoid(grid))  # (1201,)
print("largest slope of sigmoid:", slopes.max())
print("largest slope of tanh:", (1 - np.tanh(grid) ** 2).max())
print("ten sigmoids in a row, at most:", f"{0.25**10:.1e}")


# %% paper-forward example="11.3"
def forward(params, X):
    a1 = np.tanh(X @ params["W1"] + params["b1"])  # (m, h)
    p = sigmoid(a1 @ params["W2"] + params["b2"])  # (m, 1)
    return a1, p


W2, b2 = np.array([[0.5], [-0.6]]), np.zeros((1, 1))
paper = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
target = np.array([[1.0]])
a1, p = forward(paper, x)
print(f"p {p.item():.4f} loss {-np.log(p).item():.4f}")


# %% paper-backward
def backward(params, X, y, a1, p):
    dz2 = (p - y) / len(X)  # (m, 1)
    dW2, db2 = a1.T @ dz2, dz2.sum(axis=0, keepdims=True)
    da1 = dz2 @ params["W2"].T  # (m, h)
    dz1 = da1 * (1 - a1**2)  # (m, h)
    dW1, db1 = X.T @ dz1, dz1.sum(axis=0, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


grads = backward(paper, x, target, a1, p)
print("dz2", grads["b2"][0].round(4), "dz1", grads["b1"][0].round(4))
print("dW2", grads["W2"].ravel().round(4))
print("dW1", *grads["W1"].round(4))
print("tanh is a stretched sigmoid:", np.allclose(np.tanh(grid), 2 * sigmoid(2 * grid) - 1))

# %% flow fold
pair = "{:.3f}\n{:.3f}".format  # one number per neuron, below each other
score = (a1 @ paper["W2"]).item()
ahead = ["1\n-1", pair(*(x @ W1)[0]), pair(*a1[0]), f"{score:.3f}", f"{-np.log(p).item():.3f}"]
da1 = (grads["b2"] @ paper["W2"].T)[0]
back = ["", pair(*grads["b1"][0]), pair(*da1), f"{grads['b2'].item():.3f}", "1"]
rows = [(0.52, "C0", ahead), (0, "black", ["x", "z₁", "a₁", "z₂", "loss"]), (-0.52, "C1", back)]
links = [(0.2, "C0", ["· W₁", "tanh", "· W₂", "σ, −ln"]), (-0.2, "C1", ["", "· (1 − a₁²)", "· W₂ᵀ", "p − y"])]
fig, ax = plt.subplots(figsize=(6, 2.4), subplot_kw={"xlim": (-0.5, 4.4), "ylim": (-0.75, 0.65)})
for up, colour, texts in rows:
    for i, text in enumerate(texts):
        ax.text(i, up, text.replace("-", "−"), color=colour, ha="center", va="center", fontsize=9)
for up, colour, texts in links:
    for i, text in enumerate(texts):
        ends = [(i + 0.8, up / 2), (i + 0.2, up / 2)]
        if text:
            ax.annotate("", *(ends if up > 0 else ends[::-1]), arrowprops={"arrowstyle": "->", "color": colour})
        ax.text(i + 0.5, up, text, color=colour, ha="center", va="center", fontsize=8)
ax.axis("off")
alt = "Five stations x, z1, a1, z2, loss. Blue arrows with values run right, orange arrows with slopes run left."
figure(fig, alt=alt, caption="Read blue to the right, then orange to the left: each slope reuses the one before it.")


# %% paper-check
def measured(params, X, y, step=1e-6):
    slopes = {name: np.zeros_like(value) for name, value in params.items()}
    for name, value in params.items():
        for entry in np.ndindex(value.shape):
            for nudge in (step, -step):
                other = value.copy()
                other[entry] += nudge
                p = forward(params | {name: other}, X)[1]
                slopes[name][entry] += bce(p, y) / (2 * nudge)
    return slopes


numeric = measured(paper, x, target)
print("dW1 measured", *numeric["W1"].round(4))
print("gap below 1e-8:", np.abs(numeric["W1"] - grads["W1"]).max() < 1e-8)

# %% paper-step
after = {name: value - 0.1 * grads[name] for name, value in paper.items()}
print(f"new loss {-np.log(forward(after, x)[1]).item():.4f}")

# %% blanks
row, label = np.array([[2.0, 1.0]]), 0.0
a1, p = forward(paper, row)
dz2 = p - label
dz1 = dz2 @ paper["W2"].T * (1 - a1**2)
dW1 = row.T @ dz1
numeric = measured(paper, row, np.array([[label]]))
gap = np.abs(dW1 - numeric["W1"]).max()
print(*dW1.round(4), "agrees:", gap < 1e-8)


# %% start
def start(h, rng):
    W1 = rng.normal(0, 1, (2, h)) / np.sqrt(2)
    W2 = rng.normal(0, 1, (h, 1)) / np.sqrt(h)
    b1, b2 = np.zeros((1, h)), np.zeros((1, 1))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


params = start(8, np.random.default_rng(0))
grads = backward(params, X, y, *forward(params, X))
numeric = measured(params, X, y)
for name in params:
    gap = np.abs(grads[name] - numeric[name]).max()
    print(name, params[name].shape, grads[name].shape, "agrees:", gap < 1e-8)


# %% train example="11.4" tol=0.02
LOGGED = (0, 400, 800, 1200, 1600, 1999)


def train(params, X, y, lr=0.5, epochs=2000, log=LOGGED):
    for epoch in range(epochs):
        a1, p = forward(params, X)
        if epoch in log:
            print(f"epoch {epoch:4} {report(p, y)}")
        grads = backward(params, X, y, a1, p)
        params = {k: value - lr * grads[k] for k, value in params.items()}
    return params


net = train(params, X, y)

# %% panels fold
across, up = np.meshgrid(np.linspace(-2, 2, 21), np.linspace(-2, 2, 21))
cells = np.column_stack([across.ravel(), up.ravel()])  # (441, 2)
fig, axes = plt.subplots(1, 4, figsize=(6, 2.1), sharey=True)
for ax, epochs in zip(axes, (0, 50, 400, 2000)):
    shaded = forward(train(params, X, y, epochs=epochs, log=()), cells)[1].reshape(21, 21)
    for level in (0.5, 0.75, 0.95):
        ax.contourf(across, up, shaded, [level, 1.01], colors=["C1"], alpha=0.25)
        ax.contourf(across, up, shaded, [-0.01, 1 - level], colors=["C0"], alpha=0.25)
    ax.plot(*centres[:2].T, "o", color="C0", markersize=5)
    ax.plot(*centres[2:].T, "X", color="C1", markersize=6)
    ax.set_title(f"epoch {epochs}", fontsize=10)
    ax.set(aspect="equal", xticks=[-1, 1], yticks=[-1, 1])
figure(
    fig,
    alt="Four maps of p. At epoch 0 two pale areas with one wavy edge; at epoch 50 a blue band from dot to dot; "
    "at 400 and 2000 dark orange lobes at the crosses and dark blue ones at the dots.",
    caption="Orange is p above 0.5, darker from 0.75 and 0.95. Follow the pale edge: it folds round both crosses.",
)

# %% centres example="11.5"
hidden, at_centres = forward(net, centres)  # (4, 8), (4, 1)
for centre, value in zip(centres, at_centres.ravel()):
    print(centre, f"{value:.3f}", "inside (0, 1):", 0 < value < 1)

# %% heat fold
fig, ax = plt.subplots(figsize=(6, 2.6))
for i, j in np.ndindex(hidden.shape):
    colour = "C0" if hidden[i, j] > 0 else "C1"
    ax.add_patch(plt.Rectangle((j, 3 - i), 0.94, 0.9, color=colour, alpha=abs(hidden[i, j]) ** 2, linewidth=0))
    ax.text(j + 0.47, 3.45 - i, "+" if hidden[i, j] > 0 else "−", color="black", ha="center", va="center")
ax.set(xlim=(0, 8), ylim=(0, 4), xticks=np.arange(8) + 0.47, xticklabels=range(1, 9), xlabel="hidden unit")
ax.set(yticks=[3.45, 2.45, 1.45, 0.45], yticklabels=["−1, −1", "1, 1", "−1, 1", "1, −1"])
figure(
    fig,
    alt="A table of four rows, the centres, and eight columns, the hidden units. Most cells are strongly blue for plus "
    "or orange for minus, and no two rows have the same pattern of signs.",
    caption="Strong colour is a value near ±1. Compare rows: every centre has a pattern of its own.",
)

# %% mlp
from sklearn.neural_network import MLPClassifier

library = MLPClassifier((8,), activation="tanh", random_state=0)
library.partial_fit(X, y.ravel(), classes=[0, 1])  # makes the arrays
library.coefs_ = [net["W1"], net["W2"]]
library.intercepts_ = [net["b1"][0], net["b2"][0]]
theirs = library.predict_proba(X)[:, [1]]  # (400, 1)
print("same probabilities:", np.allclose(theirs, forward(net, X)[1]))

# %% width example="11.11" tol=0.02
for h in (1, 2, 3, 4, 8):
    trained = train(start(h, np.random.default_rng(0)), X, y, log=())
    print(h, f"{accuracy(forward(trained, X)[1], y):.4f}")

# %% fresh tol=0.02
rng = np.random.default_rng(1)  # other points from the same clusters
fresh = np.vstack([rng.normal(0, 0.35, (1000, 2)) + c for c in centres])
fresh_y = np.repeat([[0.0], [1.0]], 2000, axis=0)
print("training", report(forward(net, X)[1], y))
print("fresh", report(forward(net, fresh)[1], fresh_y))

# %% zero example="11.7"
zeros = {name: np.zeros_like(value) for name, value in params.items()}
still = train(zeros, X, y)
print("weights moved:", any(value.any() for value in still.values()))

# %% constant example="11.8" tol=0.02
same = zeros | {"W1": np.full((2, 8), 0.5), "W2": np.full((8, 1), 0.5)}
same = train(same, X, y, epochs=1999, log=())
p = forward(same, X)[1]
print(f"epoch 1999 loss {bce(p, y):.4f} accuracy {accuracy(p, y):.4f}")
print("spread of W1, by row:", np.ptp(same["W1"], axis=1))
print("spread of W2:", np.ptp(same["W2"]))


# %% depth example="11.9"
def through_layers(scale, phi):
    rng = np.random.default_rng(0)
    h, spreads = rng.standard_normal((500, 256)), []
    for _ in range(10):
        W = rng.standard_normal((256, 256)) * scale
        h = phi(h @ W)  # (500, 256)
        spreads.append(h.std())
    return h, spreads


for scale in (0.01, 1 / 16, 1):
    h, spreads = through_layers(scale, np.tanh)
    shown = f"{spreads[-1]:.1e}" if scale == 0.01 else f"{spreads[-1]:.3f}"
    flat = np.mean(abs(h) > 0.99)
    print(f"scale {scale}: spread {shown}, share above 0.99: {flat:.3f}")

# %% depth-figure fold
fig, ax = plt.subplots(figsize=(6, 3.2))
for i, (scale, name, place) in enumerate([(0.01, "0.01", 5e-5), (1 / 16, "1/16", 0.06), (1, "1", 2.2)]):
    ax.plot(range(1, 11), through_layers(scale, np.tanh)[1], "o-", color=f"C{i}", markersize=4)
    ax.text(6.2, place, f"scale {name}", color=f"C{i}")
ax.set(yscale="log", ylim=(1e-9, 20), xlabel="layer", ylabel="standard deviation (logarithmic)")
figure(
    fig,
    alt="Three lines over ten layers, logarithmic. The one of scale 0.01 falls straight to about 1e-8; those of 1/16 "
    "and 1 stay near the top, the first sinking slightly.",
    caption="Each layer multiplies the blue signal by about a sixth. Green looks healthy, but its values sit at the "
    "flat ends of tanh.",
)

# %% relu-start
for name, scale in (("1/16", 1 / 16), ("He", np.sqrt(2 / 256)), ("1", 1.0)):
    spread = through_layers(scale, relu)[1][-1]
    shown = f"{spread:.1e}" if spread > 100 else f"{spread:.3f}"
    print(f"ReLU, scale {name}: spread {shown}")

# %% dead
w, b = np.array([[1.0], [1.0]]), -10.0  # one unit, pushed far down
z = X @ w + b  # (400, 1)
print("rows on which it is on:", (z > 0).sum())
slopes = {"ReLU": 1.0 * (z > 0), "leaky ReLU": np.where(z > 0, 1, 0.01)}
for name, slope in slopes.items():
    total = round(slope.sum(), 3)
    print(name, "gradient of b:", total)  # if each row pushes by 1


# %% deep-loop
def deep_forward(layers, X):
    kept = [X]  # activations, layer by layer
    for i, (W, b) in enumerate(layers):
        z = kept[-1] @ W + b
        kept.append(sigmoid(z) if i == len(layers) - 1 else np.tanh(z))
    return kept


def deep_backward(layers, kept, y):
    grads, dz = [], (kept[-1] - y) / len(y)
    for i in reversed(range(len(layers))):
        grads.insert(0, (kept[i].T @ dz, dz.sum(axis=0, keepdims=True)))
        if i > 0:
            dz = dz @ layers[i][0].T * (1 - kept[i] ** 2)
    return grads


# %% deep-check
rng, sizes = np.random.default_rng(0), [2, 5, 4, 3, 1]
layers = [(rng.normal(size=(a, b)) / np.sqrt(a), np.zeros((1, b))) for a, b in pairwise(sizes)]
grads = deep_backward(layers, deep_forward(layers, X), y)
knobs = [(W, g[0]) for (W, _), g in zip(layers, grads)]
for i, (W, gradient) in enumerate(knobs):
    sides = []
    for nudge in (1e-6, -2e-6):  # up, then back down
        W[0, 0] += nudge
        sides.append(bce(deep_forward(layers, X)[-1], y))
    W[0, 0] += 1e-6
    print("layer", i + 1, "agrees:", abs((sides[0] - sides[1]) / 2e-6 - gradient[0, 0]) < 1e-8)


# %% pieces
def tent(x):  # two ReLU units: up to 1 in the middle, and down again
    return 2 * relu(x) - 4 * relu(x - 0.5)


line = np.linspace(0, 1, 1025)  # (1025,)
out = line
for depth in range(1, 7):
    out = tent(out)
    steps = np.sign(np.diff(out))  # (1024,)
    pieces = 1 + (steps[1:] != steps[:-1]).sum()
    print("layers", depth, "units", 2 * depth, "pieces", pieces)

# %% halves
rng = np.random.default_rng(0)
z = rng.standard_normal((1000, 256)) @ rng.normal(0, np.sqrt(1 / 256), (256, 256))
print("variance of z:", round(z.var(), 2))
print("mean square after ReLU:", round(np.mean(relu(z) ** 2), 2))


# %% minibatch
def curves(decay):
    rng = np.random.default_rng(0)
    few = np.vstack([rng.normal(0, 0.9, (10, 2)) + c for c in centres])  # (40, 2)
    new = np.vstack([rng.normal(0, 0.9, (500, 2)) + c for c in centres])  # (2000, 2)
    labels, new_labels = np.repeat([[0.0], [1.0]], 20, axis=0), np.repeat([[0.0], [1.0]], 1000, axis=0)
    params, log = start(30, rng), []
    for epoch in range(300):
        for batch in np.split(rng.permutation(40), 4):  # ten rows each
            rows, targets = few[batch], labels[batch]
            grads = backward(params, rows, targets, *forward(params, rows))
            for name in params:
                shrink = decay * params[name] if name in ("W1", "W2") else 0
                params[name] = params[name] - 0.5 * (grads[name] + shrink)
        log.append([bce(forward(params, few)[1], labels), bce(forward(params, new)[1], new_labels)])
    return np.array(log)  # (300, 2)


logs = {decay: curves(decay) for decay in (0, 0.01)}
for decay, log in logs.items():
    print(f"decay {decay}: training loss below 0.3 {log[-1, 0] < 0.3}, test loss below 0.8 {log[-1, 1] < 0.8}")

# %% decay-figure fold
fig, ax = plt.subplots(figsize=(6, 3))
for i, (decay, log) in enumerate(logs.items()):
    ax.plot(range(0, 300, 6), log[::6, 0], color=f"C{i}", linestyle=":")
    ax.plot(range(0, 300, 6), log[::6, 1], color=f"C{i}")
    ax.text(302, log[-1, 1], f"test, decay {decay}", color=f"C{i}", va="center", fontsize=9)
    ax.text(302, log[-1, 0], f"training, {decay}", color=f"C{i}", va="center", fontsize=9)
ax.set(xlim=(0, 400), xlabel="epoch", ylabel="loss", xticks=[0, 100, 200, 300])
figure(
    fig,
    alt="Two dotted training curves fall. The test curve without decay rises above 1, the one with decay stays lower.",
    caption="Compare the gap between solid and dotted, colour by colour.",
)

# %% softmax-head
rng = np.random.default_rng(0)
three = np.array([[0.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])  # (3, 2)
X3 = np.vstack([rng.normal(0, 0.4, (50, 2)) + c for c in three])  # (150, 2)
Y3 = np.repeat(np.eye(3), 50, axis=0)  # (150, 3) one-hot rows
W1, W2 = rng.normal(0, 0.7, (2, 6)), rng.normal(0, 0.4, (6, 3))
for epoch in range(300):
    a1 = np.tanh(X3 @ W1)  # (150, 6)
    scores = np.exp(a1 @ W2)
    p = scores / scores.sum(axis=1, keepdims=True)  # (150, 3)
    dz2 = (p - Y3) / len(X3)  # (150, 3): softmax with cross-entropy
    dz1 = dz2 @ W2.T * (1 - a1**2)
    W1, W2 = W1 - 0.5 * X3.T @ dz1, W2 - 0.5 * a1.T @ dz2
print("rows of p sum to 1:", np.allclose(p.sum(axis=1), 1))
print("accuracy above 0.9:", np.mean(p.argmax(axis=1) == Y3.argmax(axis=1)) > 0.9)

# %% later-answers
rng = np.random.default_rng(0)
plain = normed = residual = rng.standard_normal((500, 256))
for _ in range(10):
    W = rng.standard_normal((256, 256)) * 0.01
    plain = np.tanh(plain @ W)
    z = normed @ W
    normed = np.tanh((z - z.mean(axis=0)) / z.std(axis=0))
    residual = residual + np.tanh(residual @ W)
for name, h in (("plain", plain), ("batch norm", normed), ("residual", residual)):
    print(name, "spread below 1e-6:", h.std() < 1e-6, "spread above 0.5:", h.std() > 0.5)

# %% solution-fold
rng = np.random.default_rng(0)
A, c = rng.normal(size=(2, 4)), rng.normal(size=(1, 4))
B, d = rng.normal(size=(4, 3)), rng.normal(size=(1, 3))
one_layer = X @ (A @ B) + (c @ B + d)  # (400, 3)
print(np.allclose((X @ A + c) @ B + d, one_layer))


# %% solution-width
def effective_width(W1):
    return np.unique(W1, axis=1).shape[1]


print(effective_width(same["W1"]), effective_width(net["W1"]))


# %% solution-relu
def relu_loss(W1, W2):
    return bce(sigmoid(relu(X @ W1) @ W2), y)


rng = np.random.default_rng(0)
W1, W2 = rng.normal(size=(2, 8)), rng.normal(0, 0.5, (8, 1))
z1 = X @ W1  # (400, 8)
dz2 = (sigmoid(relu(z1) @ W2) - y) / len(X)
dW1 = X.T @ (dz2 @ W2.T * (z1 > 0))  # the slope of ReLU is 0 or 1
for entry in ((0, 0), (1, 5)):
    nudge = np.zeros((2, 8))
    nudge[entry] = 1e-6
    numeric = (relu_loss(W1 + nudge, W2) - relu_loss(W1 - nudge, W2)) / 2e-6
    print(entry, "agrees:", abs(numeric - dW1[entry]) < 1e-8)


# %% solution-init
def init_layer(n_in, n_out, scheme, rng):
    variance = {"lecun": 1 / n_in, "xavier": 2 / (n_in + n_out), "he": 2 / n_in}
    if scheme not in variance:
        raise ValueError(f"scheme must be one of {sorted(variance)}")
    return rng.normal(0, np.sqrt(variance[scheme]), (n_in, n_out))


for scheme, wanted in (("lecun", 1 / 300), ("xavier", 2 / 400), ("he", 2 / 300)):
    W = init_layer(300, 100, scheme, np.random.default_rng(0))
    print(scheme, "within a tenth:", abs(W.var() / wanted - 1) < 0.1)

# %% solution-large tol=0.02
for factor in (1, 30):
    large = params | {name: factor * params[name] for name in ("W1", "W2")}
    a1 = forward(large, X)[0]
    print(f"times {factor}: share with slope below 0.05: {np.mean(1 - a1**2 < 0.05):.2f}")
    train(large, X, y, log=(0, 1999))

# %% solution-luck
for h in (2, 3, 4):
    ends = [train(start(h, np.random.default_rng(seed)), X, y, epochs=600, log=()) for seed in range(6)]
    good = sum(accuracy(forward(end, X)[1], y) > 0.95 for end in ends)
    print(h, "units:", good, "of 6 starts end above 0.95")
