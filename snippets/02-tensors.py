"""Chapter 2: tensors, shapes and the broadcasting rule."""

# %% ranks example="02.1"
import numpy as np

s = np.array(5.0)
v = np.array([1.0, 2.0, 3.0])
M = np.array([[1.0, 2.0], [3.0, 4.0]])
T = np.zeros((2, 3, 4))
print(s.ndim, v.ndim, M.ndim, T.ndim)
print(s.shape, v.shape, M.shape, T.shape)

# %% parcels
X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # (2, 3)
images = np.zeros((8, 4, 5, 3))  # (batch, height, width, colour)
print(X[0], X[0].shape)
print(images[0].shape, images.size)

# %% two-ranks
table = np.array([[1.0, 2.0], [2.0, 4.0]])  # (2, 2)
print("axes:", table.ndim)
print("independent columns:", np.linalg.matrix_rank(table))

# %% reshape example="02.2"
a = np.arange(12)  # (12,)
rows = a.reshape(3, 4)  # (3, 4)
print(rows)
print(rows.reshape(-1).shape)

# %% transpose example="02.13"
a = np.arange(6)  # (6,)
block = a.reshape(2, 3)  # (2, 3)
print(block.T)  # (3, 2)
print(a.reshape(3, 2))  # (3, 2)
block[0, 0] = 99
print(a)

# %% tiles fold
import matplotlib.pyplot as plt
from groundup.book import figure


def tiles(ax, grid, left, top, color, alpha=0.35):
    alphas = np.broadcast_to(alpha, grid.shape)  # broadcasting at work
    for (i, j), value in np.ndenumerate(grid):
        x, y = left + j, top - i - 1
        box = plt.Rectangle((x, y), 0.92, 0.92, color=color)
        box.set_alpha(alphas[i, j])
        ax.add_patch(box)
        words = {"ha": "center", "va": "center", "fontsize": 12}
        ax.text(x + 0.46, y + 0.44, f"{value:g}", **words)


def stage(width, height, inches):
    fig, ax = plt.subplots(figsize=(6, inches))
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.axis("off")
    return fig, ax


# %% paths fold
fig, ax = stage(11, 4, 2.3)
six = np.arange(6).reshape(2, 3)
forms = {"2 × 3": six, "reshaped": six.reshape(3, 2), "transposed": six.T}
for left, colour, name in zip((0.1, 4.7, 8.7), ("C0", "C0", "C1"), forms):
    grid = forms[name]
    tiles(ax, grid, left, 3, colour)
    spots = [np.argwhere(grid == k)[0] for k in range(6)]
    spots = [(left + j + 0.46, 2.44 - i) for i, j in spots]
    for k in range(5):
        arrow = {"arrowstyle": "->", "shrinkA": 8, "shrinkB": 8}
        ax.annotate("", spots[k + 1], spots[k], arrowprops=arrow)
    ax.text(left, 3.25, name, color=colour, fontsize=12)
alt = (
    "The numbers 0 to 5 in three grids, joined by arrows in order. In the "
    "2 × 3 and the reshaped grid the arrows run row by row; in the "
    "transposed grid they run down the columns."
)
caption = "Follow the arrows from 0 to 5: across the rows, or down?"
figure(fig, alt=alt, caption=caption)

# %% padding example="02.3"
print(X + 10)

# %% per-column example="02.4"
print(X + np.array([100.0, 200.0, 300.0]))  # (2, 3) + (3,)

# %% per-row example="02.5"
print(X + np.array([[10.0], [20.0]]))  # (2, 3) + (2, 1)

# %% stretched fold
fig, ax = stage(11.4, 6.4, 3.4)
words = {"fontsize": 12}
small = {"down": np.array([100, 200, 300]), "across": np.array([[10], [20]])}
pale = {"down": [[0.45], [0.12]], "across": [0.45, 0.12, 0.12]}
for top, colour, way in [(5.6, "C1", "down"), (2.1, "C2", "across")]:
    stretched = np.broadcast_to(small[way], (2, 3))
    tiles(ax, X, 0, top, "C0")
    tiles(ax, stretched, 4.2, top, colour, pale[way])
    tiles(ax, X + stretched, 8.4, top, "C5")
    ax.text(4.2, top + 0.2, f"repeated {way}", color=colour, **words)
    for x, sign in [(3.45, "+"), (7.65, "=")]:
        ax.text(x, top - 1.1, sign, **words)
