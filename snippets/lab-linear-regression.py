"""Lab: least squares in four ways, then a ladder to small networks."""

# %% rows example="LR.1"
import numpy as np

x = np.array([1.0, 2.0, 3.0, 4.0, 5.0])  # (5,) hundreds of tokens
y = np.array([118.0, 141.0, 162.0, 181.0, 198.0])  # (5,) ms
print(len(x))
print((int(x.min()), int(x.max())))
print((int(y.min()), int(y.max())))

# %% candidate example="LR.2"
b, m = 100.0, 20.0
yhat = b + m * x  # (5,)
residual = y - yhat
print(yhat.astype(int))
print(residual.astype(int))
mse_line = np.mean(residual**2)
mse_mean = np.mean((y - y.mean()) ** 2)
print(round(mse_line, 1))
print(round(mse_mean, 1))
print(round(1 - mse_line / mse_mean, 4))

# %% paper
deviation = y - y.mean()
print("squared residuals:", (residual**2).astype(int))
print("SSE:", int((residual**2).sum()))
print("mean of y:", int(y.mean()))
print("squared deviations:", (deviation**2).astype(int))
print("SST:", int((deviation**2).sum()))

# %% draw-tiles hide
import matplotlib.pyplot as plt
from groundup.book import figure


def draw_tiles():
    fig, (ax, tiles) = plt.subplots(2, 1, figsize=(6, 4.6), height_ratios=(4, 5), layout="constrained")
    ax.plot(x, yhat, color="C0")
    ax.plot(x, y, "o", color="black", markersize=4)
    ax.text(3.4, 150, "100 + 20x", color="C0")
    ax.set(ylabel="response time, ms", xticks=x)
    for i, r in enumerate([*residual, np.sqrt(mse_line)]):
        colour, label = ("C1", f"{r:+.0f}".replace("-", "−")) if i < 5 else ("C2", f"average area {mse_line:.1f}")
        tiles.add_patch(plt.Rectangle((3 * i, min(r, 0)), abs(r), abs(r), color=colour, alpha=0.45))
        tiles.plot([3 * i, 3 * i], [0, r], color=colour, linewidth=4, solid_capstyle="butt")
        tiles.text(3 * i, 1.2 * r, label, color=colour, va="bottom" if r > 0 else "top", ha="center")
    tiles.axhline(0, color="black", linewidth=1)
    tiles.set(xlim=(-1, 17.5), ylim=(-3.2, 3.4), aspect="equal", xticks=range(0, 15, 3), xticklabels=[1, 2, 3, 4, 5])
    tiles.set(xlabel="x, hundreds of tokens", ylabel="residual, ms")
    alt = (
        "Above: five points almost on a line. Below: a bar for each residual, "
        "its square as a tile, and an average tile."
    )
    caption = "Look at the lower panel: a residual twice as long makes a tile four times as large."
    figure(fig, alt=alt, caption=caption)


# %% tiles fold
draw_tiles()

# %% cancel
two = np.array([10.0, -10.0])  # ms, one too slow and one too fast
print("average residual:", two.mean())
print("MSE:", np.mean(two**2))

# %% row example="LR.3"
w = np.array([100.0, 20.0])  # (2,) weights b and m
print(np.array([1.0, 3.0]) @ w)
print(np.array([1.0, 6.0]) @ w)

# %% design
X = np.column_stack([np.ones(5), x])  # (5, 2)
print(X.shape)
print(X)
print("same predictions:", np.allclose(X @ w, yhat))


# %% intercept example="LR.4"
def mse(A, w, y):
    return np.mean((y - A @ w) ** 2)


for name, A in (("with ones:", X), ("x alone:", x[:, None])):
    fit = np.linalg.lstsq(A, y, rcond=None)[0]
    print(name, fit.round(2), round(mse(A, fit, y), 2))


# %% draw-origin hide
def draw_origin():
    fig, ax = plt.subplots(figsize=(6, 2.9))
    ends = np.array([0.0, 5.3])
    ax.plot(x, y, "o", color="black")
    ax.plot(ends, 100 + 20 * ends, color="C0")
    ax.plot(ends, fit[0] * ends, color="C1")
    ax.axhline(y.mean(), color="C5", linestyle="--")
    ax.text(0.05, 137, "with a column of ones", color="C0")
    ax.text(0.75, 12, "x alone: tied to the origin", color="C1")
    ax.text(0.1, 167, "mean baseline", color="C5")
    ax.set(xlabel="x, hundreds of tokens", ylabel="response time, ms", xlim=(0, 5.3), ylim=(0, 255))
    alt = (
        "Five points. One line runs through them; a second starts at the origin, "
        "is far too low on the left and too high on the right."
    )
    caption = "Compare orange with dashed: tied to the origin, a sloping line misses by more than the mean does."
    figure(fig, alt=alt, caption=caption)


