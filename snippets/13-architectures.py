"""Chapter 13: architectures as assumptions about data."""

# %% panels hide
import matplotlib.pyplot as plt
import numpy as np
from groundup.book import figure

panels = [
    ("MLP: all,\nown weights", [0, 1, 2, 3, 4], [1.5] * 5),
    ("CNN: near ones,\nsame weights", [1, 2, 3], [1.5] * 3),
    ("RNN: the past,\nthrough a state", [0, 1, 2], []),
    ("attention: all,\nby content", [0, 1, 2, 3, 4], [0.6, 3.2, 1.6, 0.9, 2.4]),
    ("GNN: linked\nnodes", [0, 2, 4], [1.5] * 3),
]
alt = (
    "Five panels, each with five inputs below one output. MLP and attention link all five, attention by lines of "
    "unequal width; the CNN links the middle three; the RNN passes through three squares; the GNN follows edges."
)

# %% connections fold
fig, axes = plt.subplots(2, 3, figsize=(6, 4.6))
axes = axes.ravel()
axes[5].axis("off")
for i, (ax, (title, inputs, widths)) in enumerate(zip(axes, panels)):
    for start, width in zip(inputs, widths):
        ax.plot([start, 2], [0, 2], color=f"C{i}", linewidth=width)
    ax.plot(range(5), np.zeros(5), "o", color="black", alpha=0.3)
    ax.plot(inputs, np.zeros(len(inputs)), "o", color=f"C{i}")
    ax.plot(2, 2, "o", color=f"C{i}", markersize=9)
    ax.set_title(title, fontsize=11)
    ax.set(xlim=(-0.6, 4.6), ylim=(-0.9, 2.3))
    ax.axis("off")
axes[2].plot([0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 1, 0, 1, 1, 0, 2], color="C2", linewidth=1.5)
axes[2].plot(range(3), np.ones(3), "s", color="C2", markersize=5)
for start, end, depth in [(0, 2, -1.4), (2, 4, -1.4), (1, 3, -2.2)]:
    t = np.linspace(0, 1, 20)
    axes[4].plot(start + (end - start) * t, depth * t * (1 - t), color="black", alpha=0.4)
caption = "Only the coloured inputs can reach the output above."
figure(fig, alt=alt, caption=caption)

# %% slide example="13.1"
signal = np.array([0.0, 0, 0, 1, 1, 1, 0, 0])  # (8,)
w = np.array([-1.0, 1])  # (2,)


def conv1d(x, w, stride=1, pad=0):
    x = np.pad(x, pad)  # zeros on both sides
    starts = range(0, len(x) - len(w) + 1, stride)
    return np.array([x[i : i + len(w)] @ w for i in starts]) + 0.0


print(conv1d(signal, w))

# %% sliding fold
out = conv1d(signal, w)
fig, (top, bottom) = plt.subplots(2, 1, figsize=(6, 3.2), sharex=True)
top.bar(range(8), signal, color="C0", width=0.7)
for start, colour in [(2, "C1"), (5, "C2")]:
    top.plot([start - 0.45, start + 1.45], [1.22, 1.22], color=colour, linewidth=3)
    top.text(start, 1.32, "−1", color=colour, ha="center")
    top.text(start + 1, 1.32, "+1", color=colour, ha="center")
    bottom.bar(start + 0.5, out[start], color=colour, width=0.7)
    bottom.text(start + 1, out[start] / 2, f"{out[start]:+.0f}".replace("-", "−"), color=colour, va="center")
bottom.plot(np.delete(np.arange(7), [2, 5]) + 0.5, np.zeros(5), "o", color="black", alpha=0.5, markersize=4)
bottom.axhline(0, color="black", alpha=0.3, linewidth=0.8)
top.set(ylim=(0, 1.7), ylabel="signal", yticks=[0, 1])
bottom.set(ylim=(-1.3, 1.3), ylabel="output", yticks=[-1, 0, 1], xlabel="position")
figure(
    fig,
    alt="Above, a signal that is 1 at positions 3 to 5, with a two-part filter at its rise and its fall. Below, the "
    "output: a bar of plus one under the rise, minus one under the fall, dots at zero elsewhere.",
    caption="Look below each filter: only the two edges give a bar.",
)

