"""Chapter 19: find a term, ask which meaning is meant, and test yourself."""

# %% pages
pages = {  # chapter: terms with their other names
    2: {"tensor": [], "rank (tensor)": ["number of axes"]},
    3: {"standardisation": ["z-score"], "normalisation": []},
    6: {"logit": [], "bias (added constant)": ["intercept"]},
    7: {"loss": ["cost", "objective"], "cross-entropy": ["log loss"]},
    8: {"gradient": [], "learning rate": ["step size"]},
    9: {"bias (systematic error)": [], "dropout": []},
    15: {"token": [], "quantisation": []},
    23: {"rank (matrix)": []},
    27: {"quantisation": [], "distillation": []},
}
print(sum(len(terms) for terms in pages.values()), "entries on", len(pages), "pages")


# %% build-index
def build_index(pages):
    index, doubles = {}, []
    for chapter, terms in pages.items():  # in reading order
        for term, others in terms.items():
            entry = index.get(term, (term, chapter))  # first owner keeps it
            for name in [term, *others]:
                if name in index:
                    doubles.append((name, index[name][1], chapter))
                else:
                    index[name] = entry
    return index, doubles


index, doubles = build_index(pages)
print(len(index), "names; log loss:", index["log loss"])
print("owned twice:", doubles)

# %% key
import re


def key(name):
    text = " ".join(name.casefold().replace("-", " ").split())
    text = re.sub(r"(?<=[iy])z(?=e|ing|ation)", "s", text)  # analyze
    return re.sub(r"(?<=\w\wo)ur", "r", text)  # colour, but hour stays


for one, other in [("Log-Loss", "log loss"), ("colour", "color")]:
    print(key(one), key(one) == key(other))
print(key("standardization") == key("Standardisation"))
print("hour stays:", key("hour") == "hour")


# %% distance
def distance(a, b):
    row = list(range(len(b) + 1))  # from no letter of a to each start of b
    for i, letter in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, wanted in enumerate(b, 1):
            change = diagonal + (letter != wanted)
            diagonal, row[j] = row[j], min(change, row[j] + 1, row[j - 1] + 1)
    return row[-1]


for typed in ["tensor", "tensr", "sensor", "tnesor"]:
    print(typed, distance(typed, "tensor"))

# %% distance-figure fold
import matplotlib.pyplot as plt
from groundup.book import figure

typed, term = "tensr", "tensor"
steps = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (4, 5), (5, 6)]
fig, ax = plt.subplots(figsize=(5, 3.6))
for i in range(len(typed) + 1):
    for j in range(len(term) + 1):
        ink = "C1" if (i, j) in steps else "black"
        ax.text(j, -i, distance(typed[:i], term[:j]), color=ink, fontsize=13, ha="center", va="center")
for i, letter in enumerate("–" + typed):
    ax.text(-1, -i, letter, color="black", fontsize=13, ha="center", va="center")
for j, letter in enumerate("–" + term):
    ax.text(j, 1, letter, color="black", fontsize=13, ha="center", va="center")
ax.plot([j for i, j in steps], [-i for i, j in steps], color="C1", linewidth=14, alpha=0.2)
ax.set(xlim=(-1.4, len(term) + 0.5), ylim=(-len(typed) - 0.5, 1.4))
ax.set_axis_off()
alt = "A grid of edit distances: rows add the letters t, e, n, s, r, columns the letters of tensor. A path of equal "
alt += "letters runs down the diagonal with 0, steps once to the right where o is missing, and ends at 1."
caption = "Follow the path: it costs nothing while letters agree, and 1 where it steps right and puts in the o."
figure(fig, alt=alt, caption=caption)

# %% distance-check
from functools import cache


@cache
def by_definition(a, b):
    if not a or not b:
        return len(a) + len(b)
    change = by_definition(a[1:], b[1:]) + (a[0] != b[0])
    return min(change, by_definition(a[1:], b) + 1, by_definition(a, b[1:]) + 1)


pairs = [(a, b) for a in index for b in index]
same = [distance(a, b) == by_definition(a, b) for a, b in pairs]
print(len(pairs), "pairs agree:", all(same))


# %% lookup
def lookup(index, query, n=3):
    wanted, found = key(query), set()
    for name, entry in index.items():
        if wanted in (key(name), key(name.split(" (")[0])):
            found.add(entry)
    if found:
        return sorted(found, key=lambda entry: entry[1])
    near = {name: distance(wanted, key(name)) for name in index}
    return sorted(index, key=lambda name: (near[name], name))[:n]


for query in ["Log-Loss", "standardization", "rank", "tensr"]:
    print(f"{query}:", lookup(index, query))

# %% card
import numpy as np

p = np.array([0.5, 0.25, 0.25, 0.5])  # given to each token that came
nll = -np.log(p)  # (4,)
print("perplexity:", round(float(np.exp(nll.mean())), 3))
print("geometric mean of 1/p:", round(float(np.prod(1 / p) ** (1 / 4)), 3))

# %% uniform
sure = np.exp(-np.log(np.full(4, 1 / 8)).mean())
print("eight equally likely tokens:", round(float(sure), 6))

# %% rank
for A in [np.ones((3, 3)), np.eye(3), np.array([[1.0, 2.0, 3.0]])]:
    print(A.ndim, "axes, independent:", np.linalg.matrix_rank(A))