# %% origin fold
draw_origin()

# %% sums
print(X.T @ X)
print(X.T @ y)

# %% normal example="LR.5"
w = np.linalg.solve(X.T @ X, X.T @ y)  # (2,)
residual = y - X @ w
print(w.round(2))
print(residual.round(2))
print(round(mse(X, w, y), 2))
print(round(y.var(), 2))  # the mean baseline's MSE
print(round(1 - mse(X, w, y) / y.var(), 4))

# %% perpendicular
print("sum of residuals is 0:", abs(residual.sum()) < 1e-9)
print("residuals times x is 0:", abs(residual @ x) < 1e-9)

# %% lstsq example="LR.6"
w_lstsq, _, rank, s = np.linalg.lstsq(X, y, rcond=None)
print(w_lstsq.round(2))
print(rank, X.shape[1])
print(round(mse(X, w_lstsq, y), 2))
print(s.round(2))

# %% redundant example="LR.7"
A = np.column_stack([X, 2 * x])  # (5, 3), the last column in fifties
try:
    np.linalg.solve(A.T @ A, A.T @ y)
except np.linalg.LinAlgError:
    print("singular")
w3, _, rank, _ = np.linalg.lstsq(A, y, rcond=None)
print(rank, A.shape[1])
print(w3.round(2))
print(round(mse(A, w3, y), 2))


# %% draw-shortest hide
def draw_shortest():
    fig, ax = plt.subplots(figsize=(6, 3.4))
    slope = np.array([-4.0, 24.0])
    ax.plot(slope, (20 - slope) / 2, color="C0")
    circle = np.linspace(0, 2 * np.pi, 200)
    radius = np.hypot(w3[1], w3[2])
    ax.plot(radius * np.cos(circle), radius * np.sin(circle), color="C5", linestyle=":")
    for i, j, name in ((20, 0, "(20, 0)"), (0, 10, "(0, 10)"), (w3[1], w3[2], "(4, 8), the shortest")):
        ax.plot(i, j, "o", color="C1")
        ax.text(i + 0.8, j + 0.6, name, color="C1")
    ax.annotate("", w3[1:], (0, 0), arrowprops={"arrowstyle": "->", "color": "C1", "linewidth": 2})
    ax.text(12.2, 4.4, "each pair on this line\nfits equally well", color="C0")
    ax.set(xlabel="weight of x", ylabel="weight of 2x", xlim=(-10, 26), ylim=(-10, 13), aspect="equal")
    alt = (
        "A falling straight line of weight pairs. An arrow from the origin meets it "
        "at a right angle at (4, 8), where a circle touches the line."
    )
    caption = "Look where the circle touches the line: of all pairs that fit, (4, 8) lies nearest to the origin."
    figure(fig, alt=alt, caption=caption)


# %% shortest fold
draw_shortest()

# %% junk
furthest = 0.0
for factor in np.arange(1, 20) / 10:
    A = np.column_stack([X, factor * x])  # (5, 3)
    try:
        found = np.linalg.solve(A.T @ A, A.T @ y)
    except np.linalg.LinAlgError:
        continue
    best = np.linalg.lstsq(A, y, rcond=None)[0]
    furthest = max(furthest, np.abs(found - best).max())
print("no error, yet weights off by more than 1:", furthest > 1)

# %% near example="LR.16"
nudge = np.array([0.001, -0.001, 0.0, 0.001, -0.001])
N = np.column_stack([X, x + nudge])  # (5, 3)
y_up = y + np.array([1.0, 0.0, 0.0, 0.0, 0.0])
w_near, _, rank, s = np.linalg.lstsq(N, y, rcond=None)
w_up = np.linalg.lstsq(N, y_up, rcond=None)[0]
print(w_near.round(2) + 0.0)  # + 0.0 turns a -0. into 0.
print(w_up.round(2) + 0.0)

