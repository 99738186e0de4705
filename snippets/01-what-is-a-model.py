"""Chapter 1: two knobs, one error, and the loop that turns the knobs."""

# %% receipts
import numpy as np

x = np.array([0.0, 1.0, 2.0, 3.0, 4.0])  # kilometres, (5,)
y = np.array([1.0, 3.0, 5.0, 7.0, 9.0])  # euros, (5,)
for i in range(5):
    print(x[i], "km costs", y[i], "euros")

# %% first-guess
def line(x, theta):
    w, b = theta
    return w * x + b

print("predictions", line(x, (0.0, 0.0)))  # (5,)

# %% miss fold
import matplotlib.pyplot as plt

from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 3), layout="constrained")
ax.axhline(0, color="C1")
ax.vlines(x, 0, y, color="C3", linestyle="--")
ax.plot(x, y, "o", color="C0", markersize=8)
ax.annotate("receipts", (3.85, 9), ha="right", va="center", color="C0")
ax.annotate("prediction: 0 everywhere", (1.2, -1.1), color="C1")
ax.annotate("miss at 3 km", (3.05, 3.5), color="C3")
ax.set(xlabel="kilometres", ylabel="euros", xlim=(-0.3, 4.3), ylim=(-1.7, 10))
figure(
    fig,
    alt="Five points rise in a straight line. "
    "A flat line lies at zero, and a dashed bar joins it to each point; the bars grow to the right.",
    caption="Look at the dashed bars: each is one miss, and a better line would make them shorter.",
)

# %% paper
e = 0.0 * x + 0.0 - y  # (5,)
for name, row in (("error", e), ("squared", e**2), ("times x", e * x)):
    print(f"{name:7}", row.astype(int), "sum", int(row.sum()))

# %% loss
def loss(w, b):
    return np.mean((w * x + b - y) ** 2)

print("flat line at 0: loss", loss(0.0, 0.0))
print("flat line at 5: loss", loss(0.0, 5.0))
print("  mean of its errors:", np.mean(5.0 - y))

# %% nudge
h = 0.001
print("nudge w:", round((loss(h, 0.0) - loss(0.0, 0.0)) / h, 3))
print("nudge b:", round((loss(0.0, h) - loss(0.0, 0.0)) / h, 3))

# %% gradient
g_w = np.mean(2 * e * x)
g_b = np.mean(2 * e)
print("g_w", g_w, " g_b", g_b)

# %% one-step
lr = 0.05
w, b = 0.0 - lr * g_w, 0.0 - lr * g_b
print(f"w {w:.2f}  b {b:.2f}  loss {loss(w, b):.2f}")

# %% uphill
print(f"against the gradient: loss {loss(-lr * g_w, -lr * g_b):.2f}")
print(f"along the gradient:   loss {loss(+lr * g_w, +lr * g_b):.2f}")

# %% loop example="01.1"
w, b, lr = 0.0, 0.0, 0.05
for step in range(1000):
    p = w * x + b  # forward pass, (5,)
    e = p - y
    L = np.mean(e**2)  # loss, before the update
    g_w = np.mean(2 * e * x)  # gradient
    g_b = np.mean(2 * e)
    w = w - lr * g_w  # update
    b = b - lr * g_b
    if step in (0, 200, 999):
        print(f"step {step:3d}  L {L:.4f}  w {w:.4f}  b {b:.4f}")
print("final", round(w, 3), round(b, 3))

# %% two-speeds
def train(x, y, lr, steps):
    w, b, log = 0.0, 0.0, []
    for _ in range(steps):
        e = w * x + b - y
        L = np.mean(e**2)
        w, b = w - lr * np.mean(2 * e * x), b - lr * np.mean(2 * e)
        log.append((L, w, b))
    return np.array(log)  # (steps, 3): loss before, w after, b after

log = train(x, y, 0.05, 200)
for n in (1, 5, 20, 200):
    _, w_n, b_n = log[n - 1]
    print(f"after {n:3d} updates: w {w_n:.2f}  b {b_n:.2f}")

# %% lines fold
fig, (ax, zoom) = plt.subplots(1, 2, figsize=(6, 3.4), width_ratios=(3, 2), layout="constrained")
for n, colour, lift in ((0, "C5", 0), (1, "C1", 0), (5, "C2", -0.03), (20, "C3", 0.02), (200, "C0", 0.01)):
    w_n, b_n = log[n - 1, 1:] if n else (0.0, 0.0)
    ax.plot([0, 4], [b_n, 4 * w_n + b_n], color=colour)
    zoom.plot([0, 0.25], [b_n, 0.25 * w_n + b_n], color=colour)
    zoom.annotate(f"after {n}", (0.27, 0.25 * w_n + b_n + lift), color=colour, va="center")