alt = (
    "Above, a row of three tiles is repeated as a pale copy below itself "
    "and added to a 2 × 3 grid. Below, a column of two tiles is repeated "
    "as pale copies to its right and added to the same grid."
)
caption = "Look at the pale tiles: the same numbers are read again."
figure(fig, alt=alt, caption=caption)

# %% pads
pads = np.array([10.0, 20.0])  # (2,) one per parcel
try:
    print(X + pads)
except ValueError as error:
    print(error)
print(X + pads[:, None])  # (2, 3) + (2, 1)

# %% six-pairs example="02.10"
pairs = [
    ((2, 3), (3,)),
    ((2, 3), (2,)),
    ((2, 3), (2, 1)),
    ((8, 1, 6, 1), (7, 1, 5)),
    ((3, 1), (1, 4)),
    ((5,), (5, 1)),
]
for one, other in pairs:
    try:
        print(np.broadcast_shapes(one, other))
    except ValueError:
        print("error")

# %% ladder fold
fig, axes = plt.subplots(2, 3, figsize=(6, 3.6))
for ax, (one, other) in zip(axes.flat, pairs):
    for i in range(1, max(len(one), len(other)) + 1):  # from the right
        sizes = [s[-i] if i <= len(s) else 1 for s in (one, other)]
        fits = sizes[0] == sizes[1] or 1 in sizes
        for row, shape in enumerate((one, other)):
            label = sizes[row] if i <= len(shape) else "(1)"
            ax.text(-i, -row, label, ha="center", fontsize=16)
        mark, colour = ("✓", "C2") if fits else ("✗", "C1")
        ax.text(-i, -2, mark, color=colour, ha="center", fontsize=17)
    ax.set(xlim=(-4.6, -0.4), ylim=(-2.3, 0.8))
    ax.axis("off")
alt = (
    "Six pairs of shapes aligned at the right, with a mark below each "
    "column: ticks, and one cross where 3 stands above 2."
)
caption = "Look down each column; (1) stands for a missing axis."
figure(fig, alt=alt, caption=caption)

# %% means example="02.6"
print(X.mean(axis=0))
print(X.mean(axis=1))

# %% squashed fold
fig, ax = stage(7.6, 5, 3.8)
tiles(ax, X, 0.4, 4.9, "C0")
tiles(ax, X.mean(axis=0)[None, :], 0.4, 1.7, "C1")
tiles(ax, X.mean(axis=1)[:, None], 5.3, 4.9, "C2")
for k in range(3):
    ax.arrow(0.86 + k, 2.75, 0, -0.65, color="C1", width=0.04)
for k in range(2):
    ax.arrow(3.6, 4.36 - k, 1.3, 0, color="C2", width=0.04)
words = {"fontsize": 12, "va": "top"}
ax.text(0.4, 0.6, "axis 0 is gone: shape (3,)", color="C1", **words)
ax.text(5.3, 2.7, "axis 1 is gone:\nshape (2,)", color="C2", **words)
alt = (
    "A 2 × 3 grid. Three arrows down lead to a row of three means; two "
    "arrows to the right lead to a column of two means."
)
caption = "Look along the arrows: the axis that you name is squashed flat."
figure(fig, alt=alt, caption=caption)

# %% tall
tall = np.ones((1000, 3))  # 1,000 parcels, 3 measurements
print("axis 0:", tall.mean(axis=0).shape)
print("axis 1:", tall.mean(axis=1).shape)

# %% shares
totals = X.sum(axis=1, keepdims=True)  # (2, 1)
print(X.sum(axis=1).shape, totals.shape)
shares = X / totals  # (2, 3) / (2, 1)
print(shares.round(3))
print(shares.sum(axis=1))

# %% blanks
row_means = X.mean(axis=1, keepdims=True)  # (2, 1)
print(X - row_means)

# %% all-pairs example="02.9"
A = np.array([[0.0, 0.0], [3.0, 4.0]])  # (2, 2) depots
B = np.array([[0.0, 0.0], [6.0, 8.0], [3.0, 0.0]])  # (3, 2) customers
D = A[:, None, :] - B[None, :, :]
print(D.shape)
print(np.sqrt((D**2).sum(axis=-1)))

# %% three-loops
W = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # (3, 2)
product = np.zeros((2, 2))
for i in range(2):  # parcel
    for j in range(2):  # recipe
        for k in range(3):  # measurement, the shared axis
            product[i, j] += X[i, k] * W[k, j]
