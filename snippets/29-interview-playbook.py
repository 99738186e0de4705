"""Chapter 29: preparing for the interview loop."""

# %% rounds fold
import matplotlib.pyplot as plt
from groundup.book import figure

columns = ["1–5", "6–10", "11–14", "15–18", "20–21", "22–24", "25–27", "28", "outside", "stories"]
weights = {  # 0 to 3: how much of the round comes from there
    "puzzles": [0, 0, 0, 0, 0, 0, 0, 0, 3, 0],
    "ML coding": [2, 3, 2, 2, 3, 1, 0, 0, 0, 0],
    "concepts": [1, 3, 3, 3, 3, 3, 2, 0, 0, 0],
    "design": [0, 2, 1, 1, 0, 1, 3, 3, 0, 0],
    "behavioural": [0, 0, 0, 0, 0, 1, 1, 0, 0, 3],
}
fig, ax = plt.subplots(figsize=(6, 3.2))
for row, (name, line) in enumerate(weights.items()):
    ax.scatter(range(10), [row] * 10, s=[45 * w**2 for w in line], color=f"C{row}")
ax.set_xticks(range(10), columns, rotation=45, ha="right", fontsize=10)
ax.set_yticks(range(5), weights, fontsize=11)
ax.set(xlim=(-0.6, 9.6), ylim=(4.6, -0.6))
alt = "Dots in a grid, rounds by chapters. Concepts are large from 6 to 24, design at 25 to 28, puzzles outside."
figure(fig, alt=alt, caption="Read along a row: a larger dot means that more of the round is prepared there. Our view.")

# %% loop
import math

chances = {
    "puzzles": 0.9,
    "ML coding": 0.8,
    "concepts": 0.6,
    "design": 0.5,
    "behavioural": 0.8,
}
everything = math.prod(chances.values())
gaps = sum(1 - p for p in chances.values())
print("all five:", round(everything, 3))
for name, p in chances.items():
    raised = everything / p * (p + 0.1)
    hours = 40 * (1 - p) / gaps
    print(f"{name} {raised:.3f} {hours:.0f} h")

# %% auc example="29.1"
import numpy as np


def auc(labels, scores):
    gaps = scores[labels == 1][:, None] - scores[labels == 0]  # (P, N)
    return np.mean((gaps > 0) + 0.5 * (gaps == 0))


labels = np.array([1, 1, 0, 1, 0])  # (5,)
scores = np.array([0.9, 0.6, 0.7, 0.4, 0.2])
print(f"{auc(labels, scores):.4f}")

# %% auc-library
from sklearn.metrics import roc_auc_score

print(np.isclose(auc(labels, scores), roc_auc_score(labels, scores)))

# %% answer
import textwrap

answer = {
    "definition": "AUC is the chance that a random positive gets a higher score than a random negative.",
    "reason": "It judges the ranking of the scores, so nobody has to choose a threshold first.",
    "example": "Three positives and two negatives make six pairs; four are in order, and AUC is two thirds.",
    "limit": "With rare positives it can be high while most alarms are false, and it ignores calibration.",
}
for part, sentence in answer.items():
    print(part.upper(), len(sentence.split()) / 2, "s")
    print(textwrap.fill(sentence, 37))
print("TOTAL", len(" ".join(answer.values()).split()) / 2, "s")

# %% skeleton fold
steps = [
    ("definition", "what it is, in one sentence", 8),
    ("reason", "why anyone uses it", 8),
    ("example", "small numbers", 10),
    ("limit", "when it misleads", 9),
    ("follow-up", "two questions deeper", 20),
]
fig, ax = plt.subplots(figsize=(6, 2.8))
start = 0
for row, (part, words, seconds) in enumerate(steps):
    ax.barh(row, seconds, left=start, height=0.6, color=f"C{row}", alpha=0.8)
    inside = start > 25
    ax.text(start - 1 if inside else start + seconds + 1, row, f"{part}: {words}", va="center",
            ha="right" if inside else "left", color="black", fontsize=10)  # fmt: skip
    start += seconds
ax.set(xlim=(0, 60), ylim=(4.6, -0.6), yticks=[], xlabel="seconds")
alt = "Five bars in turn on a scale of 60 seconds: definition, reason, example, limit, and a longer follow-up."
figure(fig, alt=alt, caption="The four parts are done after about 35 seconds: stop there, and let the other side ask.")

# %% said
facts = {
    "definition": "random positive",
    "reason": "threshold",
    "example": "pairs",
    "limit": "rare",
}