# %% normalise
X = np.array([[3.0, 4.0], [6.0, 8.0], [0.0, 5.0]])  # (3, 2)
columns = (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0))  # min–max
rows = X / np.linalg.norm(X, axis=1, keepdims=True)  # unit length
print("min–max:    ", columns.round(2).tolist())
print("unit length:", rows.round(2).tolist())

# %% inference
from scipy import stats

y = np.array([4.1, 5.0, 5.9, 5.2, 4.8])
low, high = stats.t.interval(0.95, len(y) - 1, y.mean(), stats.sem(y))
print("of a model: the next value is", y.mean())
print("of statistics: the mean lies from", round(low, 2), "to", round(high, 2))

# %% bias
x, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0, 5.0])
group = np.array(["a", "a", "b", "b"])
w, b = 1.0, 1.0
error = w * x + b - y
print("added constant:", b)
print("systematic error:", error.mean())
print("by group:", [(g, float(error[group == g].mean())) for g in "ab"])

# %% three-names
import torch
from sklearn.metrics import log_loss
from torch.nn import functional as F

z = torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.0, 0.0]]).double()  # logits
labels = torch.tensor([0, 2])
p = F.softmax(z, dim=1)  # (2, 3)
values = {
    "cross-entropy": F.cross_entropy(z, labels),
    "negative log-likelihood": F.nll_loss(p.log(), labels),
    "log loss": log_loss(labels, p, labels=[0, 1, 2]),
    "MSE": F.mse_loss(p, F.one_hot(labels, 3).double()),
}
for name, value in values.items():
    print(f"{name:24} {float(value):.4f}")

# %% filter
signal, weights = np.array([1.0, 1.0, 4.0, 4.0]), np.array([-1.0, 1.0])
layer = torch.nn.Conv1d(1, 1, kernel_size=2, bias=False).double()
layer.weight.data[0, 0] = torch.tensor(weights)
print("as a filter:", np.correlate(signal, weights, "valid").tolist())
print("as a kernel:", layer(torch.tensor(signal)[None]).tolist()[0])
print("a kernel of two points:", round(float(np.exp(-((1 - 2) ** 2))), 3))


# %% flashcards
def flashcards(index, group, rng):
    misses = sorted({term for term, owner in index.values() if owner in group})
    while misses:
        # A permutation has no repeats.
        cards, misses = [misses[i] for i in rng.permutation(len(misses))], []
        for term in cards:
            if not (yield term):  # what the reader sends back
                misses.append(term)


def play(cards, knows):
    asked = [next(cards)]
    try:
        while True:
            asked.append(cards.send(knows(asked[-1])))
    except StopIteration:
        return asked


# %% play
training, rng = {6, 7, 8, 9}, np.random.default_rng(0)
asked = play(flashcards(index, training, rng), lambda term: True)
print(len(asked), "cards,", len(set(asked)), "different")
print(asked[:4])

# %% misses
seen = set()


def knows(term):
    first = term not in seen
    seen.add(term)
    return not (first and "bias" in term)  # each bias is missed once


asked = play(flashcards(index, training, rng), knows)
print(len(asked), "cards; the last two:", sorted(asked[-2:]))

# %% careless
careless = {name: page for page, terms in pages.items() for name in terms}
print("quantisation, careless:", careless["quantisation"])
print("quantisation, by the rule:", index["quantisation"][1])
far = lookup(index, "weight decay")
print([(name, distance("weight decay", name)) for name in far])


# %% guard
def suggest(index, query, n=3):
    limit, wanted = max(1, len(query) // 3), key(query)
    near = lookup(index, query, n)
    return [name for name in near if distance(wanted, key(name)) <= limit]


for query in ["weight decay", "tensr", "gradent"]:
    print(f"{query}:", suggest(index, query))

# %% deck
import csv
import sys

write = csv.writer(sys.stdout, lineterminator="\n")
for term, chapter in sorted(set(index.values()))[:4]:
    names = [name for name in index if index[name][0] == term != name]
    write.writerow([term, f"chapter {chapter}", "; ".join(names)])

# %% solution-groups
groups = {}
for term, chapter in set(index.values()):
    groups.setdefault(chapter, []).append(term)
print({chapter: len(groups[chapter]) for chapter in sorted(groups)})

# %% solution-card
p = np.array([0.5, 0.5])
print("entropy:", -(p * np.log2(p)).sum(), "bit")
p = np.array([0.9, 0.1])
print("entropy:", round(float(-(p * np.log2(p)).sum()), 3), "bit")


# %% solution-swap
def with_swaps(a, b):
    d = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    d[:, 0], d[0] = range(len(a) + 1), range(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            change = d[i - 1, j - 1] + (a[i - 1] != b[j - 1])
            d[i, j] = min(change, d[i - 1, j] + 1, d[i, j - 1] + 1)
            if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
                d[i, j] = min(d[i, j], d[i - 2, j - 2] + 1)
    return int(d[-1, -1])


print(distance("tnesor", "tensor"), "becomes", with_swaps("tnesor", "tensor"))

# %% solution-plural
stems = {key(name).removesuffix("s") for name in index}
queries = ["tensors", "logits", "gradients", "loss"]
print([query for query in queries if key(query).removesuffix("s") in stems])
print("still different:", len(stems) == len({key(name) for name in index}))
print([word.removesuffix("s") for word in ["news", "new"]])

# %% solution-senses
words = {}
for name, (term, _) in index.items():
    words.setdefault(name.split(" (")[0], set()).add(term)
print(sorted(word for word, terms in words.items() if len(terms) > 1))
