"""Chapter 16: feeding, timing and guarding the training run."""

# %% batches example="16.1"
import numpy as np

x = np.arange(10.0)[:, None]  # (10, 1) ten examples
y = np.arange(10)  # (10,) each label is the example's number
order = np.random.default_rng(0).permutation(10)
for start in range(0, 10, 4):
    print(y[order[start : start + 4]])

# %% timeline fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 2.5))
for place, index in enumerate(order):
    batch = place // 4
    ax.barh(0, 0.9, left=place, height=0.6, color=f"C{batch}", alpha=0.4)
    ax.text(place + 0.45, 0, str(index), color="black", ha="center", va="center")
for batch, start in enumerate(range(0, 10, 4)):
    size = len(order[start : start + 4])
    ax.text(start + size / 2, 0.55, f"step {batch + 1}\n{size} examples", color=f"C{batch}", ha="center", fontsize=9)
ax.annotate("", (9.9, -0.55), (0, -0.55), arrowprops={"arrowstyle": "->", "color": "black"})
ax.text(4.95, -0.85, "one epoch", color="black", ha="center")
ax.set(xlim=(-0.1, 10.4), ylim=(-1.1, 1.2))
ax.axis("off")
figure(
    fig,
    alt="Ten numbered boxes in mixed order, cut into groups of four, four and two; an arrow below spans them all.",
    caption="Look at the right end: the last batch is short, and every number occurs once.",
)