# %% warning
print("rank:", rank, "of", N.shape[1])
print("smallest singular value:", round(s.min(), 5))
print("condition number:", round(s.max() / s.min()))
moved = np.abs(N @ w_up - N @ w_near).max()
print("largest move of a prediction, ms:", round(moved, 2))

# %% routes
twin = np.column_stack([X, x + 1e-6 * np.array([1, -1, 0, 1, -1])])
target = twin @ np.array([100.0, 10.0, 10.0])  # so these weights fit
G, g = twin.T @ twin, twin.T @ target
results = {
    "inverse": np.linalg.inv(G) @ g,
    "solve": np.linalg.solve(G, g),
    "lstsq": np.linalg.lstsq(twin, target, rcond=None)[0],
}
for name, found in results.items():
    off = np.abs(found - [100, 10, 10]).max()
    print(f"{name}: right to 6 decimals: {off < 1e-6}")

# %% errors
error = X @ np.zeros(2) - y  # (5,) prediction minus target
print("errors:", error.astype(int))
print("sum:", error.sum())
print("x-weighted sum:", x @ error)


# %% first-step example="LR.8"
def gradient(w, y):
    return 2 / 5 * X.T @ (X @ w - y)  # (2,)


w = np.zeros(2)
step = w - 0.05 * gradient(w, y)
print(gradient(w, y))
print(step)
print(round(mse(X, w, y), 1))
print(round(mse(X, step, y), 1))

# %% wrong-sign
for name, e in (("error", X @ w - y), ("residual", y - X @ w)):
    moved = w - 0.05 * 2 / 5 * X.T @ e
    print(f"MSE after a step with the {name}: {mse(X, moved, y):.1f}")

# %% descend example="LR.9"
w = np.zeros(2)
for k in range(1, 1001):
    w = w - 0.05 * gradient(w, y)
    if k in (1, 100, 1000):
        print(k, round(mse(X, w, y), 2), w.round(2))

# %% library example="LR.12"
from sklearn.linear_model import LinearRegression  # needs scikit-learn

model = LinearRegression().fit(x[:, None], y)  # x as a column, (5, 1)
print(round(model.intercept_, 2))
print(model.coef_.round(2))
mse_model = np.mean((y - model.predict(x[:, None])) ** 2)
print(round(mse_model, 2))
print(round(model.score(x[:, None], y), 4))

# %% agree
routes = {
    "solve": np.linalg.solve(X.T @ X, X.T @ y),
    "lstsq": w_lstsq,
    "descent": w,
    "scikit-learn": np.append(model.intercept_, model.coef_),
}
for name, found in routes.items():
    print(name, np.allclose(found, [100, 20], atol=1e-4))

# %% diverge example="LR.10"
w, seen = np.zeros(2), []
for _ in range(5):
    seen.append(round(float(mse(X, w, y)), 1))
    w = w - 0.2 * gradient(w, y)
print(seen)
print(seen[-1] > seen[0])
stretch = np.linalg.eigvalsh(2 / 5 * X.T @ X)  # (2,)
print(stretch.round(3))
print(round(2 / stretch.max(), 4))
s = np.linalg.svd(X, compute_uv=False)  # (2,) singular values
print("from singular values:", (2 / 5 * s**2).round(3))


# %% draw-contours hide
def draw_contours():
    fig, axes = plt.subplots(1, 2, figsize=(6, 3.4), layout="constrained")
    frames = ((-20, 130, -10, 75), (-190, 190, -620, 280))
    for ax, rate, steps, frame, colour in zip(axes, (0.05, 0.2), (200, 2), frames, ("C0", "C1")):
        B, M = np.meshgrid(np.linspace(*frame[:2], 120), np.linspace(*frame[2:], 120))
        bowl = sum((B + M * v - t) ** 2 for v, t in zip(x, y)) / 5
        ax.contour(B, M, np.sqrt(bowl), levels=9, colors="C5", linewidths=0.8)
        path = [np.zeros(2)]
        for _ in range(steps):
            path.append(path[-1] - rate * gradient(path[-1], y))
        ax.plot(*np.array(path).T, "o-", color=colour, markersize=3)
        ax.plot(100, 20, "*", color="black", markersize=11)
        ax.set(xlim=frame[:2], ylim=frame[2:], title=f"rate {rate}", xlabel="intercept b")
    axes[0].set_ylabel("slope m")
    alt = (
        "Contours of the MSE: a long slanted valley with a star at its floor. Left, a path drops into "
        "the valley and creeps to the star. Right, a path jumps across it, farther each time."
    )
    caption = (
        "Compare the first strides: at 0.05 the path settles on the valley floor, at 0.2 it lands higher each time."
    )
    figure(fig, alt=alt, caption=caption)


