"""Chapter 23: what a matrix does to the vectors that it multiplies."""

# %% turn example="23.1"
import numpy as np

R = np.array([[0.0, -1.0], [1.0, 0.0]])  # (2, 2) a quarter turn
print((R @ np.array([1.0, 0.0])).round(3))

# %% columns
A = np.array([[2.0, 1.0], [1.0, 2.0]])  # (2, 2)
x = np.array([3.0, 1.0])  # (2,)
print(A @ x, 3 * A[:, 0] + 1 * A[:, 1])
rng = np.random.default_rng(0)
y, z = rng.normal(size=(2, 2, 1000))  # each (2, 1000): a thousand arrows
print("kept:", np.allclose(A @ (y + 5 * z), A @ y + 5 * (A @ z)))

# %% panels fold
import matplotlib.pyplot as plt
from groundup.book import figure

S = np.array([[1.0, 1.0], [0.0, 1.0]])  # (2, 2) a shear
flat = np.array([[0.8, 0.4], [0.4, 0.2]])  # (2, 2) projects on the line of (2, 1)
machines = {"turn": R, "shear": S, "projection": flat, "scaling": np.diag([1.8, 0.5])}
corners = np.array([[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0]])  # (2, 4)
fig, axes = plt.subplots(2, 2, figsize=(6, 3.8), sharex=True, sharey=True)
for ax, (name, machine) in zip(axes.flat, machines.items()):
    p, q = machine @ corners  # each (4,)
    area = abs(p @ np.roll(q, -1) - q @ np.roll(p, -1)) / 2
    print(f"{name}: area {area:.1f}, |det| {abs(np.linalg.det(machine)):.1f}")
    ax.plot(*np.c_[corners, corners[:, :1]], color="black", alpha=0.35, linestyle=":")
    ax.fill(p, q, color="C0", alpha=0.25, linewidth=4 * (area < 0.1))
    for tip, colour in zip(machine.T, ["C1", "C2"]):
        ax.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2})
    ax.set_title(f"{name}: |det| = {area:.1f}", fontsize=10)
    ax.set(xlim=(-1.2, 2.2), ylim=(-0.2, 1.2), aspect="equal", xticks=[-1, 0, 1, 2], yticks=[0, 1])
alt = "Images of a dotted unit square: a turned square, a parallelogram of equal area, a bare line, a flat rectangle."
caption = "The arrows are the columns, orange the first; they are two sides of the square's image."
figure(fig, alt=alt, caption=caption)

# %% order
e1 = np.array([1.0, 0.0])
print("S R:", (S @ R) @ e1, "turn, shear:", S @ (R @ e1))
print("R S:", (R @ S) @ e1, "shear, turn:", R @ (S @ e1))

# %% undo
print("turned back:", R.T @ (R @ x), np.allclose(R.T @ R, np.eye(2)))
lengths = np.linalg.norm(y, axis=0)  # (1000,)
print("lengths kept:", np.allclose(np.linalg.norm(R @ y, axis=0), lengths))
print("what became (7, 5):", np.linalg.solve(A, np.array([7.0, 5.0])))

# %% dot example="23.7"
a, b = np.array([1.0, 2.0, 2.0]), np.array([2.0, 0.0, 1.0])  # (3,)
cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
print(a @ b)
print(f"{cosine:.4f}")
print(f"{np.degrees(np.arccos(cosine)):.1f}")

# %% shadow
shadow = (a @ b) / (b @ b) * b  # (3,) the projection of a on b
rest = a - shadow
print(shadow.round(1), rest.round(1))
print("perpendicular:", np.isclose(rest @ b, 0))
lengths = np.linalg.norm(shadow), np.linalg.norm(b)
print("shadow times |b|:", round(lengths[0] * lengths[1], 3))
print("signs:", a @ b, a @ np.array([2.0, -1.0, 0.0]), a @ -b)

# %% shadow-arrows fold
across, up = np.linalg.norm(shadow), np.linalg.norm(rest)  # a, seen in the plane of a and b
fig, ax = plt.subplots(figsize=(6, 2.8))
tips = {"a": ((across, up), "C0"), "b": ((np.linalg.norm(b), 0), "C1")}
for name, (tip, colour) in tips.items():
    ax.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2})
    ax.text(tip[0] + 0.05, tip[1] - 0.05, name, color=colour, fontsize=12)
