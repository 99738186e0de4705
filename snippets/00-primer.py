"""Chapter 0: the Python and NumPy that the book is written in."""

# %% hello example="00.1"
print("hello")
print(2 + 3)

# %% names
loaves = 10
yesterday = loaves  # a second name for the same value
loaves = 12  # the first name moves to another value
print(loaves, yesterday)

# %% name-tags fold
import matplotlib.pyplot as plt

from groundup.book import figure

fig, axes = plt.subplots(1, 2, figsize=(6, 2.2), sharex=True, sharey=True)
titles = ("before: loaves is 10", "after: loaves = 12")
for ax, title, target in zip(axes, titles, (1, 0)):
    for y, name, end in ((1, "loaves", target), (0, "yesterday", 1)):
        arrow = {"arrowstyle": "->", "color": "C0" if y else "C1", "linewidth": 2}
        ax.annotate("", (2.55, 0.85 * end), (1.05, 0.85 * y), arrowprops=arrow)
        ax.text(1, 0.85 * y, name, ha="right", va="center", color="C0" if y else "C1")
    ax.text(2.8, 0.85, "10", ha="center", va="center", color="black", fontsize=13)
    ax.set_title(title, fontsize=10)
    ax.set(xlim=(0, 3.1), ylim=(-0.2, 1.1))
    ax.axis("off")
axes[1].text(2.8, 0, "12", ha="center", va="center", color="black", fontsize=13)
alt = "Left: arrows from loaves and yesterday both end at 10. Right: yesterday still points at 10, loaves at 12."
figure(fig, alt=alt, caption="Look at the lower name: its arrow stays where it was while the other one moves.")

# %% lists
goods = ["loaf", "cake", "bun"]
goods.append("pie")
print(len(goods), goods)
print("first:", goods[0], " last:", goods[-1])
print("from 1 up to 3:", goods[1:3])

# %% function example="00.2"
n = 10
animals = ["cat", "dog"]

def add(x, y):
    return x + y

print(add(2, 3))

# %% shown
def show(x, y):
    print(x + y)

shown = show(2, 3)
returned = add(2, 3)
print("show handed back", shown)
print("add handed back", returned)

# %% vector example="00.3"
import numpy as np

v = np.array([2.0, 0.5, 1.0])  # kilograms of flour, butter, milk
print(v)
print(v.shape)
print(v * 2)

# %% twice
print("lists: ", [1, 2] * 2, [1, 2] + [3, 4])
one, other = np.array([1, 2]), np.array([3, 4])  # each (2,)
print("arrays:", one * 2, one + other)

# %% one-type
for numbers in ([1, 2, 3], [1, 2, 3.5], [100.0, 2.0, 0.25]):
    x = np.array(numbers)  # (3,)
    print(x, x.dtype)

# %% matrix example="00.4"
M = np.array([[1, 2, 3], [4, 5, 6]])  # two days, three goods
print(M.shape)
print(M.T)  # (3, 2)

# %% picks
print("row 1, column 0:", M[1, 0])
print("row 0:", M[0])  # (3,)
print("column 2:", M[:, 2])  # (2,)
print("last row, first two:", M[-1, :2])  # (2,)

# %% shapes fold
fig, axes = plt.subplots(1, 3, figsize=(6, 2.6))
titles = ("(3,)  one axis", "(3, 1)  a column", "(2, 3)  a grid")
drawn = dict(zip(titles, (M[:1], M[:1].T, M)))
for i, (ax, title) in enumerate(zip(axes, drawn)):
    rows, columns = drawn[title].shape
    for (r, c), number in np.ndenumerate(drawn[title]):
        ax.add_patch(plt.Rectangle((c, -r), 0.92, -0.92, color=f"C{i}", alpha=0.35))
        ax.text(c + 0.46, -r - 0.46, str(number), ha="center", va="center", color="black")
    arrow = {"arrowstyle": "->", "color": "black"}
    if i:
        ax.annotate("", (-0.25, -rows), (-0.25, 0), arrowprops=arrow)
        ax.text(-0.35, -rows / 2, "axis 0", rotation=90, ha="right", va="center", color="black", fontsize=9)
    ax.annotate("", (columns, 0.25), (0, 0.25), arrowprops=arrow)
    ax.text(columns / 2, 0.35, f"axis {min(i, 1)}", ha="center", va="bottom", color="black", fontsize=9)
    ax.set_title(title, fontsize=10)
    ax.set(xlim=(-1, 3.1), ylim=(-3.05, 0.8), aspect="equal")
    ax.axis("off")