# %% contours fold
draw_contours()

# %% verdict
for rate in (0.08, 0.09):
    w = np.zeros(2)
    for _ in range(1000):
        w = w - rate * gradient(w, y)
    settled = np.allclose(w, [100, 20], atol=1e-3)
    print("rate", rate, "reaches (100, 20):", settled)


# %% scale example="LR.15"
def standardise(v):
    return (v - v.mean()) / v.std()


history = np.array([3000.0, 1000.0, 4000.0, 1000.0, 5000.0])  # characters
raw = np.column_stack([X, history])  # (5, 3)
z = np.column_stack([np.ones(5), standardise(x), standardise(history)])
print(f"{np.linalg.cond(2 / 5 * raw.T @ raw):.2e}")
print(round(np.linalg.cond(2 / 5 * z.T @ z), 2))

# %% held-out example="LR.11"
w4 = np.linalg.lstsq(X[:4], y[:4], rcond=None)[0]  # rows 1 to 4
predicted = X[4] @ w4
print(w4.round(2))
print(round(predicted, 2))
print(round(y[4] - predicted, 2))
print(round((y[4] - predicted) ** 2, 2))
print(round((y[4] - y[:4].mean()) ** 2, 2))  # mean baseline

# %% noise-columns
noise = np.random.default_rng(0).normal(size=(5, 3))
junk = np.column_stack([np.ones(5), noise])  # (5, 4), nothing about x
for name, A in (("x", X), ("noise", junk)):
    fit = np.linalg.lstsq(A[:4], y[:4], rcond=None)[0]
    r2 = 1 - mse(A[:4], fit, y[:4]) / y[:4].var()
    miss = abs(y[4] - A[4] @ fit)
    print(f"{name}: training R² {r2:.4f}, miss on row 5: {miss:.0f} ms")

# %% stretch
curved = np.column_stack([X, x**2])  # (5, 3)
c = np.linalg.lstsq(curved, y, rcond=None)[0]
print("curve:", c.round(2), "MSE below 1e-9:", mse(curved, c, y) < 1e-9)
for v in (3.5, 6.0, 50.0):
    line, curve = 100 + 20 * v, np.array([1, v, v**2]) @ c
    print(f"at {v}: line {line:.2f}, curve {curve:.2f}")


# %% draw-beyond-the-range hide
def draw_beyond_the_range():
    fig, ax = plt.subplots(figsize=(6, 3.2))
    t = np.linspace(0, 15, 200)
    ax.axvspan(1, 5, color="C5", alpha=0.15)
    ax.plot(t, 100 + 20 * t, color="C0")
    ax.plot(t, c[0] + c[1] * t + c[2] * t**2, color="C1")
    ax.plot(x, y, "o", color="black", markersize=4)
    ax.text(12.0, 355, "line", color="C0", ha="right")
    ax.text(12.6, 275, "curve", color="C1")
    ax.text(3, 60, "measured range", color="black", ha="center")
    ax.set(xlabel="x, hundreds of tokens", ylabel="response time, ms", xlim=(0, 15), ylim=(40, 410))
    alt = (
        "A line and a curve pass together through five points in a shaded range, "
        "then separate: the line climbs on, the curve flattens and turns down."
    )
    caption = "Look outside the shaded range: nothing in the five points says which of the two is right."
    figure(fig, alt=alt, caption=caption)


# %% beyond-the-range fold
draw_beyond_the_range()