print(product)
print("@ agrees:", np.array_equal(X @ W, product))

# %% shared-edge fold
fig, ax = stage(8.4, 6, 4)
words = {"fontsize": 12}
tiles(ax, X, 0.3, 2.4, "C0", [[0.45], [0.15]])
tiles(ax, W, 5.2, 6, "C1", [0.45, 0.15])
tiles(ax, product, 5.2, 2.4, "C2", [[0.45, 0.15], [0.15, 0.15]])
ax.text(1.8, 2.6, "k = 3", color="C0", ha="center", **words)
ax.text(5.0, 4.4, "k = 3", color="C1", ha="right", **words)
ax.text(3.4, 1.3, "m = 2", color="C0", **words)
ax.text(7.3, 4.4, "n = 2", color="C1", **words)
ax.text(7.3, 1.3, "(m, n)", color="C2", **words)
alt = (
    "A 2 × 3 grid at the left, a 3 × 2 grid above, and the 2 × 2 product "
    "in the corner between them. One row, one column and the entry where "
    "they meet are darker."
)
caption = (
    "Look at the dark row and column: their three products add up to the "
    "dark corner, and k is gone."
)
figure(fig, alt=alt, caption=caption)

# %% inner-sizes example="02.7"
print((np.ones((2, 3)) @ np.ones((3, 5))).shape)

# %% mismatch
wide = np.ones((2, 5))
for multiply in (np.dot, np.matmul):  # np.matmul is @
    try:
        multiply(X, wide)  # (2, 3) and (2, 5)
    except ValueError as error:
        print(str(error).split(", with")[0])
print((X.T @ wide).shape)  # (3, 2) @ (2, 5)

# %% layer
import torch

bias = np.array([0.5, -0.5])  # (2,)
outputs = X @ W + bias  # (2, 3) @ (3, 2) + (2,) -> (2, 2)
print(outputs)
inputs = torch.tensor(X)  # (2, 3)
by_torch = inputs @ torch.tensor(W) + torch.tensor(bias)  # (2, 2)
print("PyTorch agrees:", np.array_equal(by_torch, outputs))

# %% promotion example="02.8"
whole = np.array([1, 2, 3])  # (3,)
print(whole / 2)
print((whole * 1.0).dtype)

# %% defaults
print(whole.dtype, X.dtype, (X > 2).dtype)
print(torch.tensor([0.5]).dtype, inputs.float().dtype)
X32 = X.astype(np.float32)  # (2, 3)
print(X32.dtype, "bytes:", X.nbytes, X32.nbytes)
try:
    torch.tensor([1, 2, 3], requires_grad=True)
except RuntimeError as error:
    print(error)

# %% accidents example="02.12"
whole[0] = 2.7
print("(a)", whole)
print("(b)", np.array([200], np.uint8) + np.array([100], np.uint8))
f32 = np.float32
print("(c)", f32(16777216) + f32(1) == f32(16777216))
halves = np.array([1, 2, 3])  # (3,)
try:
    halves /= 2
    print("(d)", halves)
except TypeError:
    print("(d)", "TypeError")