# %% steps example="16.3"
n, B, epochs = 6400, 64, 10
print(n // B)
print(n // B * epochs)

# %% last-batch example="16.10"
import math

print(math.ceil(10 / 4))
print(10 // 4)

# %% loader
import torch
from torch.utils.data import DataLoader, TensorDataset

data = TensorDataset(torch.tensor(x), torch.tensor(y))
ours = DataLoader(data, batch_size=4, sampler=order.tolist())
print([labels.tolist() for _, labels in ours])
dice = torch.Generator().manual_seed(0)
loader = DataLoader(data, batch_size=4, shuffle=True, generator=dice)
for epoch in range(2):  # a new order each time
    print(torch.cat([labels for _, labels in loader]).tolist())

# %% weighted example="16.9"
losses, sizes = np.array([1.0, 1.0, 4.0]), np.array([4, 4, 2])
print(losses.mean())
print(np.average(losses, weights=sizes))

# %% sorted example="16.6"
answers = np.repeat([0, 1], 50)  # (100,) sorted by class
mixed = np.random.default_rng(0).permutation(100)
print(*answers.reshape(10, 10).mean(axis=1).astype(int))
print(*answers[mixed].reshape(10, 10).mean(axis=1))

# %% swing fold
rng, paths = np.random.default_rng(0), {}
for name in ("sorted", "shuffled"):
    guess, paths[name] = 0.5, [0.5]
    for epoch in range(3):
        rows = np.arange(100) if name == "sorted" else rng.permutation(100)
        for share in answers[rows].reshape(10, 10).mean(axis=1):
            guess -= 0.2 * 2 * (guess - share)  # descent on (guess - answer)²
            paths[name].append(guess)
    late = paths[name][-10:]
    print(f"{name}: last epoch from {min(late):.2f} to {max(late):.2f}")

# %% swing-figure fold
fig, ax = plt.subplots(figsize=(6, 3))
for i, name in enumerate(paths):
    ax.plot(paths[name], color=f"C{1 - i}")
ax.plot([0, 30], [0.5, 0.5], color="black", alpha=0.4, linestyle=":")
ax.text(19.5, 0.99, "sorted", color="C1", ha="center")
ax.text(2.7, 0.62, "shuffled", color="C0", ha="center")
ax.text(30.2, 0.49, "best", color="black", va="center")
ax.set(xlabel="step (10 an epoch)", ylabel="guess", xlim=(0, 33), ylim=(0, 1.1))
figure(
    fig,
    alt="Two curves over thirty steps: a large sawtooth between almost 0 and almost 1, and a small jitter about 0.5.",
    caption="Look at the period of the orange saw: it is one epoch, because the order is the same each time.",
)

# %% borders fold
rng = np.random.default_rng(0)
sales = (0.1 + rng.normal(size=400)).cumsum()  # (400,) one a day, growing
photos = np.repeat(rng.normal(size=(60, 5)), 4, axis=0)  # 4 photos a patient
photos += 0.1 * rng.normal(size=photos.shape)  # (240, 5)
ill = np.repeat(rng.integers(0, 2, 60), 4)  # (240,) a coin for each patient


def copy_nearest(X, train, test):  # for each test row, the nearest train row
    return train[((X[test][:, None] - X[train]) ** 2).sum(axis=2).argmin(axis=1)]


def split(n, last, rng=None):  # the last rows are the test
    return np.split(np.arange(n) if rng is None else rng.permutation(n), [n - last])


for name, shuffled in [("random:", rng), ("by day, by patient:", None)]:
    day, person = split(400, 80, shuffled), split(240, 60, shuffled)
    near = copy_nearest(np.arange(400)[:, None], *day)
    error = np.abs(sales[day[1]] - sales[near]).mean()
    same = ill[copy_nearest(photos, *person)] == ill[person[1]]
    print(name, "error", error.round(1), "accuracy", same.mean().round(1))

# %% seed example="16.2"
for run in range(2):
    print(np.random.default_rng(42).normal(size=3).round(3))

# %% seed-all
import random


def seed_all(seed):
    random.seed(seed)
    torch.manual_seed(seed)
    return np.random.default_rng(seed)


draws = []
for run in range(2):
    rng = seed_all(7)
    draws.append((random.random(), torch.rand(1).item(), rng.random()))
print(draws[0] == draws[1])

# %% parts
print((0.1 + 0.2) + 0.3 == 0.1 + (0.2 + 0.3))
values = np.random.default_rng(0).normal(size=1000).astype(np.float32)
totals = []
for threads in range(1, 9):
    pieces = np.array_split(values, threads)
    totals.append(sum(piece.sum() for piece in pieces))
print("one total for all eight cuts:", len(set(totals)) == 1)
print("equal to 1e-4:", max(totals) - min(totals) < 1e-4)

# %% lucky fold
rng = np.random.default_rng(0)
points = rng.normal(size=(1100, 5))  # (1100, 5)
target = points[:, 0] + 2 * rng.normal(size=1100) > 0  # (1100,)
scores = {}
for rate in (0.1, 0.11):
    for seed in range(10):
        order, w = np.random.default_rng(seed).permutation(100), np.zeros(5)
        for row in order:  # batch size 1, one epoch
            p = 1 / (1 + np.exp(-points[row] @ w))
            w -= rate * (p - target[row]) * points[row]
        right = (points[100:] @ w > 0) == target[100:]
        scores[rate, seed] = right.mean()
old, new = np.array(list(scores.values())).reshape(2, 10)
print("old seeds from", old.min().round(2), "to", old.max().round(2))
print("best new seed beats worst old seed:", new.max() > old.min())
print("difference of means below 0.01:", abs(new.mean() - old.mean()) < 0.01)

# %% leaky-scaling example="16.4"
train, test = np.array([1.0, 2.0, 3.0]), 10.0
everything = np.append(train, test)  # (4,)
for seen in (train, everything):
    print(round((test - seen.mean()) / seen.std(), 3))

# %% fake fold
rng = np.random.default_rng(0)
noise = rng.standard_normal((50, 2000))
coin = rng.permutation(np.repeat([0, 1], 25))  # (50,) says nothing
folds = np.array_split(rng.permutation(50), 5)


def gap(X, y):  # one score per column
    return np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0))


def choose(X, y):
    return np.argsort(-gap(X, y), kind="stable")[:20]


print("gaps from", gap(noise, coin).min().round(2), "to", gap(noise, coin).max().round(2))


# %% fake-skill example="16.8"
def cv_score(columns_for):
    hits = 0
    for held in folds:
        rest = np.setdiff1d(np.arange(50), held)
        X, y = noise[:, columns_for(rest)], coin[rest]
        means = [X[rest][y == k].mean(axis=0) for k in (0, 1)]
        far = [((X[held] - mean) ** 2).sum(axis=1) for mean in means]
        hits += ((far[1] < far[0]) == coin[held]).sum()
    return hits / 50


wrong = cv_score(lambda rest: choose(noise, coin))
right = cv_score(lambda rest: choose(noise[rest], coin[rest]))
print("chosen on all rows:", wrong)
print("chosen inside each fold:", right)


# %% cv-plan hide
def bracket(ax, left, right):
    ax.plot([left, left, right, right], [0.5, 0.75, 0.75, 0.5], color="black", alpha=0.5)
    ax.text((left + right) / 2, 0.82, "five times", color="black", ha="center", fontsize=9)


def bar(ax, score, colour):
    ax.barh(0, score, left=3.0, height=0.5, color=colour, alpha=0.5)
    ax.plot([3.5, 3.5], [-0.45, 0.45], color="black", linestyle=":")
    ax.text(3.5, -0.78, "chance", color="black", ha="center", fontsize=9)


# %% cv-figure fold
chooses = [("choose on", "all 50 rows"), ("choose on", "40 rows")]
then = [("fit on", "40 rows"), ("score on", "10 rows")]
fig, axes = plt.subplots(2, 1, figsize=(6, 3.6))
for ax, name, score, left, colour in zip(axes, ["wrong", "right"], [wrong, right], [0.57, -0.6], ["C1", "C0"]):
    for i, lines in enumerate([chooses[name == "right"], *then]):
        ax.barh(0, 1.0, left=1.15 * i - 0.5, height=0.75, color=colour, alpha=0.25)
        for text, y in zip(lines, (0.15, -0.17)):
            ax.text(1.15 * i, y, text, color="black", ha="center", va="center", fontsize=9)
    bracket(ax, left, 2.75)
    bar(ax, score, colour)
    ax.text(-0.62, -0.78, name, color=colour, fontsize=11)
    ax.set(xlim=(-0.7, 4.05), ylim=(-0.9, 1.1))
    ax.axis("off")
alt = (
    "Two rows of three boxes and a bar. Above, columns are chosen before the loop and the bar is almost full; "
    "below, the loop holds the choice too and the bar ends at the line of chance."
)
caption = "Look at where the bracket starts: what stands left of it has seen every held-back row."
figure(fig, alt=alt, caption=caption)

# %% pipeline fold
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline

pairs = [(np.setdiff1d(np.arange(50), held), held) for held in folds]
refit = make_pipeline(SelectKBest(gap, k=20), NearestCentroid())
honest = cross_val_score(refit, noise, coin, cv=pairs).mean()
chosen = noise[:, choose(noise, coin)]
leaked = cross_val_score(NearestCentroid(), chosen, coin, cv=pairs).mean()
print(np.isclose(honest, right), np.isclose(leaked, wrong))

# %% refund
rng = np.random.default_rng(0)
fraud = rng.integers(0, 2, 3000)  # training, validation, live
memory = np.append(fraud[:1000], rng.integers(0, 2, 2000))  # by heart
flag = np.append(fraud[:2000], np.zeros(1000, int))  # set weeks later
for name, says in [("overfitted", memory), ("leaking", flag)]:
    hit = says == fraud
    print(name, *hit.reshape(3, 1000).mean(axis=1).round(1))

# %% device
there = torch.nn.Linear(2, 1, device="meta")  # stands in for a GPU here
try:
    there(torch.ones(3, 2))
except RuntimeError as error:
    print(error)
device = "cuda" if torch.cuda.is_available() else "cpu"
here = torch.nn.Linear(2, 1).to(device)
out = here(torch.ones(3, 2).to(device))  # both moved
print(tuple(out.detach().cpu().shape))

# %% accumulate example="16.5"
xs = np.array([1.0, 2.0, 3.0, 4.0])
ys, w = 2 * xs, 0.0


def gradient(x, y):
    return np.mean(2 * (w * x - y) * x)


halves = [gradient(xs[:2], ys[:2]), gradient(xs[2:], ys[2:])]
print(gradient(xs, ys))
print(*halves)
print(np.mean(halves))
print(np.sum(halves))

# %% accumulate-torch
weight = torch.zeros(1, requires_grad=True)
for part in range(2):
    rows = slice(2 * part, 2 * part + 2)
    part_x, part_y = torch.tensor(xs[rows]), torch.tensor(ys[rows])
    loss = ((weight * part_x - part_y) ** 2).mean()
    (loss / 2).backward()  # adds to .grad and frees this part's graph
print(weight.grad.item())

# %% batch-norm
norm = torch.nn.BatchNorm1d(1)
column = torch.tensor([[1.0], [2.0], [3.0], [4.0]])  # (4, 1)
whole = norm(column)
parts = torch.cat([norm(column[:2]), norm(column[2:])])
for out in (whole, parts):
    print(out.detach().flatten().numpy().round(2))

# %% halves
for kind in (torch.float32, torch.float16, torch.bfloat16):
    info = torch.finfo(kind)
    near_one, tiny = torch.tensor([1.001, 1e-8], dtype=kind).tolist()
    print(f"{info.dtype:9} up to {info.max:.0e}: {near_one:.4f}, {tiny:.0e}")

# %% loss-scale
slopes = torch.tensor([1e-8, 1e-4, 300.0])  # gradients in float32
for scale in (1, 1024):
    stored = (slopes * scale).half()  # float16
    restored = (stored.float() / scale).tolist()
    print(scale, *(f"{g:.0e}" for g in restored))

# %% ranges fold
fig, ax = plt.subplots(figsize=(6, 2.6))
spans = [("float16", -24, 16, "C1"), ("bfloat16", -133, 128, "C0"), ("float32", -149, 128, "C2")]
for row, (name, low, high, colour) in enumerate(spans):
    ax.barh(row, high - low, left=low, height=0.5, color=colour, alpha=0.5)
    at, side = (high + 4, "left") if name == "float16" else (low - 4, "right")
    ax.text(at, row, name, color=colour, ha=side, va="center")
for place, name in [(np.log2(1e-8), "1e-8"), (np.log2(1e-8) + 10, "1e-8 · 1024")]:
    ax.plot([place, place], [-0.4, 2.4], color="black", linestyle=":")
    side = "right" if name == "1e-8" else "left"
    ax.text(place, 2.55, name, color="black", ha=side, fontsize=9)
ax.set(xlim=(-235, 135), ylim=(-0.6, 2.9), yticks=[], xlabel="size as a power of 2")
ax.spines[["left", "top", "right"]].set_visible(False)
figure(
    fig,
    alt="Three bars over powers of two: float16 from -24 to 16, bfloat16 and float32 more than six times as wide.",
    caption="Look at the two dotted lines: 1e-8 lies left of the float16 bar, and times 1024 inside it.",
)

# %% autocast fold
net = torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.Tanh(), torch.nn.Linear(256, 10))
weights = {p.data_ptr(): p.numel() for p in net.parameters()}
fixed = 16 * sum(weights.values())  # 4 bytes each: weight, gradient, two of Adam
held = {}  # storage that waits for the backward pass