ax.plot([0, across], [-0.1, -0.1], color="C2", linewidth=4, alpha=0.8, solid_capstyle="butt")
ax.plot([across, across], [0, up], color="black", alpha=0.5, linestyle=":")
ax.text(0.5, -0.45, "shadow of a", color="C2")
ax.text(across + 0.06, 1.1, "what the shadow leaves over", color="black")
ax.text(0.28, 0.12, "53.4°", color="black", fontsize=9)
ax.set(xlim=(-0.1, 4.6), ylim=(-0.6, 2.6), aspect="equal")
alt = "Two arrows from one point, b flat and a rising at 53 degrees. A dotted line drops from the tip of a onto b "
alt += "and cuts off a thick piece, the shadow."
caption = "Look at the foot of the dotted line: a right angle with b."
figure(fig, alt=alt, caption=caption)

# %% norms example="23.2"
v = np.array([3.0, 4.0])  # (2,)
print(np.linalg.norm(v))
print(np.linalg.norm(v, 1))

# %% norm-order
vectors = rng.normal(size=(10_000, 5))  # (10000, 5)
l1, l2, largest = (np.linalg.norm(vectors, order, axis=1) for order in (1, 2, np.inf))
print("max norm <= L2 <= L1:", np.all(largest <= l2), np.all(l2 <= l1))
print("L1 <= root of 5 times L2:", np.all(l1 <= np.sqrt(5) * l2))

# %% rank example="23.3"
M = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 1.0, 1.0]])  # (3, 3)
print(np.linalg.matrix_rank(M))

# %% null
print("swallowed:", M @ np.array([1.0, -2.0, 1.0]))
outputs = M @ rng.normal(size=(3, 1000))  # (3, 1000)
print("second entry twice the first:", np.allclose(outputs[1], 2 * outputs[0]))
ranks = [int(np.linalg.matrix_rank(table)) for table in (M.T, outputs)]
print("ranks of transpose, outputs:", ranks)

# %% layers
first = np.outer([1.0, 2.0, 0.0], [1.0, 2.0, 3.0])  # (3, 3)
second = np.outer([0.0, 0.0, 1.0], [1.0, 1.0, 1.0])  # (3, 3)
print(first)
print("its rank:", np.linalg.matrix_rank(first))
print("sum is M:", np.array_equal(first + second, M))

# %% sparse
for table in (np.eye(200), np.ones((200, 200))):
    rank = np.linalg.matrix_rank(table)
    print("non-zero:", np.count_nonzero(table), "rank:", rank)

# %% solver example="23.4"
values, vectors = np.linalg.eig(A)  # (2,) and (2, 2): one eigenvector a column
v = vectors[:, 0]
print(np.sort(values))
print((A @ v).round(3))
print((values[0] * v).round(3))

# %% complex
stack = rng.normal(size=(1000, 2, 2))  # a thousand random matrices
symmetric = stack + stack.transpose(0, 2, 1)
for name, batch in {"general": stack, "symmetric": symmetric}.items():
    found = np.linalg.eigvals(batch)  # (1000, 2)
    share = np.mean(np.iscomplex(found).any(axis=1))
    print(f"complex share, {name}: {share}")
values, Q = np.linalg.eigh(symmetric)  # (1000, 2) and (1000, 2, 2)
Qt = Q.transpose(0, 2, 1)
print("perpendicular:", np.allclose(Qt @ Q, np.eye(2)))
print("rebuilt:", np.allclose(Q * values[:, None] @ Qt, symmetric))

# %% power example="23.9"
v = np.array([1.0, 0.0])
for step in range(1, 11):
    v = A @ v
    v = v / np.linalg.norm(v)
    if step in (1, 2, 3, 5, 10):
        print(f"{v @ A @ v:.6f}")