def score(spoken):
    return [part for part, words in facts.items() if words in spoken]


print("first try:", len(score("It is the area under the ROC curve.")), "of 4")
print("answer:", len(score(" ".join(answer.values()))), "of 4")

# %% reversed
truth = np.array([1, 0, 0, 0, 0, 0])  # (6,)
low = np.array([0.3, 0.2, 0.5, 0.6, 0.7, 0.8])
print("as given:", auc(truth, low), "turned round:", auc(truth, -low))
print("equal scores:", auc(truth, np.full(6, 0.5)))

# %% derive
d, r = 4096, 8  # width of a square weight matrix, rank of its update
print("LoRA trains the share", round(2 * r * d / d**2, 4))
print(f"ten sigmoids pass on at most {0.25**10:.0e}")
ill, found, alarm = 0.01, 0.9, 0.05  # share ill, recall, false-positive rate
true = ill * found
print("real alarms", round(true / (true + (1 - ill) * alarm), 3))
z = np.array([2.0, 1.0, 0.0])  # (3,) logits
for T in (0.5, 1.0, 2.0):
    p = np.exp(z / T) / np.exp(z / T).sum()
    print("temperature", T, p.round(2))

# %% majority example="29.2"
y = np.repeat([0, 1], [990, 10])  # (1000,)
always_no = np.zeros_like(y)
print(f"{np.mean(always_no == y):.3f}", np.mean(always_no[y == 1]))


# %% counts example="29.4"
def prf(tp, fp, fn):
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, 2 * tp / (2 * tp + fp + fn)


print(*(f"{value:.4f}" for value in prf(8, 2, 4)))

# %% costs
careful = {"tp": 8, "fp": 2, "fn": 4}
eager = {"tp": 11, "fp": 9, "fn": 1}
print("F1", round(prf(**careful)[2], 3), round(prf(**eager)[2], 3))
for miss in (1, 5):  # a false alarm costs 1
    bills = [m["fp"] + miss * m["fn"] for m in (careful, eager)]
    print("miss", miss, "bills", *bills)
gap = eager["fp"] - careful["fp"]
print("equal at", round(gap / (careful["fn"] - eager["fn"]), 2))

# %% bills fold
fig, ax = plt.subplots(figsize=(6, 3))
price = np.linspace(0, 6, 50)
for colour, name, m in [("C0", "careful", careful), ("C1", "eager", eager)]:
    ax.plot(price, m["fp"] + price * m["fn"], color=colour)
    ax.text(6.1, m["fp"] + 6 * m["fn"], name, color=colour, va="center", fontsize=11)
meet = gap / (careful["fn"] - eager["fn"])
ax.axvline(meet, color="black", alpha=0.4, linestyle=":")
ax.text(meet + 0.1, 1, "equal bills", color="black", fontsize=10)
ax.set(xlabel="price of a miss, in false alarms", ylabel="bill", xlim=(0, 7.3), ylim=(0, 28))
alt = (
    "Two rising lines. The steep one, careful, starts lower; "
    "the flat one, eager, starts higher. They cross a little above 2."
)
figure(fig, alt=alt, caption="Look left and right of the dotted line: the cheaper model changes there.")


# %% softmax example="29.3"
def naive(z):
    e = np.exp(z)
    return e / e.sum()


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


z = np.array([1000.0, 1001.0, 1002.0])  # (3,)
with np.errstate(over="ignore", invalid="ignore"):
    print(naive(z))
print(softmax(z).round(4))


# %% bce example="29.7"
def bce_with_logits(z, t):
    return max(z, 0) - z * t + math.log1p(math.exp(-abs(z)))


for z in (1000, -1000, 0):
    print(f"{bce_with_logits(z, 1):.4g}")


# %% wrong-axis
def by_columns(Z):
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=0)


example = np.array([[1.0, 2.0], [2.0, 1.0]])  # (2, 2)
wide = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])  # (2, 3)
for Z in (example, wide):
    print("rows add up to", by_columns(Z).sum(axis=1).round(2))


# %% gini example="29.5"
def gini(y):
    p = np.mean(y)
    return 1 - p**2 - (1 - p) ** 2


x = np.array([1, 2, 3, 4, 5, 6])  # (6,)
y = np.array([0, 0, 1, 1, 1, 0])
for t in (1.5, 2.5, 3.5, 4.5, 5.5):
    left, right = y[x < t], y[x > t]
    after = (len(left) * gini(left) + len(right) * gini(right)) / 6
    print(t, f"{gini(y) - after:.4f}")