ax.plot(x, y, "o", color="black")
zoom.plot(0, 1, "o", color="black")
ax.annotate("after 0", (2.9, 0.3), color="C5")
ax.annotate("after 1", (3.05, 4.1), color="C1")
ax.set(xlabel="kilometres", ylabel="euros", title="all five receipts")
zoom.set(xlabel="kilometres", title="close-up at 0 km", xlim=(-0.03, 0.44), xticks=(0, 0.25))
figure(
    fig,
    alt="Left: after one update the line is too low, and after five it almost covers the points. "
    "Right: near zero kilometres the starts of the lines climb slowly to one euro.",
    caption="Look at the right panel: the slopes agree early, while the starting heights still climb after update 20.",
)

# %% before-after
L, w_1, b_1 = log[0]
print(f"printed together: L {L:.2f}  w {w_1:.2f}  b {b_1:.2f}")
print(f"loss of that w and b: {loss(w_1, b_1):.2f}")

# %% library
from sklearn.linear_model import LinearRegression

fitted = LinearRegression().fit(x[:, None], y)  # X has shape (5, 1)
slope, start = fitted.coef_[0], fitted.intercept_
print("scikit-learn:", round(slope, 3), round(start, 3))
print("agrees with the loop:", np.allclose([slope, start], [w, b]))
other = train(x, 3 * x + 4, 0.05, 1000)[-1, 1:]
print("loop on 3x + 4:", other.round(3))

# %% second-update
w_1, b_1 = 1.4, 0.5
e = w_1 * x + b_1 - y
g_w, g_b = np.mean(2 * e * x), np.mean(2 * e)
print("errors", e.round(2), " loss", np.mean(e**2).round(2))
print("g_w", g_w.round(2), " g_b", g_b.round(2))
print(f"new w {w_1 - 0.05 * g_w:.2f}  new b {b_1 - 0.05 * g_b:.2f}")

# %% two-receipts
km, paid = np.array([1.0, 3.0]), np.array([2.0, 8.0])  # (2,), (2,)
e = 0.0 * km + 0.0 - paid
g_w, g_b = np.mean(2 * e * km), np.mean(2 * e)
print("loss", np.mean(e**2), " g_w", g_w, " g_b", g_b)
print(f"new w {0.0 - 0.1 * g_w:.1f}  new b {0.0 - 0.1 * g_b:.1f}")

# %% inference example="01.2"
print(round(w * 10 + b, 4))

# %% cost
gpu_hours, dollars_an_hour = 2.788e6, 2.0
answer_tokens, dollars_a_token = 500, 1.10 / 1e6
print("our line:", 1000 * len(x), "predictions to train, 1 to use")
print(f"training: {gpu_hours * dollars_an_hour / 1e6:.1f} million dollars")
print(f"answer: {100 * answer_tokens * dollars_a_token:.3f} cents")

# %% nearest example="01.3"
for query in (2.4, 10.0):
    nearest = np.argmin(np.abs(x - query))
    print(query, y[nearest], round(2 * query + 1, 1))

# %% stairs fold
queries = np.linspace(-2, 12, 561)
lookup = y[np.argmin(np.abs(queries[:, None] - x), axis=1)]  # (561,)
fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
ax.plot(queries, 2 * queries + 1, color="C0")
ax.plot(queries, lookup, color="C1")
ax.plot(x, y, "o", color="black")
ax.annotate("line", (8.6, 19.5), color="C0", ha="right")
ax.annotate("nearest receipt", (8.5, 10), color="C1")
ax.annotate("receipts", (2.7, 3.0), color="black")
ax.set(xlabel="kilometres", ylabel="euros", xlim=(-2.3, 12.3))
figure(
    fig,
    alt="A straight ramp crosses the whole picture. "
    "A staircase follows it between zero and four kilometres and is flat to the left and to the right.",
    caption="Look beyond 4 km: the ramp goes on and the staircase stays at the price of its last receipt.",
)

# %% stored
for n in (5, 5000):
    km = np.linspace(0, 4, n)  # (n,)
    price = 2 * km + 1
    theta = train(km, price, 0.05, 1000)[-1, 1:]  # (2,)
    print(f"{n} receipts: line keeps {theta.size} numbers,", end=" ")
    print("lookup keeps", km.size + price.size)