# %% swing fold
fig, ax = plt.subplots(figsize=(6, 3.6))
ax.plot([0, 0.95], [0, 0.95], color="black", alpha=0.3, linestyle=":")
ax.text(0.97, 0.93, "direction (1, 1)", color="black")
v = np.array([1.0, 0.0])
for step in range(4):
    ax.annotate("", v, (0, 0), arrowprops={"arrowstyle": "->", "color": f"C{step}", "linewidth": 2})
    name = "start" if step == 0 else f"step {step}"
    ax.text(*(1.03 * v - np.array([0, 0.02 + 0.02 * (step == 2)])), name, color=f"C{step}")
    v = A @ v / np.linalg.norm(A @ v)
ax.set(xlim=(-0.05, 1.6), ylim=(-0.08, 1.02), aspect="equal")
alt = "Four arrows of length 1 from the origin: the start lies flat, step 1 has turned most of the way to the "
alt += "dotted diagonal, steps 2 and 3 close in on it."
caption = "Compare the angles to the dotted line: soon each is a third of the one before."
figure(fig, alt=alt, caption=caption)

# %% gaps
v, gaps = np.array([1.0, 0.0]), []
for _ in range(6):
    v = A @ v / np.linalg.norm(A @ v)
    gaps.append(3 - v @ A @ v)
gaps = np.array(gaps)  # (6,)
print("gap over the gap before:", (gaps[1:] / gaps[:-1]).round(4))
print("by formula:", round((1 / 3) ** 2, 4))

# %% circle fold
t = np.linspace(0, 2 * np.pi, 3601)
circle = np.array([np.cos(t), np.sin(t)])  # (2, 3601)
oval = S @ circle
reach = np.linalg.norm(oval, axis=0)  # (3601,)
print(f"longest {reach.max():.3f} shortest {reach.min():.3f}")
U, sigma, Vt = np.linalg.svd(S)
flip = np.sign(U[0])  # draw both half-axes to the right
fig, axes = plt.subplots(1, 2, figsize=(6, 3.2), sharex=True, sharey=True)
for ax, curve, pair, marks in zip(axes, (circle, oval), (Vt.T * flip, U * sigma * flip), ("v", "σu")):
    ax.plot(*curve[:, ::20], color="black", alpha=0.35)
    for k, colour in enumerate(["C0", "C1"]):
        ax.annotate("", pair[:, k], (0, 0), arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2})
        name = f"{marks}{'₁₂'[k]}" if marks == "v" else f"σ{'₁₂'[k]}u{'₁₂'[k]}"
        ax.text(*(pair[:, k] * 1.08 + np.array([0.03, -0.05])), name, color=colour, fontsize=11)
    ax.set(xlim=(-1.7, 2.2), ylim=(-1.35, 1.35), aspect="equal")
axes[0].set_title("before the shear: a circle", fontsize=10)
axes[1].set_title("after it: an ellipse", fontsize=10)
alt = "A circle with perpendicular arrows v1 and v2; a slanted ellipse with its long and its short half-axis."
caption = "Follow each colour: the right angle stays one, the lengths change."
figure(fig, alt=alt, caption=caption)

# %% eigen-or-singular example="23.10"
for name, machine in {"R": R, "shear": S}.items():
    print(name, np.linalg.eigvals(machine), np.linalg.svd(machine)[1].round(3))

# %% svd example="23.5"
U, sigma, Vt = np.linalg.svd(M)  # (3, 3), (3,), (3, 3)
print(sigma.round(3))
layer = sigma[0] * np.outer(U[:, 0], Vt[0])  # (3, 3)
print(f"{np.linalg.norm(M - layer):.3f}")

# %% energy example="23.6"
squares = sigma**2  # (3,)
print(f"{squares.sum():.4f} {squares[0] / squares.sum():.4f}")
print(f"{(M**2).sum():.4f}")

# %% best
u, v = rng.normal(size=(2, 200_000, 3))  # each (200000, 3)
u, v = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (u, v))
scale = (u @ M * v).sum(axis=1)  # (200000,) the best factor of each pair
errors = np.sqrt((M**2).sum() - scale**2)
print("below the second singular value:", np.sum(errors < sigma[1]))
print(f"closest {errors.min():.2f}, singular value {sigma[1]:.2f}")
rivals = scale[:9999, None, None] * u[:9999, :, None] * v[:9999, None]  # (9999, 3, 3)
print("in the spectral norm:", np.sum(np.linalg.norm(M - rivals, 2, axis=(1, 2)) < sigma[1]))