def keep(t):
    held[t.data_ptr()] = 0 if t.data_ptr() in weights else t.untyped_storage().nbytes()
    return t


for name, mixed in [("float32", False), ("mixed", True)]:
    held.clear()
    autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=mixed)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t), autocast:
        out = net(torch.ones(512, 64))
    waits = sum(held.values())
    print(f"{name}: output {out.dtype}, weights {net[0].weight.dtype}")
    print(f"  bytes: activations {waits}, with weights, gradients and Adam {waits + fixed}")


# %% schedule example="16.7"
def rate(s):
    if s < 100:
        return 0.001 * (s + 1) / 100
    return 0.0001 + 0.5 * 0.0009 * (1 + np.cos(np.pi * (s - 100) / 900))


marks = (0, 49, 99, 100, 325, 550, 775, 1000)
print(*(f"{rate(s):.6f}" for s in marks))

# %% schedule-torch fold
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

optimiser = torch.optim.SGD([torch.zeros(1)], lr=0.001)
warm = LinearLR(optimiser, start_factor=0.01, total_iters=99)
cosine = CosineAnnealingLR(optimiser, T_max=900, eta_min=0.0001)
schedule = SequentialLR(optimiser, [warm, cosine], milestones=[100])
rates = []
for s in range(1001):
    rates.append(schedule.get_last_lr()[0])
    optimiser.step()
    schedule.step()
