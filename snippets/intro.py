"""Start here: the book in small, and a check of your set-up."""

# %% holes fold
import matplotlib.pyplot as plt
from groundup.book import figure

chapters = [3, 14, 2, 2, 5, 6, 7, 12]
pieces = [
    "We describe a case by each", "give each word its", "pack both into one",
    "scale the columns by", "compare the rows with a", "squash the",
    "into a probability, train on", "and leave the derivatives to",
]
fig, ax = plt.subplots(figsize=(6, 3.6))
box = {"boxstyle": "round,pad=0.6", "facecolor": "none", "edgecolor": "C1"}
alt = "One sentence, a line for each hole."
for i, (piece, chapter) in enumerate(zip(pieces, chapters)):
    place = f"{i + 1}:  chapter {chapter}"
    ax.text(3.4, -i, piece, ha="right", va="center", color="black")
    ax.text(4.4, -i, place, ha="center", va="center", color="C1", bbox=box)
    alt += f" {piece} (hole {place})."
ax.set(xlim=(0, 6.4), ylim=(-7.6, 0.6))
ax.axis("off")
caption = "Look at the boxes: each hides one word, and names its chapter."
figure(fig, alt=alt, caption=caption)

# %% taste example="IN.1"
import numpy as np

u = np.array([3.0, 4.0])  # (2,) teas and coffees of the first customer
v = np.array([4.0, 3.0])  # (2,) and of the second
total = (u * v).sum()
lengths = np.sqrt((u**2).sum()) * np.sqrt((v**2).sum())
ratio = total / lengths
print(total)
print(lengths)
print(round(ratio, 2))

# %% arrows fold
fig, ax = plt.subplots(figsize=(6, 2.9))
names = ["u: 3 teas, 4 coffees", "v: 4 teas, 3 coffees"]
for colour, tip, name in zip(["C0", "C1"], [u, v], names):
    arrow = {"arrowstyle": "->", "color": colour, "linewidth": 2}
    ax.annotate("", tip, (0, 0), arrowprops=arrow)
    ax.text(*(tip + [0.15, 0]), name, color=colour, va="center")
ax.text(2.6, 2.6, "gap", color="black", ha="center", va="center")
ax.set(xlim=(0, 8.5), ylim=(0, 4.5), aspect="equal")
ax.set(xlabel="teas", ylabel="coffees")
alt = (
    "Two arrows of the same length from the corner: u to 3 teas and 4 "
    "coffees, v to 4 teas and 3 coffees, with a narrow gap between them."
)
caption = "Look at the gap between the arrows: the ratio measures how narrow it is."
figure(fig, alt=alt, caption=caption)

# %% agree
by_library = u @ v / (np.linalg.norm(u) * np.linalg.norm(v))
print("the same number:", np.isclose(by_library, ratio))

# %% versions
with np.printoptions(legacy="1.25"):
    print("as NumPy 1.25 shows it:", [ratio])
print("as NumPy 2 shows it:", [ratio])

# %% setup example="IN.2"
import sys

print(sys.version_info.major)
print(int(np.__version__.split(".")[0]) >= 1)

# %% thirds
coarse = np.float32(1) / np.float32(3)  # float32: about 7 digits
fine = np.float64(1) / np.float64(3)  # float64: about 16 digits
print(coarse, fine)
print(f"{coarse:.4f}", f"{fine:.4f}")

# %% seeds
first = np.random.default_rng(0)
second = np.random.default_rng(0)
print("first: ", first.integers(10, size=4))
print("second:", second.integers(10, size=4))
print("first: ", first.integers(10, size=4))

# %% parts
needs = {"II": ["I"], "III": ["II"], "IV": ["III"], "V": ["II"]}
needs |= {"VI": ["II"], "VII": ["II"], "VIII": ["II"], "IX": ["IV"]}


def before(part):
    path = []
    for need in needs.get(part, []):
        path += [*before(need), need]
    return path


print("before V: ", *before("V"))
print("before IX:", *before("IX"))
opened = [part for part in needs if "II" in needs[part]]
print("II opens", len(opened), "parts:", *opened)

# %% map-places hide
places = {
    "I": (0.3, 6.6, range(0, 6)),
    "II": (0.3, 4.6, range(6, 11)),
    "III": (0.3, 2.6, range(11, 15)),
    "IV": (0.3, 0.6, range(15, 18)),
    "V": (8.2, 6.6, range(20, 22)),
    "VI": (8.2, 5.1, range(22, 25)),
    "VII": (8.2, 3.6, range(25, 28)),
    "VIII": (8.2, 2.1, range(28, 30)),
    "IX": (8.2, 0.6, range(30, 36)),
}