# %% image fold
from matplotlib.colors import LinearSegmentedColormap

row, column = np.mgrid[0:64, 0:64]
stripes = 70 * ((7 * row + 2 * column) // 47 % 2)  # slightly slanted
disc = 130 * ((row - 34) ** 2 + (column - 30) ** 2 < 21**2)
picture = (20 + stripes + disc).astype(np.uint8)  # (64, 64), whole numbers from 0 to 255
U, sigma, Vt = np.linalg.svd(picture.astype(float))
ink = LinearSegmentedColormap.from_list("ink", [(0, 0.447, 0.698, 0), (0, 0.447, 0.698, 1)])
fig, axes = plt.subplot_mosaic([[1, 2, 5, 20], ["curve"] * 4], figsize=(6, 4), height_ratios=[1.1, 1])
for k in (1, 2, 5, 20):
    kept = U[:, :k] * sigma[:k] @ Vt[:k]  # (64, 64)
    built, predicted = np.linalg.norm(picture - kept), np.sqrt((sigma[k:] ** 2).sum())
    print(f"rank {k}: built {built:.1f}, predicted {predicted:.1f}")
    axes[k].imshow(kept, cmap=ink, vmin=0, vmax=230, interpolation="none")
    axes[k].set_title(f"rank {k}", fontsize=10)
    axes[k].set_axis_off()
axes["curve"].semilogy(np.arange(1, 31), sigma[:30], "o-", color="C0", markersize=4)
axes["curve"].set(xlabel="index", ylabel="σ, log scale")
alt = "One picture from a soft square to a sharp disc on slanted stripes; below it, singular values that fall."
caption = "Compare the pictures of rank 5 and 20: what fell away is detail."
figure(fig, alt=alt, caption=caption)

# %% storage example="23.11"
users, items, k = 1_000_000, 50_000, 64
full, factors = users * items, k * (users + items)
print(full)
print(factors)
print(round(full / factors))

# %% blanks
U, sigma, Vt = np.linalg.svd(A)
A_1 = sigma[0] * np.outer(U[:, 0], Vt[0])  # (2, 2)
print(A_1.round(3), sigma.round(3))
print(f"error {np.linalg.norm(A - A_1):.3f}")

# %% pca example="23.8"
X = np.array([[2.5, 2.4], [0.5, 0.7], [2.2, 2.9], [1.9, 2.2], [3.1, 3.0]])  # (5, 2)
C = X - X.mean(axis=0)  # (5, 2) centred
values, vectors = np.linalg.eigh(C.T @ C / 4)  # symmetric: smallest first
_, sigma, Vt = np.linalg.svd(C, full_matrices=False)  # no more u's than columns
print(values[::-1].round(4), (sigma**2 / 4).round(4))
print(f"{values[-1] / values.sum():.4f}")
print(np.abs(vectors[:, -1]).round(4), np.abs(Vt[0]).round(4))


# %% centre
def first_axis(table):
    return np.abs(np.linalg.svd(table, full_matrices=False)[2][0]).round(3)


moved = X + np.array([0.0, 50.0])  # (5, 2) the same cloud, farther up
middle = moved.mean(axis=0)  # (2,)
print("mean:", (middle / np.linalg.norm(middle)).round(3))
print("as it is:", first_axis(moved))
print("centred:", first_axis(moved - middle))

# %% scaled
in_metres = C * np.array([1000.0, 1.0])  # (5, 2) the first column times 1000
print("first column times 1000:", first_axis(in_metres))
print("standardised:", first_axis(in_metres / in_metres.std(axis=0)))

# %% noise example="23.12"
noisy = M + 1e-10 * np.eye(3)  # (3, 3)
print(np.linalg.matrix_rank(noisy))
print(np.linalg.matrix_rank(noisy, tol=1e-8))

# %% look-alikes
print("A * A:", (A * A).tolist(), "A @ A:", (A @ A).tolist())
print("Frobenius:", round(np.linalg.norm(M), 3), "spectral:", round(np.linalg.norm(M, 2), 3))
slanted = np.array([[1.0, 3.0], [1.0, -3.0]])  # (2, 2) columns perpendicular, not of length 1
print("unit columns:", np.allclose(slanted.T @ slanted, np.eye(2)))
print("dot, dot with 10 b:", a @ b, a @ (10 * b))

# %% least-squares
design = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])  # (3, 2)
target = np.array([1.0, 2.0, 2.0])  # (3,)
U, sigma, Vt = np.linalg.svd(design, full_matrices=False)
pseudo = Vt.T / sigma @ U.T  # (2, 3) the pseudo-inverse
fitted = design @ (pseudo @ target)  # (3,) the shadow of the target
print("residual on both columns:", np.allclose(design.T @ (target - fitted), 0))
print("lstsq agrees:", np.allclose(np.linalg.lstsq(design, target, rcond=None)[0], pseudo @ target))
print("pinv agrees:", np.allclose(np.linalg.pinv(design), pseudo))