# %% settings
rates = (0.01, 0.05, 0.14)
losses = []
for lr in rates:
    L, w_n, b_n = train(x, y, lr, 50)[-1]
    losses.append(L)
    print(f"you set η {lr:.2f}; the loop set w {w_n:.2f}, b {b_n:.2f}")
print("a search for the lowest loss picks η", rates[np.argmin(losses)])

# %% rates example="01.4"
for lr in (0.14, 0.15):
    log = train(x, y, lr, 101)
    print("rate", lr)
    for n in (0, 1, 10, 100):
        L, w_n, b_n = log[n]
        print(f"  step {n:3d}  L {L:8.4f}  w {w_n:7.4f}  b {b_n:.4f}")

# %% decay fold
fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
for lr, colour in ((0.01, "C2"), (0.05, "C0"), (0.14, "C1"), (0.15, "C3")):
    losses = train(x, y, lr, 101)[:, 0]
    ax.semilogy(losses, color=colour)
    ax.annotate(f"η = {lr}", (102, losses[-1]), color=colour, va="center")
ax.set(xlabel="step", ylabel="loss before the update", xlim=(-2, 122), xticks=range(0, 101, 20))
ax.set_yticks([1e3, 1, 1e-3, 1e-6, 1e-9], ["1e3", "1", "1e-3", "1e-6", "1e-9"])
ax.minorticks_off()
figure(
    fig,
    alt="Loss on a logarithmic axis. The curves for 0.01 and 0.05 drop, bend and then fall slowly on straight lines. "
    "The one for 0.14 keeps falling and ends lowest; the one for 0.15 rises.",
    caption="Look at the slopes: the fastest fall and the only rise belong to neighbouring rates.",
)

# %% valley fold
ws, bs = np.meshgrid(np.linspace(-0.5, 4.7, 120), np.linspace(-0.8, 2.6, 120))
heights = np.mean((ws[..., None] * x + bs[..., None] - y) ** 2, axis=-1)  # (120, 120)
fig, ax = plt.subplots(figsize=(6, 3.8), layout="constrained")
ax.contour(ws, bs, heights, levels=(0.1, 1, 8, 25), colors="C5", linewidths=0.8)
for lr, steps, colour in ((0.14, 12, "C1"), (0.05, 60, "C0")):
    path = np.vstack([[0, 0], train(x, y, lr, steps)[:, 1:]])  # (steps + 1, 2)
    ax.plot(path[:, 0], path[:, 1], ".-", color=colour, linewidth=1)
ax.plot(2, 1, "o", color="black")
ax.annotate("lowest", (2, 1), (2.25, 1.75), color="black", arrowprops={"arrowstyle": "-", "color": "black"})
ax.annotate("η = 0.14", (3.93, 1.5), color="C1")
ax.annotate("η = 0.05", (2.07, 0.79), (2.72, 0.12), color="C0", arrowprops={"arrowstyle": "-", "color": "C0"})
ax.annotate("start", (0, 0), (-0.05, -0.25), ha="right", color="black")
ax.set(xlabel="w, euros per kilometre", ylabel="b, euros at the start")
figure(
    fig,
    alt="Long narrow rings around the lowest point. "
    "One path crosses to the floor of the valley and crawls along it; "
    "the other jumps from wall to wall, a little less far each time.",
    caption="Look at the first moves: the small rate reaches the valley floor, the large one overshoots it.",
)

# %% edge
mean_x = np.mean(x)
H = 2 * np.array([[np.mean(x**2), mean_x], [mean_x, 1.0]])  # (2, 2)
flat, steep = np.linalg.eigvalsh(H)
print(f"curvatures {flat:.3f} and {steep:.3f}, limit {2 / steep:.4f}")
for lr in (0.05, 0.14, 0.15):
    along, across = 1 - lr * flat, 1 - lr * steep
    print(f"rate {lr}: along × {along:.3f}, across × {across:.3f}")

# %% guard
def check_falling(losses):
    for step in range(1, len(losses)):
        if not losses[step] <= losses[step - 1] + 1e-12:
            return f"loss grew at step {step}, lower η"
    return "loss never grew"

with np.errstate(over="ignore", invalid="ignore"):  # overflow quietly
    for lr in (0.14, 0.15, 0.5):
        log = train(x, y, lr, 1000)
        print(f"rate {lr}: w {log[-1, 1]:.1f}; {check_falling(log[:, 0])}")