print(np.allclose(rates, [rate(s) for s in range(1001)]))

# %% schedule-curve fold
fig, ax = plt.subplots(figsize=(6, 2.8))
ax.plot(rates, color="C0")
ax.plot(marks, [rate(s) for s in marks], "o", color="C1", markersize=5)
ax.text(70, 0.0004, "warm-up", color="black")
ax.text(610, 0.00062, "cosine decay", color="black")
ax.text(1000, 0.00016, "floor", color="black", ha="center")
ax.set(xlabel="step", ylabel="learning rate", ylim=(0, 0.0012), yticks=[0, 0.001], yticklabels=["0", "0.001"])
figure(
    fig,
    alt="The rate climbs steeply for a hundred steps, then falls in a slow S; eight points lie on it.",
    caption="Look at the point halfway through the decay: it lies halfway between peak and floor.",
)

# %% clip
knob = torch.zeros(2, requires_grad=True)
knob.grad = torch.tensor([3.0, 4.0])
before = torch.nn.utils.clip_grad_norm_([knob], max_norm=1.0)
print(round(before.item(), 3), knob.grad.numpy().round(3))

# %% resume example="16.11"
rng = np.random.default_rng(1)
rng.normal(size=2)
state = rng.bit_generator.state  # a dictionary of numbers, to be saved
future = rng.normal(size=2)
restored, reseeded = np.random.default_rng(), np.random.default_rng(1)
restored.bit_generator.state = state
print(np.array_equal(restored.normal(size=2), future))
print(np.array_equal(reseeded.normal(size=2), future))