# %% draw-panels hide
def draw_panels():
    rng = np.random.default_rng(0)
    u, dust = np.linspace(0, 10, 40), rng.normal(size=40)
    panels = {
        "healthy": dust,
        "bent": 2.6 - 0.3 * (u - 5) ** 2 + 0.4 * dust,
        "fanning": dust * (0.1 + 0.28 * u),
        "one outlier": np.where(np.arange(40) == 33, 7.0, 0.6 * dust - 0.2),
    }
    fig, axes = plt.subplots(2, 2, figsize=(6, 3.8), sharex=True, sharey=True, layout="constrained")
    for i, (ax, (name, points)) in enumerate(zip(axes.flat, panels.items())):
        ax.plot(u, points, "o", color=f"C{i}", markersize=3)
        ax.axhline(0, color="black", linewidth=1)
        ax.set_title(name, fontsize=10)
    fig.supxlabel("x", fontsize=10)
    fig.supylabel("residual", fontsize=10)
    alt = "An even band around zero; an arch; a band that widens to the right; a thin band with one point far above it."
    caption = "Look for a shape: only the first panel has none, and only there has the line said all it can."
    figure(fig, alt=alt, caption=caption)


# %% panels fold
draw_panels()

# %% outlier example="LR.13"
y_240 = np.array([118.0, 141.0, 162.0, 181.0, 240.0])
w = np.linalg.lstsq(X, y_240, rcond=None)[0]
residual = y_240 - X @ w
print(w.round(2))
print(residual.round(2))
print(round(mse(X, w, y_240), 2))
print(round(1 - mse(X, w, y_240) / y_240.var(), 4))

# %% second example="LR.14"
y2 = np.array([2.0, 3.1, 3.9, 5.2, 6.1])  # (5,)
w = np.linalg.solve(X.T @ X, X.T @ y2)  # (2,)
residual = y2 - X @ w
print(w.round(3))
print(residual.round(3) + 0.0)
print(round(mse(X, w, y2), 4))
print(round(y2.var(), 4))
print(round(1 - mse(X, w, y2) / y2.var(), 4))
print(abs(residual.sum()) < 1e-9)
w = np.zeros(2)
for _ in range(2000):
    w = w - 0.05 * gradient(w, y2)
print(w.round(3))


# %% sigmoid
def sigmoid(z):
    e = np.exp(-np.abs(z))  # at most 1, so it never overflows
    return np.where(z >= 0, 1, e) / (1 + e)