# %% flip example="13.8"
import torch
from torch import nn
from torch.nn import functional as F

print(np.convolve(signal, w, mode="valid") + 0.0)
unflipped = np.correlate(signal, w, mode="valid")  # (7,)
print("correlate:", np.array_equal(unflipped, conv1d(signal, w)))
batch, weight = torch.tensor(signal)[None, None], torch.tensor(w)[None, None]
layer_out = F.conv1d(batch, weight)[0, 0]  # (7,)
print("torch:", np.array_equal(layer_out, conv1d(signal, w)))

# %% shift example="13.7"
later = np.roll(signal, 1)  # (8,) one place to the right
print(conv1d(later, w))
print(conv1d(signal, w).max(), conv1d(later, w).max())


# %% sizes example="13.12"
def conv_out(n, k, s, p):
    return (n + 2 * p - k) // s + 1


for p, s in [(0, 1), (1, 1), (1, 2)]:
    layer = nn.Conv1d(1, 1, 3, stride=s, padding=p)
    width, ours = layer(torch.zeros(1, 1, 32)).shape[-1], conv_out(32, 3, s, p)
    print(ours, "torch agrees:", width == ours)
middle, ones = np.eye(9), np.ones(3)  # row i: only input i is 1
for _ in range(3):
    middle = np.array([conv1d(x, ones) for x in middle])
print("inputs seen through three layers:", (middle[:, 1] > 0).sum())


