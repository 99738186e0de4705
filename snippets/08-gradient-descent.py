"""Chapter 8: walking downhill with gradient descent, and finding the slope with backprop."""

# %% downhill example="08.1"
def f(x):
    return (x - 3) ** 2

def slope(x):
    return 2 * (x - 3)

x = 0.0
for step in range(40):
    x = x - 0.1 * slope(x)  # the update
    if step in (0, 5, 20, 39):
        print(f"after update {step:2}: {x:.4f} {f(x):.4f}")

# %% bare-gradient
gradient = slope(0.0)
print("gradient", gradient, "step", round(-0.1 * gradient, 2))
print("f after the step:", round(f(0.0 - 0.1 * gradient), 2))
print("f after minus the bare gradient:", f(0.0 - gradient))

# %% rates example="08.5"
for rate in (0.1, 0.5, 0.9, 1.0, 1.1):
    x = 0.0
    for _ in range(10):
        x = x - rate * slope(x)
    print("rate", rate, "x", round(x, 4))

# %% four-rates fold
import matplotlib.pyplot as plt
import numpy as np
from groundup.book import figure

fig, axes = plt.subplots(2, 2, figsize=(6, 4), sharex=True, sharey=True)
curve = np.linspace(-2.6, 8.6, 100)
words = ["creeps", "lands in one step", "oscillates, converges", "diverges"]
for ax, rate, word in zip(axes.flat, (0.1, 0.5, 0.9, 1.1), words):
    xs = 3 - 3 * (1 - 2 * rate) ** np.arange(6)
    xs = xs[f(xs) < 32]
    ax.plot(curve, f(curve), color="black", alpha=0.3)
    ax.plot(xs, f(xs), "o-", color="C1", markersize=5, linewidth=1)
    ax.plot(0, 9, "o", color="C0", markersize=7)
    ax.set_title(f"η = {rate}: {word}", fontsize=10)
    ax.set(xlabel="x", ylabel="f")
    ax.label_outer()
axes[0, 0].text(-0.4, 7.0, "start", color="C0", ha="right")
alt = "Four copies of one parabola with the places visited from x = 0: small steps down one side; one step to "
alt += "the bottom; jumps from side to side that get lower; jumps from side to side that get higher."
caption = "Compare the lower panels: both jump across the valley; the left one loses height, the right one gains."
figure(fig, alt=alt, caption=caption)

# %% growing example="08.2"
x = 0.0
for step in range(1, 7):
    x = x - 1.1 * slope(x)
    print(step, f"{x:.3f} {f(x):.3f}")

# %% flat
for rate in (0.0001, 1.0):
    x = 0.0
    for _ in range(3):
        x = x - rate * slope(x)
        print("rate", rate, "x", round(x, 4), "f", round(f(x), 2))

# %% bowl example="08.4"
def bowl(p):
    return 0.5 * (p[0] ** 2 + 25 * p[1] ** 2)

def bowl_gradient(p):
    return np.array([p[0], 25 * p[1]])

def report(name):
    values = [f"{bowl(paths[name][t]):.4f}" for t in (1, 10, 50)]
    print(f"{name}:", *values)

p = np.array([10.0, 1.0])  # (2,)
paths = {"plain": [p], "momentum": [p], "Adam": [p]}
for t in range(1, 51):
    p = p - 0.07 * bowl_gradient(p)
    paths["plain"].append(p)
report("plain")

# %% momentum
p, v = paths["momentum"][0], np.zeros(2)
for t in range(1, 51):
    v = 0.8 * v + bowl_gradient(p)
    p = p - 0.03 * v
    paths["momentum"].append(p)
report("momentum")

# %% adam
p, m, s = paths["Adam"][0], np.zeros(2), np.zeros(2)
for t in range(1, 51):
    g = bowl_gradient(p)
    m = 0.9 * m + 0.1 * g  # running mean of g
    s = 0.999 * s + 0.001 * g**2  # and of its square
    m_hat = m / (1 - 0.9**t)
    s_hat = s / (1 - 0.999**t)
    p = p - 0.5 * m_hat / (np.sqrt(s_hat) + 1e-8)
    paths["Adam"].append(p)