# %% checkpoint fold
import io


def train(model, optimiser, rng, steps):
    for _ in range(steps):
        batch = torch.tensor(rng.normal(size=(8, 3))).float()
        loss = ((model(batch) - batch.sum(dim=1, keepdim=True)) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model.weight.detach().clone()


def start():
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 1)
    return model, torch.optim.Adam(model.parameters(), lr=0.1), np.random.default_rng(0)


straight = train(*start(), 10)

# %% interrupted
model, optimiser, rng = start()
train(model, optimiser, rng, 5)
disk = io.BytesIO()  # a file in memory
states = model.state_dict(), optimiser.state_dict(), rng.bit_generator.state
names = ("model", "optimiser", "rng")
torch.save(dict(zip(names, states), step=5), disk)
for restored in (names, names[:2], names[:1]):
    disk.seek(0)
    saved = torch.load(disk, weights_only=True)
    again, memory, dice = start()
    again.load_state_dict(saved["model"])
    if "optimiser" in restored:
        memory.load_state_dict(saved["optimiser"])
    if "rng" in restored:
        dice.bit_generator.state = saved["rng"]
    end = train(again, memory, dice, 10 - saved["step"])
    print(*restored, torch.equal(end, straight))

# %% curves fold
rng = np.random.default_rng(0)
truth = rng.normal(size=20)
plans = {"healthy": (2000, 0.02), "overfitting": (22, 0.02), "diverging": (200, 0.7), "flat": (200, 1e-5)}
logs = {}
for name, (rows, eta) in plans.items():
    A, V = rng.normal(size=(rows, 20)), rng.normal(size=(500, 20))
    b, c = (M @ truth + 3 * rng.normal(size=len(M)) for M in (A, V))
    w, log = np.zeros(20), []
    for step in range(401):
        log.append((np.mean((A @ w - b) ** 2), np.mean((V @ w - c) ** 2)))
        if log[-1][0] > 1e4:
            break
        w -= eta * 2 / rows * A.T @ (A @ w - b)
    low, high = logs[name] = np.array(log).T  # training, validation
    print(f"{name}: training {low[0]:.0f} to {low[-1]:.0f}", end=", ")
    print(f"validation {high.min():.0f} at best, {high[-1]:.0f} at last")