# %% images
def conv2d(image, filters, biases):  # (C, H, W), (F, C, k, k), (F,)
    k = filters.shape[-1]
    rows, columns = image.shape[1] - k + 1, image.shape[2] - k + 1
    out = np.zeros((len(filters), rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = image[:, r : r + k, c : c + k]  # (C, k, k)
            out[:, r, c] = (filters * window).sum(axis=(1, 2, 3)) + biases
    return out


torch.manual_seed(0)
layer, image = nn.Conv2d(3, 8, 3), torch.rand(3, 10, 10)
weight, bias = (p.detach().numpy() for p in layer.parameters())
maps = conv2d(image.numpy(), weight, bias)  # (8, 8, 8)
pooled = maps.reshape(8, 4, 2, 4, 2).max(axis=(2, 4))  # (8, 4, 4)
expected = layer(image).detach()
print(maps.shape, np.allclose(maps, expected, atol=1e-5))
print(pooled.shape, np.allclose(pooled, F.max_pool2d(expected, 2), atol=1e-5))


# %% count example="13.5"
def count(module):
    return sum(p.numel() for p in module.parameters())


print(count(nn.Conv2d(1, 1, 3, bias=False)))
print(count(nn.Conv2d(1, 8, 3)))
print(count(nn.Linear(32 * 32, 32 * 32, bias=False)))
print(count(nn.Conv2d(64, 64, 3)))
n = 32 * 32  # places
print("products, 64 to 64 channels:", 64 * 64 * 9 * n, "dense:", n**2)


# %% recurrence example="13.6"
def rnn(inputs, w_x=0.5, w_h=0.8):
    h, states = 0.0, []
    for x in inputs:
        h = np.tanh(w_x * x + w_h * h)
        states.append(h)
    return np.array(states)


print(rnn([1, 0, 0, 0, 0]).round(3))
print(rnn([1, 1, 1, 1, 1]).round(3))
impulse = [1] + [0] * 19
states = rnn(impulse)  # (20,)
slope = np.prod(0.8 * (1 - states[1:] ** 2))  # of h20 by h1
print("slope over 19 steps:", f"{slope:.4f}")

# %% unrolled
layer = nn.RNN(1, 1, bias=False)
with torch.no_grad():
    layer.weight_ih_l0.fill_(0.5)
    layer.weight_hh_l0.fill_(0.8)
x = torch.tensor(impulse).float().reshape(20, 1).requires_grad_()
unrolled, _ = layer(x)  # (20, 1)
unrolled[-1].sum().backward()
print("states:", np.allclose(unrolled.detach()[:, 0], states, atol=1e-6))
by_hand = slope * 0.5 * (1 - states[0] ** 2)  # one link more: h1 by x1
print("slope by x1:", np.isclose(x.grad[0].item(), by_hand, atol=1e-6))

# %% memory fold
fig, ax = plt.subplots(figsize=(6, 3.2))
for i, w_h in enumerate([0.5, 0.8, 1.0, 1.2]):
    ax.plot(range(1, 21), rnn(impulse, w_h=w_h), "o-", color=f"C{i}", markersize=3)
for i, (x, y, text) in enumerate([(1.6, 0.04, "0.5"), (7, 0.15, "0.8"), (16, 0.31, "1.0"), (12, 0.69, "weight 1.2")]):
    ax.text(x, y, text, color=f"C{i}")
ax.set(xlabel="step t", ylabel="state", xticks=[1, 5, 10, 15, 20], ylim=(-0.03, 0.8))
figure(
    fig,
    alt="Four curves of the state after one impulse. With weight 0.5 it is gone by step 8, with 0.8 by step 20; with "
    "1.0 it sinks slowly; with 1.2 it climbs to a level of about 0.66 and stays.",
    caption="Compare the right ends, up to weight 1 and above it.",
)


# %% lstm
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(x, h, c, Wx, Wh, b):
    z = Wx @ x + Wh @ h + b  # (4n,)
    i, f, g, o = np.split(z, 4)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * c + i * g
    return o * np.tanh(c), c


torch.manual_seed(0)
cell = nn.LSTMCell(3, 2)
x, h, c = torch.rand(3), torch.rand(2), torch.rand(2)
Wx, Wh, b1, b2 = (p.detach().numpy() for p in cell.parameters())
# PyTorch keeps two biases and adds them.
own = lstm_step(x.numpy(), h.numpy(), c.numpy(), Wx, Wh, b1 + b2)
for name, ours, theirs in zip("hc", own, cell(x, (h, c))):
    print(name, "as in torch:", np.allclose(ours, theirs.detach(), atol=1e-6))

# %% gate
zeros = np.zeros((4, 1))
for forget in (20.0, -20.0):  # before the sigmoid
    b, c = np.array([-20.0, forget, 0.0, 0.0]), np.array([2.0])
    for _ in range(500):
        _, c = lstm_step(np.zeros(1), np.zeros(1), c, zeros, zeros, b)
    print("forget gate", sigmoid(forget).round(3), "cell 500 steps on", c.round(3)[0])

# %% recurrent-counts example="13.11"
for parts, kind in [(1, nn.RNN), (3, nn.GRU), (4, nn.LSTM)]:
    print(parts * (20 * 10 + 20 * 20 + 20), count(kind(10, 20)))


# %% self-attention example="13.2"
def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


X = np.array([[1.0, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 0]])  # (3, 4)
scores = X @ X.T / np.sqrt(4)  # (3, 3)
A = softmax(scores)
print("plain mean:", X.mean(axis=0).round(3))
print(A.round(3))
print((A @ X).round(3))
library = F.scaled_dot_product_attention(*[torch.tensor(X)[None]] * 3)[0]
print("torch:", np.allclose(A @ X, library))

# %% mix fold
fig, ax = plt.subplots(figsize=(6, 2.8))
bottom = np.zeros(4)
for i in range(3):
    part = A[0, i] * X[i]  # (4,)
    ax.bar(range(1, 5), part, bottom=bottom, color=f"C{i}", width=0.6, alpha=0.5)
    for j in np.flatnonzero(part):
        ax.text(j + 1, bottom[j] + part[j] / 2, f"{part[j]:.2f}", color="black", ha="center", va="center", fontsize=9)
    ax.text(4.45, 0.78 - 0.17 * i, f"token {i + 1}: weight {A[0, i]:.2f}", color=f"C{i}")
    bottom += part
ax.set(xlim=(0.5, 6.6), xticks=[1, 2, 3, 4], ylim=(0, 0.95), xlabel="coordinate", ylabel="output of token 1")
figure(
    fig,
    alt="Four stacked bars, one for each coordinate of the output: 0.51 and 0.31 on the first, 0.19 and 0.31 on the "
    "second, 0.51 on the third, 0.19 on the fourth.",
    caption="Follow blue: token 1 gives most to its own output.",
)

# %% recomputed
changed = X.copy()
changed[2] = [1, 0, 1, 0]  # the third token becomes like the first
print(A[0].round(3))
print(softmax(changed @ changed.T / 2)[0].round(3))

# %% unscaled example="13.3"
raw = softmax(X @ X.T)
print(raw[0].round(3))
print("row sums:", raw.sum(axis=1).round(3), A.sum(axis=1).round(3))

# %% dot-sizes example="13.10"
rng = np.random.default_rng(0)
for d in (4, 64, 1024):
    q, k = rng.standard_normal((2, 10000, d))
    print((q * k).sum(axis=1).std().round(2))
ten = q @ k[:10].T  # (10000, 10) scores for ten keys
for name, p in [("raw", softmax(ten)), ("scaled", softmax(ten / 32))]:
    largest, slopes = p.max(axis=1).mean(), (p * (1 - p)).mean()
    print(name, "largest weight", largest.round(2), "slope", slopes.round(3))

# %% masked example="13.4"
mask = np.tril(np.ones((3, 3), dtype=bool))  # row i: columns up to i
C = softmax(np.where(mask, scores, -np.inf))
print(C.round(3))
print((C @ X).round(3))
print("last row as before:", np.allclose(C[2], A[2]))

# %% mask-after
late = np.where(mask, A, 0)
print("mask before:", C.sum(axis=1).round(3))
print("mask after: ", late.sum(axis=1).round(3))

# %% heat-maps fold
fig, axes = plt.subplots(1, 3, figsize=(6, 2.5))
for ax, (title, table) in zip(axes, {"scaled": A, "not scaled": raw, "causal": C}.items()):
    for r in range(3):
        for c in range(3):
            square = plt.Rectangle((c, 2 - r), 1, 1, color="C0", alpha=float(0.75 * table[r, c]), linewidth=0)
            ax.add_patch(square)
            ax.text(c + 0.5, 2.5 - r, f"{table[r, c]:.2f}", color="black", ha="center", va="center")
        ax.text(-0.1, 2.5 - r, f"{r + 1}", color="black", ha="right", va="center", fontsize=9)
        ax.text(r + 0.5, -0.35, f"{r + 1}", color="black", ha="center", fontsize=9)
    ax.set_title(title, fontsize=10)
    ax.set(xlim=(-0.4, 3.05), ylim=(-0.5, 3.05), aspect="equal")
    ax.axis("off")
figure(
    fig,
    alt="Three 3 by 3 tables of attention weights in one colour scale. Unscaled rows have darker diagonals than scaled "
    "ones; in the causal table the cells above the diagonal are 0.",
    caption="Rows ask, columns answer. Compare the diagonals, then the corner above them.",
)


# %% attention
def attention(Q, K, V, mask=True):
    scores = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    return softmax(np.where(mask, scores, -np.inf)) @ V


swap = np.eye(4)[[1, 0, 3, 2]]  # (4, 4) exchanges coordinates
print("token 1 seeks:", softmax(X @ swap @ X.T / 2)[0].round(3))
rng = np.random.default_rng(0)
Wq, Wk, Wv, Wo = rng.normal(size=(4, 4, 4))  # each (4, 4)
Q, K, V = X @ Wq, X @ Wk, X @ Wv  # each (3, 4)
Qt, Kt, Vt = (torch.tensor(part)[None] for part in (Q, K, V))
library = F.scaled_dot_product_attention(Qt, Kt, Vt, is_causal=True)[0]
print("torch:", np.allclose(attention(Q, K, V, mask), library))
other = rng.normal(size=(2, 4))  # (2, 4) a second sequence
print("cross-attention:", attention(other @ Wq, K, V).shape)


# %% heads
def multi_head(X, Wq, Wk, Wv, Wo, heads, mask=True):
    def split(Z):
        return Z.reshape(len(Z), heads, -1).swapaxes(0, 1)  # (heads, n, d)

    mixed = attention(split(X @ Wq), split(X @ Wk), split(X @ Wv), mask)
    return mixed.swapaxes(0, 1).reshape(X.shape) @ Wo


library = nn.MultiheadAttention(4, 2, bias=False, dtype=torch.float64)
with torch.no_grad():
    library.in_proj_weight.copy_(torch.tensor(np.hstack([Wq, Wk, Wv]).T))
    library.out_proj.weight.copy_(torch.tensor(Wo.T))
tokens = torch.tensor(X)
expected, _ = library(tokens, tokens, tokens, attn_mask=torch.tensor(~mask))
ours = multi_head(X, Wq, Wk, Wv, Wo, 2, mask)  # (3, 4)
print("torch:", np.allclose(ours, expected.detach()))

# %% order example="13.9"
new_order = [2, 0, 1]
Y = X[new_order]  # (3, 4) tokens 3, 1, 2
print(np.allclose(attention(Y, Y, Y), attention(X, X, X)[new_order]))
places = np.array([[0.0], [0.5], [1.0]])  # (3, 1) one number for each place
Xp, Yp = X + places, Y + places
expected = attention(Xp, Xp, Xp)[new_order]
print("with places:", np.allclose(attention(Yp, Yp, Yp), expected))

# %% nothing-to-see
lone = torch.tensor([[0.5, 1.0, -1.0], [-torch.inf] * 3])  # (2, 3) masked scores
rows = torch.softmax(lone, dim=1)
print(rows[1].tolist())
print("mean over both rows:", rows.mean().item())

# %% shared
rng = np.random.default_rng(0)
seen = rng.normal(size=(30, 8))  # (30, 8) training signals
seen[:, 4:] = 0  # nothing ever happened on the right
wanted = np.diff(seen)  # (30, 7)
dense = np.linalg.lstsq(seen, wanted)[0]  # (8, 7): 56 weights
pairs = seen[:, :-1].ravel(), seen[:, 1:].ravel()
windows = np.stack(pairs, axis=1)  # (210, 2) all neighbours
shared = np.linalg.lstsq(windows, wanted.ravel())[0]  # (2,): 2 weights
new = np.array([0.0, 0, 0, 0, 0, 1, 1, 0])  # (8,) an event on the right
print("wanted:", np.diff(new))
print("dense: ", (new @ dense).round(3) + 0.0)
print("shared:", conv1d(new, shared.round(6)))

# %% toeplitz
T = np.eye(7, 8, k=1) - np.eye(7, 8)  # (7, 8)
print(T.astype(int))
print("same output:", np.array_equal(T @ signal, conv1d(signal, w)))

# %% deep
torch.manual_seed(0)
matrices = torch.randn(20, 64, 64) / 16  # (20, 64, 64)
for kind in ("plain", "residual", "residual and norm"):
    x = torch.randn(100, 64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    h = x  # (100, 64)
    for W in matrices:
        step = torch.tanh((F.layer_norm(h, (64,)) if "norm" in kind else h) @ W)
        h = step if kind == "plain" else h + step
    h.sum().backward()
    print(f"{kind}: size {h.std().item():.1e}, slope {x.grad.std().item():.1e}")

# %% block
for d in (64, 128):
    block = nn.TransformerEncoderLayer(d, 4, dim_feedforward=4 * d)
    sizes = {True: 0, False: 0}
    for p in block.parameters():
        sizes[p.ndim == 2] += p.numel()
    print("matrices", sizes[True], "12 d²", 12 * d**2, "the rest", sizes[False], "13 d", 13 * d)


# %% positions
def turn(v, angle):  # a pair of numbers, turned
    c, s = np.cos(angle), np.sin(angle)
    return np.array([c * v[0] - s * v[1], s * v[0] + c * v[1]])


q, k = np.array([1.0, 0.5]), np.array([0.3, -0.8])
for m, n in [(2, 5), (12, 15), (2, 8)]:
    waves = [np.array([np.sin(0.3 * t), np.cos(0.3 * t)]) for t in (m, n)]
    rotary = turn(q, 0.3 * m) @ turn(k, 0.3 * n)
    print("places", m, n, "sinusoids", round(waves[0] @ waves[1], 3), "rotary", round(rotary, 3))

# %% messages
edges = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4)]
links = np.zeros((5, 5))  # (5, 5)
for i, j in edges:
    links[i, j] = links[j, i] = 1
h = np.array([1.0, 0, 0, 0, 0])  # (5,) only node 0 has something to tell
for _ in range(3):
    h = 0.5 * h + 0.5 * (links @ h) / links.sum(axis=1)
    print(h.round(3))

# %% smoothing
keys = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])  # (3, 2) unit length
values, query = np.array([10.0, 20.0, 30.0]), np.array([0.8, 0.6])
bumps = np.exp(-((query - keys) ** 2).sum(axis=1) / 2)  # (3,) RBF, γ = 1/2
print("kernel smoothing:", round(bumps @ values / bumps.sum(), 3))
print("attention:", round(softmax(keys @ query) @ values, 3))
print("sharp, nearly a dictionary:", round(softmax(200 * keys @ query) @ values, 3))