report("Adam")

# %% bowl-paths fold
fig, axes = plt.subplots(3, 1, figsize=(6, 4), sharex=True, sharey=True)
gx, gy = np.meshgrid(np.linspace(-3, 11, 80), np.linspace(-1.2, 1.2, 60))
notes = ["zigzags across, then creeps", "overshoots, then settles", "equal steps in x and y at first"]
for i, (ax, name) in enumerate(zip(axes, paths)):
    ax.contour(gx, gy, bowl((gx, gy)), levels=[0.5, 2, 6, 12, 25, 45, 62], colors="black", alpha=0.3, linewidths=0.8)
    xs, ys = np.array(paths[name]).T
    ax.plot(xs, ys, "o-", color=f"C{i}", markersize=3, linewidth=1)
    ax.plot(0, 0, "+", color="black", markersize=9)
    ax.set_title(f"{name}: {notes[i]}", fontsize=10, color=f"C{i}")
    ax.set(ylabel="y", yticks=(-1, 0, 1))
axes[-1].set_xlabel("x")
alt = "Flat rings of a narrow bowl, three times, each with a path from (10, 1) to the middle. Plain descent jumps "
alt += "above and below the axis; momentum swings past the middle and back; Adam starts diagonally and swings wide."
caption = "Look at the right end of each path: the first few updates show how each method treats the steep direction."
figure(fig, alt=alt, caption=caption)

# %% first-step
for g in (np.array([10.0, 25.0]), np.array([0.01, 0.025])):
    adam_step = 0.5 * g / (np.sqrt(g**2) + 1e-8)  # t = 1
    print("momentum", (0.03 * g).round(5), "Adam", adam_step.round(4))

# %% decay
weights = np.array([10.0, 1.0])  # (2,)
penalty = 0.1 * weights  # a loss gradient of 0, plus the penalty's
shrunk = 0.1 * penalty / (np.sqrt(penalty**2) + 1e-8)
print("Adam + L2:", (weights - shrunk).round(2))
print("AdamW:", (weights - 0.1 * penalty).round(2))

# %% library
import torch

def torch_end(optimiser_class, **settings):
    p = torch.tensor([10.0, 1.0], dtype=torch.float64, requires_grad=True)
    optimiser = optimiser_class([p], **settings)
    for _ in range(50):
        optimiser.zero_grad()
        bowl(p).backward()  # finds the gradient
        optimiser.step()  # uses it
    return p.detach().numpy()

momentum_end = torch_end(torch.optim.SGD, lr=0.03, momentum=0.8)
adam_end = torch_end(torch.optim.Adam, lr=0.5)
print("momentum agrees:", np.allclose(momentum_end, paths["momentum"][-1]))
print("Adam agrees:", np.allclose(adam_end, paths["Adam"][-1]))
too_fast = torch_end(torch.optim.SGD, lr=4 * 0.07)
print(f"4 times the rate, plain: {bowl(too_fast):.1e}")
too_fast = torch_end(torch.optim.Adam, lr=4 * 0.5)
print(f"4 times the rate, Adam: {bowl(too_fast):.1e}")

# %% one-by-one example="08.7"
km = np.arange(5.0)  # (5,)
euros = 2 * km + 1
w = b = 0.0
for k, price in zip(km, euros):
    e = w * k + b - price
    w, b = w - 0.02 * 2 * e * k, b - 0.02 * 2 * e
    print(f"{w:.4f} {b:.4f}")
e = 0.0 * km + 0.0 - euros  # (5,) from zero again
w, b = -0.02 * np.mean(2 * e * km), -0.02 * np.mean(2 * e)
print(f"full: {w:.4f} {b:.4f}")

# %% zigzag fold
fig, ax = plt.subplots(figsize=(6, 3.4))
gw, gb = np.meshgrid(np.linspace(-0.2, 2.4, 60), np.linspace(-0.1, 1.3, 60))
height = np.mean([(gw * k + gb - price) ** 2 for k, price in zip(km, euros)], axis=0)
ax.contour(gw, gb, height, levels=[0.03, 0.3, 1.2, 4, 10, 20, 30], colors="black", alpha=0.3, linewidths=0.8)
for size, colour in ((1, "C1"), (5, "C0")):
    at = [np.zeros(2)]  # w, b
    for start in [*range(0, 5, size)] * 3:  # three epochs
        k, price = km[start : start + size], euros[start : start + size]
        e = at[-1][0] * k + at[-1][1] - price
        at.append(at[-1] - 0.02 * np.array([np.mean(2 * e * k), np.mean(2 * e)]))
    ax.plot(*np.array(at).T, "o-", color=colour, markersize=4, linewidth=1)