# %% noise example="01.5"
y_noisy = np.array([1.2, 2.9, 5.1, 6.8, 9.3])  # (5,)
log = train(x, y_noisy, 0.05, 2000)
L, w_fit, b_fit = log[-1]
print(f"w {w_fit:.4f}  b {b_fit:.4f}  loss {L:.4f}")
print("left over:", (w_fit * x + b_fit - y_noisy).round(2))
print(f"true line: loss {np.mean((2 * x + 1 - y_noisy) ** 2):.4f}")

# %% hidden-word
stops = np.array([0.4, 0.6, 0.9, 7.1, 7.4])  # kilometres, (5,)
print("far group:", stops > stops.mean())
words = ["the", "parcel", "is", "late"]
for i in (1, 3):
    print(*words[:i], "___", *words[i + 1 :], "-> target:", words[i])

# %% closed-form
cov = np.mean((x - x.mean()) * (y_noisy - y_noisy.mean()))
slope = cov / np.var(x)
start = y_noisy.mean() - slope * x.mean()
print("slope", round(slope, 4), " intercept", round(start, 4))
gap = max(abs(slope - w_fit), abs(start - b_fit))
print("loop within 1e-6:", gap < 1e-6)

# %% directions
curvatures, axes = np.linalg.eigh(H)  # (2,), (2, 2)
along = axes.T @ np.array([0.0 - 2.0, 0.0 - 1.0])
after_11 = axes @ ((1 - 0.15 * curvatures) ** 11 * along) + [2.0, 1.0]
print("formula:", after_11.round(4))
print("loop:   ", train(x, y, 0.15, 11)[-1, 1:].round(4))

# %% gaussian
from scipy.stats import norm

for w_n, b_n in ((2.01, 1.04), (2.0, 1.0), (1.8, 1.5)):
    miss = w_n * x + b_n - y_noisy
    surprise = -norm.logpdf(miss, scale=0.2).sum()
    L = np.mean(miss**2)
    print(f"w {w_n}  b {b_n}  loss {L:.4f}  surprise {surprise:.3f}")

# %% capacity
for degree in (1, 2):
    theta = np.polyfit(x, x**2, degree)
    left = np.mean((np.polyval(theta, x) - x**2) ** 2)
    print(f"degree {degree}: best loss on y = x² is {left:.2f}")

# %% solution-capped
def capped(x, theta):
    w, b, top = theta
    return np.minimum(w * np.asarray(x) + b, top)

theta = (2.0, 1.0, 12.0)
print("7 km:", capped(7, theta))
print("three trips:", capped([0, 2.5, 4], theta))

# %% solution-flavours
def flavour(answers, rewards):
    if rewards:
        return "reinforcement"
    return "supervised" if answers else "unsupervised"

tasks = {
    "flat prices from past sales": (True, False),
    "groups of customers": (False, False),
    "a robot paid per parcel moved": (False, True),
    "spam from marked mail": (True, False),
}
for task, (answers, rewards) in tasks.items():
    print(f"{task}: {flavour(answers, rewards)}")

# %% solution-gradient
def mse_and_gradient(w, b, x, y):
    e = w * x + b - y
    return np.mean(e**2), np.mean(2 * e * x), np.mean(2 * e)

_, g_w, g_b = mse_and_gradient(0.7, -0.3, x, y_noisy)
h = 1e-4
for name, g, dw, db in (("g_w", g_w, h, 0.0), ("g_b", g_b, 0.0, h)):
    up = mse_and_gradient(0.7 + dw, -0.3 + db, x, y_noisy)[0]
    down = mse_and_gradient(0.7 - dw, -0.3 - db, x, y_noisy)[0]
    print(name, "agrees:", np.isclose((up - down) / (2 * h), g))

# %% solution-same-x
same, paid = np.full(5, 2.0), np.full(5, 5.0)
for w, b in ((0.0, 0.0), (4.0, 0.0)):
    for _ in range(200):
        e = w * same + b - paid
        w = w - 0.05 * np.mean(2 * e * same)
        b = b - 0.05 * np.mean(2 * e)
    L, far = np.mean(e**2), 10 * w + b
    print(f"w {w:.2f}  b {b:.2f}  loss {L:.4f}  10 km {far:.2f}")

# %% solution-best-rate
for lr in (0.05, 0.1, 0.13, 0.137, 0.14, 1 / 7, 0.148):
    losses = train(x, y, lr, 2000)[:, 0]
    slow = max(abs(1 - lr * flat), abs(1 - lr * steep))
    first = np.argmax(losses < 1e-6)
    print(f"rate {lr:.3f}: step {first:3d}, slower factor {slow:.3f}")
print("2 / (flat + steep) =", round(2 / (flat + steep), 4))