# %% map fold
fig, ax = plt.subplots(figsize=(6, 4))
for part, (x, y, row) in places.items():
    colour, bold = ("C0", 2) if x < 1 else ("C1", 1)
    ax.text(x - 0.25, y + 0.65, f"Part {part}", color=colour, va="center")
    box = {"boxstyle": "round,pad=0.4", "facecolor": "none", "edgecolor": colour}
    at = {"ha": "center", "va": "center", "fontsize": 8, "bbox": box}
    for i, chapter in enumerate(row):
        ax.text(x + 0.8 * i, y, chapter, color="black", **at)
    for parent in needs.get(part, []):
        from_x, from_y, from_row = places[parent]
        start, end = (from_x + 0.8 * len(from_row), from_y), (x - 0.6, y)
        if x < 1:
            start, end = (1.9, from_y - 0.5), (1.9, y + 0.5)
        arrow = {"arrowstyle": "->", "color": colour, "linewidth": bold}
        ax.annotate("", end, start, arrowprops=arrow)
ax.set(xlim=(-0.1, 12.8), ylim=(0, 7.6))
ax.axis("off")
alt = "Parts I to IV in a column; thin arrows fan out from Part II to four more."
figure(fig, alt=alt, caption="Look at Part II: five arrows leave it, one of them thick.")

# %% two-scores
for name, x, y in [("different", u, v), ("identical", u, u)]:
    cosine = x @ y / (np.linalg.norm(x) * np.linalg.norm(y))
    print(name, round(cosine, 2), round(np.linalg.norm(x - y), 2))

# %% ring fold
states = ["the model's\nnumbers", "a prediction", "one number:\nhow wrong", "which way\nto turn"]
arcs = ["forward\nchapters 1, 6", "loss\nchapter 7", "gradient\nchapter 8", "update\nchapter 8"]
fig, ax = plt.subplots(figsize=(6, 3.6))
for i, (state, arc) in enumerate(zip(states, arcs)):
    at = np.deg2rad(90 - 90 * i)
    ax.text(1.9 * np.cos(at), np.sin(at), state, color="black", ha="center", va="center")
    t = at - np.deg2rad(np.linspace(25, 68, 40))
    ax.plot(1.9 * np.cos(t), np.sin(t), color=f"C{i}")
    ends = np.column_stack([1.9 * np.cos(t), np.sin(t)])  # (40, 2)
    arrow = {"arrowstyle": "->", "color": f"C{i}", "linewidth": 2}
    ax.annotate("", ends[-1], ends[-4], arrowprops=arrow)
    side = "left" if i < 2 else "right"
    middle = ends[20] * [1.12, 1.2]
    ax.text(*middle, arc, color=f"C{i}", ha=side, va="center")
ax.set(xlim=(-3.2, 3.2), ylim=(-1.3, 1.3))
ax.axis("off")
alt = "A ring of four arrows: forward, loss, gradient, update, back to the start."
figure(fig, alt=alt, caption="Follow the ring clockwise; each arrow names its chapters.")

# %% scaled
for name, x in [("as it was", u), ("ten times", 10 * u)]:
    cosine = x @ v / (np.linalg.norm(x) * np.linalg.norm(v))
    print(name, round(cosine, 2), round(np.linalg.norm(x - v), 2))

# %% solution-blanks
p, q = np.array([5.0, 12.0]), np.array([12.0, 5.0])  # (2,) each
total = (p * q).sum()
lengths = np.sqrt((p**2).sum()) * np.sqrt((q**2).sum())
print(total, lengths, round(total / lengths, 2))

# %% solution-compare
import contextlib
import io
import re
from itertools import zip_longest


def tidy(line):
    return re.sub(r"(?<!\S)-(0\.0*)(?!\S)", r"\1", line.rstrip())


def run_and_compare(func, expected_lines):
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        func()
    printed = map(tidy, written.getvalue().splitlines())
    pairs = zip_longest(printed, map(tidy, expected_lines))
    return [pair for pair in pairs if pair[0] != pair[1]]


# %% solution-compare-tried
print(run_and_compare(lambda: print(-0.0, end=""), ["0.0  "]))
print(run_and_compare(lambda: print("24.0\n25.0"), ["24.0", "26.0"]))
print(run_and_compare(lambda: None, []))
print(run_and_compare(lambda: None, ["0.96"]))


# %% solution-index
def term_index(text, glossary):
    early = []
    for term in glossary:
        word = rf"\b{re.escape(term)}(?:s|es)?\b"
        used = re.search(word, text, re.IGNORECASE)
        defined = re.search(rf"\*\*{word}\*\*", text, re.IGNORECASE)
        if used and not (defined and defined.start() < used.start()):
            early.append((used.start(), term))
    return [term for _, term in sorted(early)]


text = "Logits are squashed; a **logit** is a raw score. "
text += "A **kernel** compares. Remodelling it takes a model."
print(term_index(text, ["model", "kernel", "logit", "tensor"]))