# %% gini-library
from sklearn.tree import DecisionTreeClassifier

stump = DecisionTreeClassifier(max_depth=1).fit(x[:, None], y)
print("scikit-learn splits at", stump.tree_.threshold[0])

# %% lloyd example="29.6"
X = np.array([[0, 0], [1, 0], [0, 1], [5, 5], [6, 5], [5, 6]])  # (6, 2)
centres = X[:2].astype(float)  # (2, 2)
for _ in range(2):
    d2 = ((X[:, None] - centres) ** 2).sum(axis=2)  # (6, 2)
    nearest = d2.argmin(axis=1)  # (6,)
    centres = np.array([X[nearest == k].mean(axis=0) for k in range(2)])
    inertia = ((X - centres[nearest]) ** 2).sum()
    print(nearest, f"{inertia:.3f}")

# %% blanks
k = 2
top = np.argsort(-scores)[:k]  # (2,)
print(labels[top].mean())

# %% ratings
from datetime import UTC, datetime, timedelta

from fsrs import Card, Rating, Scheduler

scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
start = datetime(2026, 1, 5, tzinfo=UTC)  # day 0


def review(days, rating=Rating.Good):
    card = Card(card_id=0)
    for day in days:
        card, _ = scheduler.review_card(card, rating, start + timedelta(days=day))
    return card


for rating in Rating:
    print(rating.name, (review([0], rating).due - start).days)

# %% spacing
days = [0]
for _ in range(4):
    days.append((review(days).due - start).days)
print("days:", days)
print("gaps:", np.diff(days))

# %% recall
w = scheduler.parameters[20]
f = 0.9 ** (-1 / w) - 1


def recall(t, stability):
    return (1 + f * t / stability) ** -w


card = review([0])
print("at t = S:", round(recall(card.stability, card.stability), 3))
ours = recall(28, card.stability)
theirs = scheduler.get_card_retrievability(card, start + timedelta(days=28))
print("day 28:", round(ours, 3), np.isclose(ours, theirs))

# %% crammed
for name, days in {"one evening": [0] * 5, "spread": [0, 2, 8, 14, 21]}.items():
    card = review(days)
    print(name, round(recall(28 - days[-1], card.stability), 2))

# %% forgetting fold
fig, ax = plt.subplots(figsize=(6, 3.2))
t = np.arange(0, 28.01, 0.25)
plans = [("C1", "five times\non day 0", [0] * 5), ("C0", "days 0, 2, 8, 14, 21", [0, 2, 8, 14, 21])]
for colour, name, days in plans:
    done = [[day for day in days if day <= now] for now in t]
    share = [recall(now - past[-1], review(past).stability) for now, past in zip(t, done)]
    ax.plot(t, share, color=colour)
    place = (19, 0.62) if colour == "C1" else (15.2, 1.02)
    ax.text(*place, name, color=colour, fontsize=10)
ax.set(xlabel="day", ylabel="chance to answer", ylim=(0.55, 1.09), xlim=(0, 28.5))
alt = (
    "Two curves over 28 days. One falls steadily below 0.7. The other is lifted to 1 at each review "
    "and falls less steeply after each of them."
)
figure(
    fig,
    alt=alt,
    caption="Compare the falls after the jumps. By FSRS; over many cards, the chance is the share answered.",
)

# %% calendar fold
weeks = [
    ["bank A 1–4", "bank A 5–8", "bank A 9–12", "descent ×2", "softmax", "metrics", "mock: talk"],
    ["bank B 1–4", "bank B 5–8", "bank E", "k-means", "k-NN", "gini split", "mock: code"],
    ["bank C 1–4", "bank C 5–8", "bank D", "backprop", "train loop", "attention", "mock: talk"],
    ["design 1, 2", "design 3", "design 4, 5", "stories 1, 2", "story 3", "drill mock", "full loop"],
]
fig, ax = plt.subplots(figsize=(6, 3.6))
for w_, outputs in enumerate(weeks):
    for day, output in enumerate(outputs):
        ax.text(w_, day, output, color=f"C{w_}", ha="center", va="center", fontsize=11)
for day in range(1, 7):
    ax.axhline(day - 0.5, color="black", alpha=0.15, linewidth=0.8)