# %% condition
i = np.arange(8.0)
hard = 1 / (i[:, None] + i + 1)  # (8, 8) nearly dependent columns
right = hard @ np.ones(8)  # (8,)
misses = [np.linalg.norm(hard @ w - right) for w in (np.linalg.solve(hard, right), np.linalg.inv(hard) @ right)]
print("inverse misses by over 1000 times as much:", misses[1] > 1000 * misses[0])
print("inverting is solving for I:", np.allclose(np.linalg.inv(A), np.linalg.solve(A, np.eye(2))))
wrong, true = np.linalg.solve(A, [1.0, -1.0]), np.linalg.solve(A, [1.0, 1.0])
grown = np.linalg.norm(wrong) / np.linalg.norm(true)  # the two right sides are equally long
print(f"error on A grows by {grown:.1f}, condition number {np.linalg.cond(A):.1f}")
near = np.array([[1.0, 1.0], [1.0, 1.001], [1.0, 0.999]])  # (3, 2)
print(f"condition number {np.linalg.cond(near):.0f}, squared {np.linalg.cond(near) ** 2:.0f}")
print(f"of the normal equation {np.linalg.cond(near.T @ near):.0f}")

# %% two-checks
batch = rng.normal(size=(1000, 4, 4))  # a thousand random matrices
found = np.linalg.eigvals(batch)  # (1000, 4)
print("sum:", np.allclose(found.sum(axis=1), np.trace(batch, axis1=1, axis2=2)))
print("product:", np.allclose(found.prod(axis=1), np.linalg.det(batch)))
print("determinant of a mirror:", np.linalg.det(np.diag([1.0, -1.0])))
dots = rng.uniform(-6, 6, size=(2, 200_000))  # which of them have a source in the square?
inside = np.all(np.abs(np.linalg.solve(A, dots) - 0.5) < 0.5, axis=0)
print(f"area of the image, by darts {144 * inside.mean():.1f}, by det {np.linalg.det(A):.1f}")

# %% never-negative
tables = rng.normal(size=(1000, 5, 3))  # a thousand tables
products = tables.transpose(0, 2, 1) @ tables  # (1000, 3, 3)
arrow = rng.normal(size=3)
print("smallest eigenvalue above 0:", np.linalg.eigvalsh(products).min() > 0)
lengths = np.linalg.norm(tables @ arrow, axis=1) ** 2
print("it is a squared length:", np.allclose(arrow @ products @ arrow, lengths))

# %% batches
Q, K = rng.normal(size=(2, 8, 5, 4))  # each (batch, position, dim)
scores = Q @ K.transpose(0, 2, 1)  # (8, 5, 5)
print(scores.shape, np.allclose(scores, np.einsum("bnd,bmd->bnm", Q, K)))