# %% curves-figure fold
fig, axes = plt.subplots(2, 2, figsize=(6, 4), sharex=True, sharey=True)
for ax, (name, pair) in zip(axes.flat, logs.items()):
    for colour, curve in zip(["C0", "C1"], pair):
        at = np.arange(0, len(curve), 4 if len(curve) == 401 else 1)
        ax.plot(at, np.minimum(curve[at], 90), color=colour)
    ax.set_title(name, fontsize=10)
axes[0, 0].set(ylim=(0, 60), ylabel="loss")
axes[0, 1].text(250, 38, "validation", color="C1")
axes[0, 1].text(250, 6, "training", color="C0")
axes[1, 0].set(xlabel="step", ylabel="loss")
axes[1, 1].set_xlabel("step")
alt = (
    "Four panels: both losses fall and stay close; training falls while validation turns up; both dip and leave "
    "the panel; both stay level."
)
figure(fig, alt=alt, caption="Look at the gap and the direction: the shape alone tells the four apart.")

# %% bigger-batches
slopes = np.random.default_rng(0).normal(size=(2**16,))  # one gradient an example
for B in (1, 4, 16, 64):
    spread = slopes.reshape(-1, B).mean(axis=1).std()
    print(B, round(spread, 2), round(spread * B**0.5, 1))

# %% strata
from sklearn.model_selection import KFold, StratifiedKFold

rare = np.repeat([0, 1], [90, 10])
for plan in (KFold(5, shuffle=True, random_state=0), StratifiedKFold(5, shuffle=True, random_state=0)):
    print(type(plan).__name__, [int(rare[held].sum()) for _, held in plan.split(rare, rare)])

# %% adversarial
rng = np.random.default_rng(0)
origin = np.repeat([0, 1], 500)  # 0: training rows, 1: live rows
for shift in (0.0, 1.0):
    rows = rng.normal(size=(1000, 3)) + shift * origin[:, None]
    fit, ask = slice(0, None, 2), slice(1, None, 2)
    far = [((rows[ask] - rows[fit][origin[fit] == k].mean(axis=0)) ** 2).sum(axis=1) for k in (0, 1)]
    print("shift", shift, "told apart:", ((far[1] < far[0]) == origin[ask]).mean().round(1))

# %% imbalance
slope = np.array([1.0, 1.0, 1.0, 4.0])  # one gradient a row; the last row is the rare class
weight = np.array([1.0, 1.0, 1.0, 3.0])
print("weighted loss:", np.average(slope, weights=weight))
drawn = np.random.default_rng(0).choice(slope, size=10_000, p=weight / weight.sum())
print("weighted sampling:", drawn.mean().round(1))

# %% quality
import hashlib

table = np.array([[34.0, 0.0], [51.0, 1.0], [27.0, 1.0]])  # age, label
version = hashlib.sha256(table.tobytes()).hexdigest()
table[2, 0] = 270.0
print("same version:", hashlib.sha256(table.tobytes()).hexdigest() == version)
print("ages in range:", ((table[:, 0] >= 0) & (table[:, 0] <= 120)).tolist())