# %% exercise-conv
layer = nn.Conv2d(3, 16, 5, stride=2, padding=2)
print("by hand:", conv_out(64, 5, 2, 2), 16 * 3 * 25 + 16)
print("torch:  ", layer(torch.zeros(1, 3, 64, 64)).shape[-1], count(layer))

# %% exercise-blanks
visible = np.array([True, True, False])  # (3,) token 3 is padding
P = softmax(np.where(visible, scores, -np.inf))
print(P.round(3))


# %% exercise-reach
def receptive_field(layers):  # (width, stride) of each layer
    field, jump = 1, 1
    for k, s in layers:
        field, jump = field + (k - 1) * jump, jump * s
    return field


def by_force(layers, n=64):
    hits = 0
    for x in np.eye(n):
        for k, s in layers:
            x = conv1d(x, np.ones(k), stride=s)
        hits += x[0] > 0
    return hits


for layers in ([(3, 1)] * 3, [(3, 2), (3, 2), (3, 1)], [(5, 1), (2, 2), (3, 1)]):
    print(receptive_field(layers), by_force(layers))


# %% exercise-unroll
def rnn_unroll(x, Wx, Wh, b, h0):  # (T, n_in), (n, n_in), (n, n), (n,), (n,)
    h = h0
    for row in x:
        h = np.tanh(Wx @ row + Wh @ h + b)
    return h


torch.manual_seed(0)
layer, x = nn.RNN(3, 2), torch.rand(6, 3)
Wx, Wh, b1, b2 = (p.detach().numpy() for p in layer.parameters())
h = rnn_unroll(x.numpy(), Wx, Wh, b1 + b2, np.zeros(2))
print("torch:", np.allclose(h, layer(x)[1][0].detach(), atol=1e-6))
print("empty:", rnn_unroll(np.zeros((0, 3)), Wx, Wh, b1, np.ones(2)))

# %% exercise-far
n = 1024
depth, gap = {"plain": 0, "dilated": 0}, 1
while 1 + 2 * depth["plain"] < n:
    depth["plain"] += 1
field = 1
while field < n:
    field, gap = field + 2 * gap, 2 * gap
    depth["dilated"] += 1
print("filters of width 3:", depth["plain"], "layers; gaps doubled:", depth["dilated"])
print("recurrence:", n - 1, "steps; attention: 1 layer,", n**2, "scores")