# %% randomised
left, right = rng.normal(size=(2000, 10)), rng.normal(size=(10, 500))
large = left @ right + 0.01 * rng.normal(size=(2000, 500))  # (2000, 500) rank 10 and noise
sketch = large @ rng.normal(size=(500, 20))  # (2000, 20) random mixes of the columns
basis, _ = np.linalg.qr(sketch)  # (2000, 20) perpendicular unit columns
small = np.linalg.svd(basis.T @ large, compute_uv=False)  # an SVD of (20, 500)
exact = np.linalg.svd(large, compute_uv=False)  # of (2000, 500)
print("ten values within 0.01 %:", np.allclose(small[:10], exact[:10], rtol=1e-4))
print("next one, compared with the tenth:", round(exact[10] / exact[9], 3))

# %% pages
links = np.array([[0, 0, 1], [0.5, 0, 0], [0.5, 1, 0]])  # (3, 3) each page shares its vote
share = np.full(3, 1 / 3)
for _ in range(100):
    share = links @ share
values, vectors = np.linalg.eig(links)
v = np.abs(vectors[:, np.abs(values).argmax()])
print(share.round(3), np.allclose(share, v / v.sum()))
for size in (0.9, 1.0, 1.1):
    end = np.linalg.matrix_power(size * R, 100) @ x
    print(f"|eigenvalue| {size}: length after 100 steps {np.linalg.norm(end):.4g}")


# %% solution-loops
def matvec(A, x):
    if any(len(row) != len(x) for row in A):
        raise ValueError("each row needs as many entries as x")
    return [sum(entry * factor for entry, factor in zip(row, x)) for row in A]


def matmul(A, B):
    return [matvec(list(zip(*B)), row) for row in A]  # row i of AB is Bᵀ times row i of A


F, G = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
print("agrees:", np.allclose(matmul(F, G), F @ G))
try:
    matmul(G, F)
except ValueError as error:
    print("G F:", error)

# %% solution-by-eye
tables = [[[1, 2], [2, 4]], [[1, 0, 1], [0, 1, 1]], [[1, 1, 1], [1, 2, 3], [2, 3, 4]]]
lost = [[2, -1], [1, 1, -1], [1, -2, 1]]
for table, arrow in zip(tables, lost):
    print("rank", np.linalg.matrix_rank(table), "swallows", arrow, "->", np.array(table) @ arrow)


# %% solution-power
def power_iteration(A, n, rng):
    v = rng.normal(size=len(A))  # a random start
    for _ in range(n):
        v = v / np.linalg.norm(v)
        if not (A @ v).any():
            return 0.0, v
        v = A @ v
    v = v / np.linalg.norm(v)
    return v @ A @ v, v


for name, machine in {"A": A, "-A": -A, "zero": 0 * A}.items():
    value, v = power_iteration(machine, 50, np.random.default_rng(0))
    print(name, round(value, 3), "keeps its line:", np.allclose(machine @ v, value * v))
v = np.array([1.0, -1.0])  # perpendicular to the answer
for _ in range(50):
    v = A @ v
print("from (1, -1):", v, "quotient", v @ A @ v / (v @ v))


# %% solution-truncate
def rank_k(M, k):
    U, sigma, Vt = np.linalg.svd(M, full_matrices=False)
    return U[:, :k] * sigma[:k] @ Vt[:k]


def numerical_rank(M, tol):
    sigma = np.linalg.svd(M, compute_uv=False)
    return int(np.sum(sigma > tol * sigma[0]))


for shape in ((6, 3), (3, 6)):
    F = rng.normal(size=shape)
    sigma = np.linalg.svd(F, compute_uv=False)
    misses = [np.linalg.norm(F - rank_k(F, k)) for k in (0, 1, 2, 3, 9)]
    print(shape, np.allclose(misses, [np.sqrt((sigma[k:] ** 2).sum()) for k in (0, 1, 2, 3, 9)]))
print("rank of the noisy M:", numerical_rank(noisy, 1e-13), numerical_rank(noisy, 1e-9))

# %% solution-pictures
pictures = {
    "bands": np.cos(row / 3),
    "slanted waves": np.cos((row + column) / 3),
    "slanted bands": np.sign(np.cos((row + column) / 3)),
    "noise": np.random.default_rng(0).normal(size=(64, 64)),
}
for name, table in pictures.items():
    sigma = np.linalg.svd(table, compute_uv=False)
    print(name, "share lost at rank 5:", round((sigma[5:] ** 2).sum() / (sigma**2).sum(), 3))