# %% scaler
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16)
knob = torch.zeros(1, requires_grad=True)
descent = torch.optim.SGD([knob], lr=1.0)
for step in range(3):
    descent.zero_grad()
    loss = (knob.half() * 1.5).float().sum()  # gradient 1.5, passed on in float16
    scaler.scale(loss).backward()
    scaler.step(descent)
    scaler.update()
    print(int(scaler.get_scale()), knob.item())

# %% range-test
X, truth = np.random.default_rng(0).normal(size=(8, 3)), np.array([1.0, -2.0, 0.5])
for eta in (1e-5, 1e-3, 1e-1, 10.0):
    w = np.zeros(3)
    for step in range(30):
        w -= eta * 2 / 8 * X.T @ (X @ w - X @ truth)
    ratio = np.mean((X @ (w - truth)) ** 2) / np.mean((X @ truth) ** 2)
    print(eta, "flat" if 0.99 < ratio <= 1 else "falls" if ratio < 1 else "diverges")

# %% one-batch
for name, sign in [("correct", -1), ("sign lost", 1)]:
    w = np.zeros(3)
    for step in range(2000):
        w += sign * 0.05 * np.clip(2 / 8 * X.T @ (X @ w - X @ truth), -1, 1)
    print(name, "loss below 1e-6:", np.mean((X @ (w - truth)) ** 2) < 1e-6)

# %% idle
load, compute = 8, 10  # units of time for one batch
for speed in (1, 10):
    serial, overlapped = load + compute / speed, max(load, compute / speed)
    print(speed, serial, overlapped)

# %% exercise-steps
n, B = 50_000, 256
print(math.ceil(n / B), n // B, n - n // B * B)
print(20 * math.ceil(n / B))


# %% exercise-scaler
class Scaler:
    def fit(self, X):
        self.mean, spread = X.mean(axis=0), X.std(axis=0)
        self.spread = np.where(spread == 0, 1, spread)
        return self

    def transform(self, X):
        if X.shape[1] != len(self.mean):
            raise ValueError(f"fitted on {len(self.mean)} columns, got {X.shape[1]}")
        return (X - self.mean) / self.spread


scaler = Scaler().fit(np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]))
print(scaler.transform(np.array([[10.0, 5.0]])).round(3))
try:
    scaler.transform(np.ones((1, 3)))
except ValueError as error:
    print(error)

# %% exercise-parts
numbers, goal = torch.arange(1.0, 11.0), 2 * torch.arange(1.0, 11.0)  # (10,)
weight = torch.zeros(1, requires_grad=True)
for rows in torch.arange(10).split(4):
    loss = ((weight * numbers[rows] - goal[rows]) ** 2).mean()
    (loss * len(rows) / 10).backward()
print(weight.grad.item())
print(torch.mean(2 * (0 * numbers - goal) * numbers).item())


# %% exercise-groups
def group_split(groups, fraction, rng):
    names = rng.permutation(np.unique(groups))
    held = np.isin(groups, names[: max(1, round(fraction * len(names)))])
    return np.flatnonzero(~held), np.flatnonzero(held)


who = np.repeat(np.arange(60), 4)
train_rows, test_rows = group_split(who, 0.25, np.random.default_rng(0))
print(len(train_rows), len(test_rows), np.intersect1d(who[train_rows], who[test_rows]).size)


# %% exercise-time
def time_split(t, test_fraction, gap):
    border = np.sort(t)[len(t) - round(test_fraction * len(t))]  # ties go to the test
    return np.flatnonzero(t < border - gap), np.flatnonzero(t >= border)


days = np.random.default_rng(0).permutation(400)
before, after = time_split(days, 0.2, gap=7)
print(days[before].max(), days[after].min(), len(before), len(after))
errors = []
for border in (200, 240, 280, 320, 360):  # rolling: always the next 40 days
    errors.append(np.abs(sales[border : border + 40] - sales[border - 1]).mean())
print("five errors from", min(errors).round(1), "to", max(errors).round(1))