ax.plot(2, 1, "+", color="black", markersize=10)
for place, colour, text in (((1.2, 0.3), "C0", "full batch: 3 updates"), ((0.22, 0.68), "C1", "one each: 15 updates")):
    ax.text(*place, text, color=colour)
ax.set(xlabel="w", ylabel="b")
alt = "Rings of a slanted valley over w and b with two paths from (0, 0). Three long straight steps end half way; "
alt += "fifteen short crooked steps come near the lowest point."
caption = "Look at the ends: after as many looks at receipts, the crooked path has come nearer to the cross."
figure(fig, alt=alt, caption=caption)

# %% epochs
order = np.random.default_rng(0).permutation(5)  # (5,) shuffled receipts
for size in (1, 2, 5):
    pieces = [order[i : i + size] for i in range(0, 5, size)]
    sizes = [len(piece) for piece in pieces]
    print("batch size", size, "updates", len(pieces), sizes)

# %% differences example="08.8"
exact = np.exp(1.0)
for eps in (0.1, 0.01, 0.001):
    forward = (np.exp(1 + eps) - np.exp(1)) / eps
    central = (np.exp(1 + eps) - np.exp(1 - eps)) / (2 * eps)
    print(f"{abs(forward - exact):.2e} {abs(central - exact):.2e}")

# %% v-shape fold
from decimal import Decimal

def exp(t):  # rounded in the same way on every machine
    return float(Decimal(float(t)).exp())

steps = 10.0 ** -np.arange(1, 12.01, 0.5)  # (23,)
ahead = [abs((exp(1 + h) - exp(1)) / h - exact) for h in steps]
both = [abs((exp(1 + h) - exp(1 - h)) / (2 * h) - exact) for h in steps]
fig, ax = plt.subplots(figsize=(6, 3.4))
ax.loglog(steps, ahead, "o-", color="C1", markersize=4, linewidth=1)
ax.loglog(steps, both, "o-", color="C0", markersize=4, linewidth=1)
ax.text(2e-4, 2e-3, "forward", color="C1")
ax.text(2e-3, 1e-9, "central", color="C0", ha="right")
ax.text(1e-9, 1e-9, "rounding", color="black", alpha=0.7)
ax.set(xlabel="ε, smaller to the right", ylabel="absolute error")
ax.set(xlim=(0.3, 4e-13), xticks=10.0 ** -np.arange(1, 12, 2))
alt = "Two jagged V shapes against a shrinking ε. Both errors fall in straight lines, the central one twice as "
alt += "steeply, and then rise again; the central one turns near 1e-5, the forward one near 1e-8."
caption = "Find the lowest point of each V: left of it the formula errs, right of it the subtraction loses digits."
figure(fig, alt=alt, caption=caption)

# %% numeric example="08.3"
def numeric_gradient(loss, p, eps=1e-6):
    grad = np.zeros(p.size)
    for i in range(p.size):  # one coordinate at a time
        nudge = np.zeros(p.size)
        nudge[i] = eps
        grad[i] = (loss(p + nudge) - loss(p - nudge)) / (2 * eps)
    return grad

def mixed(p):
    return p[0] ** 2 + 3 * p[0] * p[1]

p = np.array([2.0, 1.0])  # (2,)
print(np.array([2 * p[0] + 3 * p[1], 3 * p[0]]))
print(numeric_gradient(mixed, p).round(5))

# %% chain
w = 2.0
x = 3 * w  # forward, from left to right
print("x", x, "f", f(x))
df_dx = slope(x)  # backward, from right to left
df_dw = df_dx * 3
print("df/dx", df_dx, "df/dw", df_dw)
measured = numeric_gradient(lambda w: f(3 * w[0]), np.array([2.0]))
print("measured", measured.round(4))