alt = "A strip of three boxes with one arrow, a column of three boxes and a grid of two rows, each with two arrows."
figure(fig, alt=alt, caption="Count the arrows: the strip has one axis, the column and the grid have two.")

# %% three-shapes
flat = np.array([1, 2, 3])
row = np.array([[1, 2, 3]])
column = np.array([[1], [2], [3]])
for x in (flat, row, column):
    print(x.shape, "transposed", x.T.shape)

# %% loop
pieces = [1.0, 2.0, 3.0]  # loaf, cake, pie
prices = [4.0, 5.0, 6.0]  # euros each
total = 0.0
for i in range(3):
    product = pieces[i] * prices[i]
    total = total + product
    print("product", product, "total", total)

# %% bill example="00.5"
a = np.array([1.0, 2.0, 3.0])  # pieces, (3,)
b = np.array([4.0, 5.0, 6.0])  # euros each, (3,)
print(np.dot(a, b))
print(a * b)
print(a @ b)

# %% lanes fold
fig, ax = plt.subplots(figsize=(6, 3.6))
arrow = {"arrowstyle": "->", "color": "black", "alpha": 0.5}
for y, sign, colour in ((1.9, "a * b", "C0"), (0.0, "a @ b", "C1")):
    ax.text(-1.15, y + 0.25, sign, color=colour, fontsize=12, family="monospace", va="center")
    for i, product in enumerate(a * b):
        ax.add_patch(plt.Rectangle((1.5 * i, y), 1.1, 0.5, color=colour, alpha=0.35))
        text = f"{a[i]:.0f} · {b[i]:.0f} = {product:.0f}"
        ax.text(1.5 * i + 0.55, y + 0.25, text, ha="center", va="center", color="black", fontsize=10)
for i in range(3):
    x = 1.5 * i + 0.55
    ax.annotate("", (x, 1.35), (x, 1.85), arrowprops=arrow)
    ax.text(x, 1.12, f"{(a * b)[i]:.0f}", ha="center", va="center", color="C0", fontsize=13)
    ax.annotate("", (2.05 + 0.25 * (i - 1), -0.62), (x, -0.05), arrowprops=arrow)
ax.text(2.05, -0.85, f"{a @ b:.0f}", ha="center", va="center", color="C1", fontsize=15)
ax.text(4.3, 1.12, "three numbers", color="C0", va="center")
ax.text(4.3, -0.85, "one number", color="C1", va="center")
ax.set(xlim=(-1.2, 5.6), ylim=(-1.1, 2.5))
ax.axis("off")
alt = "Two lanes with products 4, 10, 18: above, each arrow leads to its own number; below, all lead to 32."
figure(fig, alt=alt, caption="Compare the arrows: only the lower lane pours the products together.")

# %% star-or-at
print("a * b has shape", (a * b).shape)
print("a @ b has shape", (a @ b).shape)
print("sum of a * b:", (a * b).sum(), " a @ b:", a @ b)

# %% takings
print(M * b)
print((M * b).shape)
print(M @ b)
print((M @ b).shape)

# %% stopwatch fold volatile="times of one run on the machine that built the book"
from time import perf_counter

def by_loop(numbers):
    total = 0.0
    for u in numbers:
        total = total + u * u

def by_array(x):
    x @ x