ax.set_xticks(range(4), [f"week {w_ + 1}" for w_ in range(4)])
ax.set_yticks(range(7), ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"])
ax.set(xlim=(-0.55, 3.55), ylim=(6.5, -0.5))
ax.xaxis.tick_top()
alt = "A calendar with a column a week: first bank questions or designs, then code or stories, on Sunday a rehearsal."
figure(fig, alt=alt, caption="Each day names something that can be counted. Reviews that are due come first.")

# %% bluff
bluff = "A random positive threshold pairs well with rare events."
print("bluff:", len(score(bluff)), "of 4")

# %% debugging fold
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 30))  # (200, 30)
y = (X[:, 0] + rng.normal(size=200) > 0).astype(float)


def log(X, y, rate, train=slice(0, 40)):
    w, rest = np.zeros(X.shape[1]), slice(100, 200)
    for _ in range(300):
        p = 1 / (1 + np.exp(-X[train] @ w))
        w -= rate * X[train].T @ (p - y[train]) / len(p)
    return [round(float(np.mean((X[s] @ w > 0) == y[s])), 2) for s in (train, rest)]


leaky = np.column_stack([X, 20 * (2 * y - 1)])  # (200, 31)
print("A: train, validation", *log(X, y, 1.0))
print("B: train, validation", *log(leaky, y, 1.0))
print("C: train, validation", *log(X, rng.permutation(y), 1.0, slice(0, 25)))
curvature, point = 10.0, 1.0
print("D: loss", *[round(curvature / 2 * (point * (1 - 0.25 * curvature) ** i) ** 2) for i in range(4)])

# %% p-value
facts = {
    "definition": "at least this extreme",
    "reason": "no effect",
    "example": "60 heads",
    "limit": "how large",
}
print("wrong belief:", len(score("p is the probability that the null hypothesis is true.")), "of 4")
mine = (
    "p is the chance of data at least this extreme if there is no effect. "
    "It tells whether luck is a good excuse: a fair coin gives 60 heads or more of 100, "
    "or 40 or fewer, about 6 times in 100 tries. It does not say how large an effect is."
)
print("mine:", len(score(mine)), "of 4")


# %% gini-split
def gini_split(x, y):
    """Threshold and gain of the best split; None where no split exists."""
    order = np.argsort(x, kind="stable")
    x, y = np.asarray(x)[order], np.asarray(y)[order]
    best = None
    for i in range(1, len(x)):
        if x[i] > x[i - 1]:  # between equal values there is no threshold
            after = (i * gini(y[:i]) + (len(y) - i) * gini(y[i:])) / len(y)
            gain = gini(y) - after
            if best is None or gain > best[1]:
                best = (x[i - 1] + x[i]) / 2, gain
    return best


threshold, gain = gini_split([3, 1, 2, 6, 5, 4], [1, 0, 0, 0, 1, 1])
print(threshold, gain)
print(gini_split([7, 7, 7], [0, 1, 1]))


# %% kfold
def broken(n, k):
    size = n // k
    return [list(range(i * size, (i + 1) * size)) for i in range(k)]


def kfold(n, k, rng):
    return [part.tolist() for part in np.array_split(rng.permutation(n), k)]


for parts in (broken(10, 3), kfold(10, 3, np.random.default_rng(0))):
    seen = sorted(index for part in parts for index in part)
    print([len(p) for p in parts], "every index once:", seen == list(range(10)))


# %% flashcards
from itertools import pairwise


def flashcards(bank, history, rng):
    """Next question: failed ones first, then the fewest passes; never the last one again."""
    last = history[-1][0] if history else None
    newest = dict(history)  # question: passed the last time?
    passes = {q: sum(asked == q and ok for asked, ok in history) for q in bank}

    def rank(q):
        return newest.get(q, True), passes[q], rng.random()

    return min((q for q in bank if q != last), key=rank)


rng, history = np.random.default_rng(0), []
known = {"AUC": True, "LoRA": False, "PCA": True}
for _ in range(7):
    question = flashcards(list(known), history, rng)
    history.append((question, known[question]))
asked = [question for question, _ in history]
print("twice in a row:", any(a == b for a, b in pairwise(asked)))
print("LoRA, the failed one:", asked.count("LoRA"), "of", len(asked))

# %% plan
results = {  # best score of a drill, share of facts said of a group
    "metrics": 1.0, "softmax": 0.7, "kmeans": 0.0, "backprop": None,
    "bank A": 0.8, "bank D": 0.3,
}  # fmt: skip
todo = sorted(results, key=lambda name: results[name] or 0.0)
for name in todo:
    if results[name] is None:
        print(name, "try once")
    elif results[name] < 0.8:
        print(name, "again, to gain", round(0.8 - results[name], 1))