# %% two-layer example="08.6"
x, y = 1.5, 0.5

def two_layer(theta):
    w1, b1, w2, b2 = theta
    h = np.tanh(w1 * x + b1)
    o = w2 * h + b2
    return h, o, 0.5 * (o - y) ** 2

theta = np.array([0.8, 0.1, -0.4, 0.2])  # (4,) w1, b1, w2, b2
h, o, L = two_layer(theta)
print(f"h {h:.4f}  o {o:.4f}  L {L:.4f}")

# %% backward
delta = o - y  # how fast L moves with o
g_w2, g_b2 = delta * h, delta
g_h = delta * theta[2]
g_b1 = g_h * (1 - h**2)
g_w1 = g_b1 * x
analytic = np.array([g_w1, g_b1, g_w2, g_b2])  # (4,)
print(analytic.round(4))
numeric = numeric_gradient(lambda theta: two_layer(theta)[2], theta)
print(numeric.round(4))

# %% graph fold
places = {"w₁": (0, 2), "b₁": (0, -2), "z": (2, 0), "h": (4, 0), "w₂": (4, 3), "b₂": (4, -3), "o": (7, 0), "L": (9, 0)}
edges = [("w₁", "z", theta[0], g_w1), ("b₁", "z", theta[1], g_b1), ("z", "h", theta[0] * x + theta[1], g_b1)]
edges += [("h", "o", h, g_h), ("w₂", "o", theta[2], g_w2), ("b₂", "o", theta[3], g_b2), ("o", "L", o, delta)]
fig, ax = plt.subplots(figsize=(6, 3.6))
for name, at in places.items():
    ax.text(*at, name, ha="center", va="center", bbox={"boxstyle": "circle", "fc": "none", "ec": "black"})
for start, end, value, gradient in edges:
    tail, head = np.array(places[start]), np.array(places[end])
    ax.annotate("", head, tail, arrowprops={"arrowstyle": "->", "color": "black", "shrinkA": 15, "shrinkB": 15})
    up, share = ((0, 0.4), 0.5) if tail[1] == head[1] else (((tail - head)[1] / 9, 0.5), 0.4)
    for sign, number, colour in ((1, value, "C0"), (-1, gradient, "C1")):
        at = tail + share * (head - tail) + sign * np.array(up)
        ax.text(*at, f"{number:.2f}".replace("-", "−"), color=colour, ha="center", va="center")
ax.text(6.4, 2.4, "forward: value", color="C0")
ax.text(6.4, -2.6, "backward: gradient", color="C1")
ax.axis((-0.6, 9.6, -3.5, 3.5))
ax.axis("off")
alt = "Circles and arrows: w₁, b₁ lead to z, z to h, h with w₂, b₂ to o, o to L; on each arrow a value and a gradient."
caption = "Read the lower numbers from right to left: each is the one at its right times a local slope (z is w₁x + b₁)."
figure(fig, alt=alt, caption=caption)

# %% autograd
knobs = torch.tensor(theta, requires_grad=True)
hidden = torch.tanh(knobs[0] * x + knobs[1])
loss = 0.5 * (knobs[2] * hidden + knobs[3] - y) ** 2
loss.backward()  # autograd does backprop
print("gradient agrees:", np.allclose(knobs.grad.numpy(), analytic))
print("weights moved:", bool((knobs.detach().numpy() != theta).any()))
lower = two_layer(theta - 0.1 * analytic)[2]  # gradient descent
print(f"L {L:.4f}, after one update {lower:.4f}")

# %% check
def relative_error(a, n):
    largest = max(np.linalg.norm(a), np.linalg.norm(n))
    return np.linalg.norm(a - n) / largest if largest else 0.0

slip = analytic * np.array([1, 1, -1, 1])  # a wrong sign at w2
for name, a in (("right", analytic), ("slip", slip)):
    print(name, "passes:", relative_error(a, numeric) < 1e-6)