for n in (1_000, 10_000, 100_000, 1_000_000):
    x = np.ones(n)  # (n,)
    for work, given in ((by_loop, x.tolist()), (by_array, x)):
        times = []
        for _ in range(5):
            start = perf_counter()
            work(given)
            times.append(perf_counter() - start)
        doublings = round(np.log2(min(times) / 2e-7))
        print(f"{n:>7} {work.__name__:8}", "#" * max(1, doublings))

# %% lookup example="00.6"
print(np.linalg.norm(np.array([3.0, 4.0])))
print(M.mean(axis=0))
print(np.argsort(np.array([0.7, 0.1, 0.4])))
print(np.exp(np.array([0, 1, 2])).round(3))
print(np.log(np.array([1, 2, 10])).round(3))

# %% by-hand
print((3.0**2 + 4.0**2) ** 0.5)
print((M[0] + M[1]) / 2)
d = np.array([0.7, 0.1, 0.4])
print(d[np.argsort(d)])  # taken in that order, they ascend
print(np.allclose(np.exp([0, 1, 2]), [1, np.e, np.e * np.e]))
print(np.allclose(np.exp(np.log([1, 2, 10])), [1, 2, 10]))

# %% logs
print("ln", round(np.log(100), 3), " log10", np.log10(100))
print("e to that ln:", round(np.e ** np.log(100), 3))
print("ln over ln of 10:", round(np.log(100) / np.log(10), 3))

# %% log-curves fold
fig, ax = plt.subplots(figsize=(6, 3))
x = np.linspace(1, 100, 200)
ax.plot(x, np.log(x), color="C0")
ax.plot(x, np.log10(x), color="C1")
for f, colour, name in ((np.log, "C0", "np.log"), (np.log10, "C1", "np.log10")):
    ax.plot(100, f(100), "o", color=colour)
    ax.text(99, f(100) + 0.22, f"{f(100):.1f}", color=colour, ha="right")
    ax.text(45, f(45) + 0.3, name, color=colour, ha="right")
ax.set(xlabel="x", ylabel="logarithm of x", xlim=(0, 104), ylim=(-0.1, 5.3))
alt = "Two rising curves; at x = 100 the upper one, np.log, is at 4.6, the lower one, np.log10, at 2.0."
figure(fig, alt=alt, caption="Look at the right end: both curves are right there, each for its own base.")

# %% try-all
for k in (0, 5, 10, 15):
    print("k", k, "error", (k - 10) ** 2)

# %% knob example="00.7"
k = 0.0
for step in range(1, 6):
    k = k - 0.1 * 2 * (k - 10)
    print(step, round(k, 3), round((k - 10) ** 2, 3))

# %% knob-curve fold
fig, ax = plt.subplots(figsize=(6, 3.4))
x = np.linspace(-0.5, 14, 200)
ax.plot(x, (x - 10) ** 2, color="C5", alpha=0.6)
path = [0.0]
for _ in range(5):
    path.append(path[-1] - 0.1 * 2 * (path[-1] - 10))
path = np.array(path)  # (6,) the start and five nudged values
ax.plot(path[0], 100, "o", color="black", fillstyle="none")
ax.text(0.35, 101, "start", color="black")
ax.plot(path[1:], (path[1:] - 10) ** 2, "o", color="C0")
for i in range(1, 6):
    ax.text(path[i] + 0.3, (path[i] - 10) ** 2 + 2, str(i), color="C0")
    ax.plot(path[i - 1 : i + 1], [-9, -9], "|-", color="C1", markersize=10)
ax.text(7.1, -9, "lengths of the steps", color="C1", va="center", fontsize=9)
ax.text(11.1, 32, "error (k − 10)²", color="C5")
ax.set(xlabel="k", ylabel="error", xlim=(-0.6, 14.2), ylim=(-16, 114), yticks=(0, 50, 100))
alt = "A valley with its floor at k = 10: from k = 0 five dots descend its left side, in ever shorter steps."
figure(fig, alt=alt, caption="Look at the row of pieces at the bottom: each step is shorter than the one before.")