def cross_entropy(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


p = sigmoid(np.array([-2.0, 0.0, 2.0]))
print("p:", p.round(3))
print("loss:", round(cross_entropy(p, np.array([0, 0, 1])), 3))


# %% neuron example="LR.17"
def neuron_step(w, b, x, y, lr):
    error = sigmoid(w * x + b) - y  # (n,)
    return w - lr * np.mean(error * x), b - lr * np.mean(error)


x7 = np.arange(-3.0, 4.0)  # (7,)
y7 = np.array([0, 0, 1, 0, 1, 0, 1])  # (7,) labels
w, b = 0.0, 0.0
for k in range(5001):
    if k in (0, 10, 100, 5000):
        p = sigmoid(w * x7 + b)
        right = np.mean((p >= 0.5) == y7)
        loss = cross_entropy(p, y7)
        print(f"{k} {loss:.4f} {w:.4f} {b:.4f} {right:.3f}")
    w, b = neuron_step(w, b, x7, y7, 0.5)
print(round(-b / w, 3))


# %% draw-s-curve hide
def draw_s_curve():
    fig, ax = plt.subplots(figsize=(6, 3))
    t = np.linspace(-4, 4, 200)
    ax.plot(t, sigmoid(w * t + b), color="C0")
    ax.axhline(0.5, color="C5", linestyle="--")
    ax.axvline(-b / w, color="C1")
    good = (sigmoid(w * x7 + b) >= 0.5) == y7
    ax.plot(x7[good], y7[good], "o", color="black")
    ax.plot(x7[~good], y7[~good], "X", color="C3", markersize=9)
    ax.text(-3.9, 0.54, "before training: 0.5 everywhere", color="C5")
    ax.text(-0.05, 0.25, "fitted p", color="C0", ha="right")
    ax.text(0.8, 0.1, "boundary", color="C1")
    ax.set(xlabel="x", ylabel="probability of class 1")
    alt = (
        "Seven points at heights 0 and 1 and a rising S-curve. A vertical line marks where "
        "the curve reaches one half; two points lie on its wrong side."
    )
    caption = "Find the two crosses: no single boundary on this axis can put all seven points on the right side."
    figure(fig, alt=alt, caption=caption)


# %% s-curve fold
draw_s_curve()


# %% forward
def forward(net, X):
    W1, b1, W2, b2 = net
    h = np.tanh(X @ W1 + b1)  # (n, hidden)
    return h, h @ W2 + b2  # (n, hidden), (n, 1)


W1 = np.array([[0.8, -0.6, 0.4, 1.2]])  # (1, 4)
b1 = np.array([0.1, 0.2, -0.3, -0.1])  # (4,)
W2 = np.array([[0.5], [-0.4], [0.3], [0.2]])  # (4, 1)
net = [W1, b1, W2, np.zeros(1)]
x9 = np.linspace(-2, 2, 9)[:, None]  # (9, 1)
h, out = forward(net, x9)
print(h.shape, out.shape)


# %% backward
def gradients(net, X, y):
    h, out = forward(net, X)
    d_out = 2 / len(X) * (out - y)  # (n, 1)
    d_z = d_out @ net[2].T * (1 - h**2)  # (n, hidden)
    return [X.T @ d_z, d_z.sum(0), h.T @ d_out, d_out.sum(0)]


def net_mse(net, X, y):
    return np.mean((forward(net, X)[1] - y) ** 2)


y9, worst = x9**2, 0.0  # (9, 1), the target
for part, g in zip(net, gradients(net, x9, y9)):
    for i in np.ndindex(part.shape):
        old = part[i]
        part[i] = old + 1e-5
        up = net_mse(net, x9, y9)
        part[i] = old - 1e-5
        down = net_mse(net, x9, y9)
        part[i] = old
        worst = max(worst, abs((up - down) / 2e-5 - g[i]))
print("largest difference below 1e-6:", worst < 1e-6)


# %% rung-3 example="LR.18"
def train(net, X, y, lr, counts):
    kept = {}
    for k in range(max(counts) + 1):
        if k in counts:
            kept[k] = net
        steps = gradients(net, X, y)
        net = [part - lr * g for part, g in zip(net, steps)]
    return kept  # the net after each number of updates


kept = train(net, x9, y9, 0.05, (0, 1, 100, 1000, 5000))
for k, trained in kept.items():
    print(k, f"{net_mse(trained, x9, y9):.4f}")
asked = np.array([[0.0], [1.0], [1.75], [3.0]])  # (4, 1)
print(forward(trained, asked)[1].ravel().round(3))
A = np.column_stack([np.ones(9), x9])  # (9, 2)
w = np.linalg.lstsq(A, y9, rcond=None)[0]  # (2, 1)
print(w.ravel().round(3) + 0.0, round(mse(A, w, y9), 4))


# %% draw-net-curves hide
def draw_net_curves():
    fig, ax = plt.subplots(figsize=(6, 3.6))
    t = np.linspace(-3, 3, 200)[:, None]
    ax.axvspan(-2, 2, color="C5", alpha=0.12)
    ax.plot(t, t**2, color="black", linestyle="--")
    ax.text(3.08, 8.85, "x²", color="black")
    for i, (k, height) in enumerate({0: 1.15, 100: 2.0, 1000: 4.5, 5000: 5.3}.items()):
        ax.plot(t, forward(kept[k], t)[1], color=f"C{i}")
        ax.text(3.08, height, f"after {k:,}", color=f"C{i}")
    ax.plot(x9, y9, "o", color="black", markersize=4)
    ax.set(xlabel="x", ylabel="output", xlim=(-3, 4.6), ylim=(-2, 9.3))
    alt = (
        "Outputs of the net against x squared. Untrained it is nearly flat. After 1,000 and 5,000 updates it lies "
        "on the nine points; outside the shaded range it falls far below the dashed curve."
    )
    caption = (
        "Compare inside and outside of the shaded range: training pulled the curve onto the points and nowhere else."
    )
    figure(fig, alt=alt, caption=caption)


# %% net-curves fold
draw_net_curves()

# %% rung-4 example="LR.19"
grid = np.array([-1.0, 0.0, 1.0])
X9 = np.array([(i, j) for i in grid for j in grid])  # (9, 2)
y_xor = X9[:, :1] * X9[:, 1:]  # (9, 1)
rng = np.random.default_rng(0)
W1, W2 = rng.normal(0, 0.5, (2, 5)), rng.normal(0, 0.5, (5, 1))
net = [W1, np.zeros(5), W2, np.zeros(1)]
kept = train(net, X9, y_xor, 0.1, (0, 100, 500, 1000, 3000))
for trained in kept.values():
    print(f"{net_mse(trained, X9, y_xor):.4f}")
print(sum(part.size for part in net))
plane = np.column_stack([np.ones(9), X9])  # (9, 3)
w = np.linalg.lstsq(plane, y_xor, rcond=None)[0]
print(round(mse(plane, w, y_xor), 4))


# %% draw-saddle hide
def draw_saddle():
    fig, axes = plt.subplots(1, 2, figsize=(6, 3.3), sharey=True, layout="constrained")
    P, Q = np.meshgrid(np.linspace(-1.3, 1.3, 60), np.linspace(-1.3, 1.3, 60))
    plane_points = np.column_stack([P.ravel(), Q.ravel()])  # (3600, 2)
    for ax, k in zip(axes, (0, 3000)):
        Z = forward(kept[k], plane_points)[1].reshape(P.shape)
        for levels, colour in (([-0.75, -0.5, -0.25], "C1"), ([0], "C5"), ([0.25, 0.5, 0.75], "C0")):
            lines = ax.contour(P, Q, Z, levels=levels, colors=colour, linestyles="solid")
            ax.clabel(lines, fontsize=8)
        ax.plot(*X9.T, "o", color="black", markersize=4)
        ax.set(title=f"after {k:,} updates", xlabel="first input", aspect="equal")
    axes[0].set_ylabel("second input")
    alt = (
        "Level lines of the net over nine points. Left, nearly straight lines. Right, four bent families: "
        "positive in two opposite corners, negative in the other two."
    )
    caption = "Look at the four corners on the right: blue where the inputs share a sign, orange where they differ."
    figure(fig, alt=alt, caption=caption)


# %% saddle fold
draw_saddle()

# %% raw-scores example="LR.21"
score = np.array([900.0, 1100.0, 1300.0, 1500.0, 1700.0])  # (5,)
admitted = np.array([0, 0, 1, 1, 1])  # (5,)
w, b = 0.0, 0.0
for k in range(6):
    p = sigmoid(w * score + b)
    print(k, p.round(3), round(w, 3), round(b, 4))
    w, b = neuron_step(w, b, score, admitted, 0.1)

# %% deleted-row
core = np.linalg.inv(X.T @ X)  # fine for so small an X
leverage = np.sum(X @ core * X, axis=1)  # (5,)
w = np.linalg.lstsq(X, y_240, rcond=None)[0]
residual = y_240 - X @ w
spread = residual @ residual / (5 - 2)
cook = residual**2 / (2 * spread) * leverage / (1 - leverage) ** 2
print("leverage:", leverage.round(2))
print("Cook's distance:", cook.round(2))
print("row 5 by a fit without it:", round(residual[4] / (1 - leverage[4]), 2))
print("as held out above:", round(240 - predicted, 2))

# %% qr-svd
Q, R = np.linalg.qr(X)  # (5, 2) with perpendicular columns, (2, 2)
U, s, Vt = np.linalg.svd(X, full_matrices=False)
print("QR:", np.linalg.solve(R, Q.T @ y).round(2))
print("SVD:", (Vt.T @ (U.T @ y / s)).round(2))
print("condition of X, squared:", round(np.linalg.cond(X) ** 2, 2))
print("condition of its product:", round(np.linalg.cond(X.T @ X), 2))

# %% interval
from scipy import stats

residual = y - X @ w_lstsq
variance = residual @ residual / (5 - 2)
errors = np.sqrt(variance * np.diag(core))  # (2,) of b and m
print("standard errors:", errors.round(2))
t = stats.t.ppf(0.975, df=3)
row = np.array([1.0, 6.0])
wide = t * np.sqrt(variance * (1 + row @ core @ row))
print(f"at x = 6: {row @ w_lstsq - wide:.1f} to {row @ w_lstsq + wide:.1f}")
print("SciPy agrees:", np.isclose(stats.linregress(x, y).stderr, errors[1]))

# %% robust
w = np.linalg.lstsq(X, y_240, rcond=None)[0]
for _ in range(200):  # Huber, delta = 2 ms, by weighted least squares
    size = np.abs(y_240 - X @ w)
    root = np.sqrt(np.minimum(1, 2 / np.maximum(size, 1e-9)))
    w = np.linalg.lstsq(X * root[:, None], y_240 * root, rcond=None)[0]
print("Huber:", w.round(2))
i, j = np.triu_indices(5, k=1)  # the ten pairs of rows
slope = np.median((y_240[j] - y_240[i]) / (x[j] - x[i]))
print("Theil-Sen slope:", slope)
print("SciPy agrees:", np.isclose(stats.theilslopes(y_240, x)[0], slope))

# %% ridge
from sklearn.linear_model import Ridge

centred = N[:, 1:] - N[:, 1:].mean(axis=0)  # (5, 2), b stays free
for name, target in (("y", y), ("first entry raised by 1", y_up)):
    K = centred.T @ centred + 0.01 * np.eye(2)
    v = np.linalg.solve(K, centred.T @ target)
    same = np.allclose(Ridge(alpha=0.01).fit(N[:, 1:], target).coef_, v)
    print(name, v.round(2), "scikit-learn agrees:", same)

# %% penalty
z = (score - score.mean()) / score.std()
for name, lam in (("free", 0.0), ("penalised", 0.01)):
    w, b, seen = 0.0, 0.0, []
    for k in range(1, 5001):
        pull = 0.5 * lam * w  # from lam / 2 times w squared
        w, b = neuron_step(w, b, z, admitted, 0.5)
        w -= pull
        if k in (1000, 5000):
            seen.append(round(w, 2))
    print(name, "w after 1000 and 5000 updates:", *seen)


# %% solution-design
def design_matrix(x, intercept=True):
    x = np.asarray(x, dtype=float)
    columns = x[:, None] if x.ndim == 1 else x  # (n, d)
    if not intercept:
        return columns
    return np.column_stack([np.ones(len(columns)), columns])


print(design_matrix([1, 2, 3]).tolist())
print(design_matrix(np.ones((4, 2))).shape, design_matrix(x, False).shape)


# %% solution-r2
def r2_score(y, yhat):
    y, yhat = np.asarray(y, dtype=float), np.asarray(yhat, dtype=float)
    sse, sst = np.sum((y - yhat) ** 2), np.sum((y - y.mean()) ** 2)
    if sst == 0:
        return 1.0 if sse == 0 else 0.0
    return 1 - sse / sst


print("the candidate:", round(r2_score(y, 100 + 20 * x), 4))
print("worse than the mean:", round(r2_score(y, 47.27 * x), 2))
print("constant target:", r2_score([5, 5], [5, 5]), r2_score([5, 5], [4, 6]))


# %% solution-holdout
def holdout_report(x, y, k):
    n = len(x) - k
    if n < 2:
        raise ValueError("a line needs two rows to be fitted")
    A = np.column_stack([np.ones(len(x)), x])
    w = np.linalg.lstsq(A[:n], y[:n], rcond=None)[0]
    line = np.mean((y[n:] - A[n:] @ w) ** 2)
    mean = np.mean((y[n:] - y[:n].mean()) ** 2)  # the training mean
    return round(line, 2), round(mean, 2)


for k in (1, 2):
    print(k, "held out: line, mean baseline:", *holdout_report(x, y, k))


# %% solution-admission
class Admission:
    def __init__(self, scores, labels):
        self.mean, self.sd = scores.mean(), scores.std()
        self.z, self.labels = self.scale(scores), labels
        self.w, self.b = 0.0, 0.0

    def scale(self, scores):
        return (scores - self.mean) / self.sd

    def train(self, updates):
        for _ in range(updates):
            new = neuron_step(self.w, self.b, self.z, self.labels, 0.5)
            self.w, self.b = new

    def predict(self, scores):  # raw scores in, probabilities out
        return sigmoid(self.w * self.scale(np.asarray(scores)) + self.b)

    def boundary(self):  # in score points
        return self.mean - self.sd * self.b / self.w


# %% solution-admission-run example="LR.20"
model = Admission(score, admitted)
print(round(model.mean, 3), round(model.sd, 3))
done = 0
for k in (100, 1000, 5000):
    model.train(k - done)
    done = k
    loss = cross_entropy(model.predict(score), admitted)
    print(f"{k} {loss:.4f} {model.w:.4f} {model.b:.4f} {model.boundary():.1f}")
print(model.predict([1000, 1150, 1200, 1250, 1400]).round(3))


# %% solution-next-call
for v in (2.0, 4.0, 8.0, 12.0, 16.0):
    line, curve = 100 + 20 * v, c[0] + c[1] * v + c[2] * v**2
    print(f"x = {v:4.1f}: line minus curve, ms: {line - curve:.1f}")