# %% blanks
x, y = -1.0, 0.0
h, o, L = two_layer(theta)
delta = o - y
g_b1 = delta * theta[2] * (1 - h**2)
g_w1 = g_b1 * x
ours = np.array([g_w1, g_b1, delta * h, delta])
numeric = numeric_gradient(lambda theta: two_layer(theta)[2], theta)
print(ours.round(4), "passes:", relative_error(ours, numeric) < 1e-6)

# %% three-layer
def chain_loss(knobs):
    h1 = np.tanh(knobs[0] * 1.5)
    h2 = np.tanh(knobs[1] * h1)
    return h1, h2, 0.5 * (knobs[2] * h2 - 0.5) ** 2

knobs = np.array([0.8, -0.6, 1.2])  # (3,)
h1, h2, _ = chain_loss(knobs)
delta = knobs[2] * h2 - 0.5
before_2 = delta * knobs[2] * (1 - h2**2)
before_1 = before_2 * knobs[1] * (1 - h1**2)
ours = np.array([before_1 * 1.5, before_2 * h1, delta * h2])
numeric = numeric_gradient(lambda knobs: chain_loss(knobs)[2], knobs)
print(ours.round(4), "passes:", relative_error(ours, numeric) < 1e-6)

# %% nan
position = 0.0
for update in range(1, 301):
    position = position - 10 * slope(position)
    if not np.isfinite(position):
        print("update", update, "x is", position)
    if np.isnan(position):
        break

# %% saddle
origin = np.array([0.0, 0.0])  # (2,)
print("gradient:", np.abs(numeric_gradient(mixed, origin)))
for direction in ([0.1, 0.0], [0.1, -0.1]):
    print("step", direction, "f", round(mixed(np.array(direction)), 3))

# %% saddle-slices fold
fig, ax = plt.subplots(figsize=(6, 2.6))
t = np.linspace(-1, 1, 81)
ax.plot(t, mixed((t, 0 * t)), color="C0")
ax.plot(t, mixed((t, -t)), color="C1")
ax.plot(0, 0, "o", color="black")
ax.text(1.03, 0.85, "along (1, 0)", color="C0")
ax.text(1.03, -2.0, "along (1, −1)", color="C1")
ax.text(0.0, 0.35, "gradient 0", color="black", ha="center")
ax.set(xlim=(-1.05, 1.6), xticks=(-1, 0, 1), xlabel="steps from the origin", ylabel="f")
alt = "Two curves through one point at the origin, where both are level: one opens upwards, the other downwards."
caption = "Look at the dot: both curves are flat there, and one of them still leads down."
figure(fig, alt=alt, caption=caption)

# %% newton
H = np.diag([1.0, 25.0])  # (2, 2)
p = np.array([10.0, 1.0])
newton = p - np.linalg.solve(H, bowl_gradient(p))
print("Newton, one step:", bowl(newton))
for t in range(1, 11):
    g = bowl_gradient(p)
    p = p - (g @ g) / (g @ H @ g) * g
print(f"line search, ten steps: {bowl(p):.4f}")

# %% family
def scaled_end(keep, add, lr):
    p, s = np.array([10.0, 1.0]), np.zeros(2)
    for _ in range(50):
        g = bowl_gradient(p)
        s = keep * s + add * g**2
        p = p - lr * g / (np.sqrt(s) + 1e-8)
    return bowl(p)

p, v = np.array([10.0, 1.0]), np.zeros(2)
for _ in range(50):
    v = 0.8 * v + bowl_gradient(p - 0.03 * 0.8 * v)  # a look ahead
    p = p - 0.03 * v
print(f"Nesterov {bowl(p):.4f}")
for rate in (0.5, 5.0):
    print(f"AdaGrad at {rate}: {scaled_end(1.0, 1.0, rate):.4f}")
print(f"RMSProp at 0.5: {scaled_end(0.9, 0.1, 0.5):.4f}")

# %% reverse
rng = np.random.default_rng(0)
J1 = rng.normal(size=(30, 300))  # 300 parameters to 30 values
J2, J3 = rng.normal(size=(30, 30)), rng.normal(size=(1, 30))
print("same gradient:", np.allclose((J3 @ J2) @ J1, J3 @ (J2 @ J1)))
print("backward:", 1 * 30 * 30 + 1 * 30 * 300, "products")
print("forward:", 30 * 30 * 300 + 1 * 30 * 300, "products")