# %% blanks
k = 10.0
for step in range(1, 4):
    slope = 2 * (k - 4)
    k = k - 0.1 * slope
    print(step, round(k, 3), round((k - 4) ** 2, 3))

# %% loud
too_short = np.array([4.0, 5.0])  # (2,) one price is missing
try:
    print(a * too_short)
except ValueError as error:
    print("ValueError:", str(error).strip())

# %% quiet
for total in (a * b, a @ b):
    print("over 30:", total > 30, " one number:", total.shape == ())

# %% masks
busy = M > 2  # (2, 3)
print(busy)
print("picked:", M[busy], " how many:", busy.sum())
print(np.where(busy, M, 0))  # (2, 3)

# %% views
w = np.array([2.0, 0.5, 1.0])
part = w[:2]  # a view of w
part[0] = 9.0
print("w:", w)
own = w[:2].copy()
own[0] = 7.0
print("w:", w, " own:", own)

# %% draws
rng = np.random.default_rng(0)
print("seed 0:", rng.integers(1, 7, size=5))
rng = np.random.default_rng(0)
print("seed 0 again:", rng.integers(1, 7, size=5))
print("the next five:", rng.integers(1, 7, size=5))

# %% frames
import traceback

def bill(amounts, costs):
    return (amounts * costs).sum()

try:
    bill(a, too_short)
except ValueError as error:
    for frame in traceback.extract_tb(error.__traceback__):
        print("in", frame.name)
    print(type(error).__name__ + ":", str(error).strip())

# %% tenths
print(0.1 + 0.2, 0.1 + 0.2 == 0.3)
print(f"{0.1:.20f}")
print(np.isclose(0.1 + 0.2, 0.3))

# %% solution-both-days
print("pieces per day:", M.sum(axis=1))
print("first takings, then the sum:", (M @ b).sum())
print("first the sum, then takings:", M.sum(axis=0) @ b)

# %% solution-nudge
def nudge(value, target, rate, steps):
    values = []
    for _ in range(steps):
        value = value - rate * 2 * (value - target)
        values.append(value)
    return values

print(np.round(nudge(0.0, 10, 0.1, 5), 3))
print("rate 0:", nudge(0.0, 10, 0, 3))
print("rate 1:", nudge(0.0, 10, 1, 4))
print("no steps:", nudge(0.0, 10, 0.1, 0))

# %% solution-dot
def dot_loop(a, b):
    if len(a) != len(b):
        raise ValueError("the vectors differ in length")
    total = 0.0
    for x, y in zip(a, b):
        total = total + float(x) * float(y)
    return total

def dot_array(a, b):
    return np.array(a, dtype=float) @ np.array(b, dtype=float)

print(dot_loop(a, b), dot_array(a, b), dot_loop([], []), dot_array([], []))
large, twos = [2**62, 2**62], [2, 2]
print("as integers:", np.array(large) @ np.array(twos))
print("as floats:", dot_loop(large, twos), dot_array(large, twos))

# %% solution-transpose
def transpose(rows):
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError("the rows differ in length")
    return [list(column) for column in zip(*rows)]

print(transpose([[1, 2, 3], [4, 5, 6]]))
print(transpose([[1, 2, 3]]), transpose([]))
print("as NumPy:", transpose(M.tolist()) == M.T.tolist())
try:
    transpose([[1, 2], [3]])
except ValueError as error:
    print("ragged:", error)

# %% solution-length
def length(v):
    largest = max((abs(x) for x in v), default=0.0)
    if largest == 0:
        return 0.0
    return largest * sum((x / largest) ** 2 for x in v) ** 0.5

print(length([3.0, 4.0]), length([0.0, 0.0]))
print("square of 3e200:", 3e200 * 3e200)
print(f"scaled first: {length([3e200, 4e200]):.3g}")

# %% solution-rates
for rate in (0.1, 0.5, 0.9, 1.0, 1.1):
    k = nudge(0.0, 10, rate, 20)[-1]
    print(f"rate {rate} keeps {1 - 2 * rate:.1f} of the gap; k after 20 steps: {k:.2f}")