print("(e)", np.array([7, -7]) // 2)
print("(f)", f32(0.1) + f32(0.2) == f32(0.3))  # in float32
print("(f)", 0.1 + 0.2 == 0.3)  # in float64

# %% column-error example="02.11"
y = np.array([1.0, 2.0, 3.0])  # (3,) target
p = np.array([[1.0], [2.0], [3.0]])  # (3, 1) prediction
print((p - y).shape, round(np.mean((p - y) ** 2), 3))
print(np.mean((p.reshape(-1) - y) ** 2))

# %% nine-differences fold
fig, ax = stage(7.6, 4.4, 3.4)
tiles(ax, p, 0.6, 3.1, "C0")
tiles(ax, y[None, :], 2.6, 4.3, "C2")
tiles(ax, p - y, 2.6, 3.1, "C1", 0.2)
for k in range(3):
    box = plt.Rectangle((2.6 + k, 2.1 - k), 0.92, 0.92, fill=False)
    box.set(edgecolor="black", linewidth=1.6)
    ax.add_patch(box)
ax.text(0.4, 1.5, "p", color="C0", ha="right", fontsize=12)
ax.text(2.4, 3.7, "y", color="C2", ha="right", fontsize=12)
ax.text(5.8, 1.5, "p − y", color="C1", fontsize=12)
alt = (
    "A column p of three numbers, a row y of the same numbers, and the "
    "3 × 3 table of all differences. Its diagonal of zeros is framed; the "
    "six other entries are 1, 2 or their negatives."
)
caption = (
    "Look at the framed diagonal: only these three differences were wanted."
)
figure(fig, alt=alt, caption=caption)

# %% strides
block = np.arange(6).reshape(2, 3)  # (2, 3) of 8 bytes each
print("strides:", block.strides, "transposed:", block.T.strides)
flat = block.T.reshape(-1)  # (6,)
print("transpose shares:", np.shares_memory(block, block.T))
print("its flat form shares:", np.shares_memory(block, flat))
column = np.ones((1000, 1))
print("stretched:", np.broadcast_to(column, (1000, 1000)).strides)
print("bytes:", column.nbytes, "result:", (column + column.T).nbytes)

# %% einsum
print(np.array_equal(np.einsum("bi,io->bo", X, W), X @ W))
print(np.array_equal(np.einsum("bi->i", X), X.sum(axis=0)))
print(np.array_equal(np.einsum("bi->ib", X), X.T))

# %% named-axes
x = np.ones((8, 12, 4))  # (batch, time, dim)
batch, time, dim = x.shape
summary = x.mean(axis=1)  # (batch, dim)
assert summary.shape == (batch, dim)
print(summary.shape)

# %% formats
for name in ("float64", "float32", "bfloat16", "float16"):
    info = torch.finfo(getattr(torch, name))
    bits = 1 - int(np.log2(info.eps))  # significant bits
    gap, largest = f"{info.eps:.2e}", f"{info.max:.5g}"
    print(name, info.bits // 8, "bytes", bits, "bits", gap, largest)
half, scale = np.ones(4, np.float32), np.float64(0.5)
scaled = half * scale
print((half * 0.5).dtype, scaled.dtype, (half + scaled).dtype)

# %% four-products
u, w = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])  # (3,)
print("dot", u @ w)
print("Hadamard", u * w)
print("outer", np.outer(u, w).tolist())
stretched = u[:, None] * w  # (3, 1) * (3,)
print("outer is a broadcast:", np.array_equal(np.outer(u, w), stretched))


# %% guard
def safe_mse(pred, target):
    one, other = np.shape(pred), np.shape(target)
    if one != other:
        raise ValueError(f"shapes {one} and {other} differ")
    return np.mean((pred - target) ** 2)


print(safe_mse(p.reshape(-1), y), safe_mse(p, p + 1), safe_mse(2.0, 5.0))
try:
    safe_mse(p, y)
except ValueError as error:
    print("ValueError:", error)


# %% own-rule
def broadcast_shape(one, other):
    result = []
    for i in range(1, max(len(one), len(other)) + 1):  # from the right
        m = one[-i] if i <= len(one) else 1
        n = other[-i] if i <= len(other) else 1
        if m != n and 1 not in (m, n):
            raise ValueError(f"{one} and {other} do not fit")
        result.insert(0, n if m == 1 else m)
    return tuple(result)


extra = [((), (4, 2)), ((0, 3), (1, 3)), ((2,), (3,))]
for one, other in [*pairs, *extra]:
    try:
        ours = broadcast_shape(one, other)
        print(ours, ours == np.broadcast_shapes(one, other))
    except ValueError as error:
        print(error)

# %% channels-first
image = np.arange(24).reshape(2, 4, 3)  # (height, width, colour)
moved = image.transpose(2, 0, 1)  # (colour, height, width)
scrambled = image.reshape(3, 2, 4)
print(moved.shape, scrambled.shape)
red = image[:, :, 0]  # (2, 4)
print(np.array_equal(moved[0], red), np.array_equal(scrambled[0], red))

# %% whole-layer
batch = np.ones((32, 8, 8, 3))  # (batch, height, width, colour)
flat = batch.reshape(32, -1)
weights, bias = np.ones((flat.shape[1], 10)), np.ones(10)
outputs = flat @ weights + bias
print(flat.shape, weights.shape, bias.shape, outputs.shape)
print("each output:", outputs[0, 0])

# %% square-table
square = np.array([[1.0, 2.0, 6.0], [4.0, 5.0, 9.0], [7.0, 8.0, 3.0]])
wrong = square - square.mean(axis=1)  # (3, 3) - (3,)
right = square - square.mean(axis=1, keepdims=True)  # (3, 3) - (3, 1)
print("row means, wrong:", wrong.mean(axis=1))
print("row means, right:", right.mean(axis=1))