# %% micro-value
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad = data, 0.0
        self.parents, self.slopes = parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        return Value(self.data * other.data, (self, other), slopes)

    def tanh(self):
        h = np.tanh(self.data)
        return Value(h, (self,), (1 - h**2,))

# %% micro-backward
def backward(loss):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)  # after all that it depends on

    visit(loss)
    loss.grad = 1.0
    for node in reversed(order):
        for parent, local in zip(node.parents, node.slopes):
            parent.grad += node.grad * local  # paths add up

# %% micro-run
w1, b1, w2, b2 = knobs = [Value(number) for number in theta]
gap = w2 * (w1 * Value(1.5) + b1).tanh() + b2 + Value(-0.5)
backward(gap * gap * Value(0.5))
print("agrees:", np.allclose([knob.grad for knob in knobs], analytic))

# %% clip
g = np.array([30.0, 40.0])  # (2,) length 50
clipped = g * min(1.0, 5.0 / np.linalg.norm(g))
print(clipped, "length", np.linalg.norm(clipped))

# %% sharpness
for w1, w2 in ((1.0, 1.0), (10.0, 0.1)):
    H = np.array([[w2**2, 1.0], [1.0, w1**2]])
    steepest = np.linalg.eigvalsh(H)[-1]
    print("product", w1 * w2, "largest curvature", round(steepest, 2))

# %% solution-kink
for x in (1e-7, 0.5):
    ahead, behind = max(0.0, x + 1e-6), max(0.0, x - 1e-6)
    print("ReLU at", x, "measured", round((ahead - behind) / 2e-6, 4))

# %% solution-curvature
x, curvature = 3.0, 8.0
print("factor", round(1 - 0.2 * curvature, 2), "limit", 2 / curvature)
for _ in range(2):
    x = x - 0.2 * 8 * (x - 1)
    print(f"x {x:.2f}")

# %% solution-descent
def gradient_descent(grad, x0, lr, steps, tol):
    path = [np.array(x0, dtype=float)]  # a copy
    for _ in range(steps):
        g = grad(path[-1])
        if np.linalg.norm(g) < tol:
            return path, "converged"
        path.append(path[-1] - lr * g)
        if not np.abs(path[-1]).max() < 1e12:  # NaN too
            return path, "diverged"
    return path, "stopped"

for rate, steps in ((0.07, 1000), (0.1, 1000), (0.07, 100)):
    path, outcome = gradient_descent(bowl_gradient, (10, 1), rate, steps, 1e-6)
    print("rate", rate, outcome, "after", len(path) - 1)

# %% solution-batch
def backward_two_layer(params, x, y):
    w1, b1, w2, b2 = params
    h = np.tanh(w1 * x + b1)  # (n,)
    delta = w2 * h + b2 - y  # (n,)
    into = delta * w2 * (1 - h**2)  # (n,)
    per_row = [into * x, into, delta * h, delta]
    return np.array([row.mean() for row in per_row])  # (4,)

rows, targets = np.array([1.5, -1.0, 0.0]), np.array([0.5, 0.0, 1.0])
print(backward_two_layer(theta, rows, targets).round(4))
one = backward_two_layer(theta, rows[:1], targets[:1])
print("one row agrees with the page:", np.allclose(one, analytic))

# %% solution-settings
def best_plain():
    rates = np.arange(0.01, 0.08, 0.001)
    gaps = [np.array([10 * (1 - r) ** 50, (1 - 25 * r) ** 50]) for r in rates]
    losses = [bowl(gap) for gap in gaps]
    return rates[np.argmin(losses)], min(losses)

def momentum_loss(decay, lr):
    p, v = np.array([10.0, 1.0]), np.zeros(2)
    for _ in range(50):
        v = decay * v + bowl_gradient(p)
        p = p - lr * v
    return bowl(p)

rate, lowest = best_plain()
print(f"best plain: rate {rate:.3f} f {lowest:.4f}")
for decay, lr in ((0.8, 0.03), (0.8, 0.003), (0.44, 0.11)):
    print("momentum", decay, "rate", lr, f"f {momentum_loss(decay, lr):.6f}")
