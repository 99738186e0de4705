"""Chapter 20: neighbours, trees, ensembles and margins."""

# %% beads example="20.1"
import numpy as np


def knn(X, y, Q, k):
    gaps = np.linalg.norm(Q[:, None] - X, axis=2)  # (m, n) query to row
    nearest = gaps.argsort(axis=1, kind="stable")[:, :k]  # (m, k)
    return (y[nearest].mean(axis=1) > 0.5).astype(int)  # (m,) majority


beads = np.array([[1.0, 1.0], [1.2, 0.9], [3.0, 3.0], [3.2, 2.8]])  # (4, 2)
kind = np.array([0, 0, 1, 1])  # (4,) 0 glass, 1 wood
new = np.array([[1.1, 1.0], [3.1, 3.0]])  # (2, 2)
for label in knn(beads, kind, new, k=3):
    print(label)
print(np.linalg.norm(beads - new[0], axis=1).round(3))

# %% choose-k
from sklearn.datasets import make_moons

cloud, side = make_moons(200, noise=0.35, random_state=0)  # (200, 2)
held, held_side = make_moons(2000, noise=0.35, random_state=1)
for k in (1, 5, 15, 51, 99, 199):
    train = np.mean(knn(cloud, side, cloud, k) != side)
    validation = np.mean(knn(cloud, side, held, k) != held_side)
    print(k, round(train, 3), round(validation, 3))

# %% draw-regions hide
import matplotlib.pyplot as plt
from groundup.book import figure

across, up = np.meshgrid(np.linspace(-2, 3, 70), np.linspace(-1.6, 2.1, 55))
grid = np.column_stack([across.ravel(), up.ravel()])  # (3850, 2)


def draw_regions():
    fig, axes = plt.subplots(1, 3, figsize=(6, 2.4), sharey=True)
    for ax, k in zip(axes, (1, 15, 99)):
        answer = knn(cloud, side, grid, k).reshape(across.shape)
        ax.contourf(across, up, answer, levels=[-0.5, 0.5, 1.5], colors=["C0", "C1"], alpha=0.45)
        for c in (0, 1):
            ax.plot(*cloud[side == c].T, "os"[c], color=f"C{c}", markersize=1.8)
        ax.set_title(f"k = {k}")
        ax.set(xticks=[], yticks=[])
    alt = (
        "Three maps of two mingled crescents of points. For k = 1 the border is ragged, with islands around single "
        "points; for k = 15 it is one winding line; for k = 99 it is nearly straight and cuts both crescents."
    )
    caption = "Follow the border from left to right: islands vanish first, then the true bend."
    figure(fig, alt=alt, caption=caption)


# %% regions fold
draw_regions()

# %% table
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

samples = load_breast_cancer()
how = {"test_size": 190, "random_state": 0, "stratify": samples.target}
X, X_test, y, y_test = train_test_split(samples.data, samples.target, **how)
print(X.shape, X_test.shape, "baseline", round(y_test.mean(), 3))

# %% table-neighbours
from sklearn.neighbors import KNeighborsClassifier

Z = (X - X.mean(axis=0)) / X.std(axis=0)  # (379, 30)
Z_test = (X_test - X.mean(axis=0)) / X.std(axis=0)  # (190, 30)
for name, rows, queries in [("raw", X, X_test), ("scaled", Z, Z_test)]:
    ours = knn(rows, y, queries, 9)
    library = KNeighborsClassifier(9).fit(rows, y).predict(queries)
    right = np.mean(ours == y_test)
    print(name, round(right, 3), np.array_equal(ours, library))

# %% concentration fold example="20.10"
for d in (2, 10, 100, 1000):
    rng = np.random.default_rng(0)
    points, query = rng.random((500, d)), rng.random(d)
    gaps = np.linalg.norm(points - query, axis=1)  # (500,)
    print(d, round(gaps.min() / gaps.max(), 3))

# %% messages example="20.8"
spam = ["win money now", "win prize", "free money win"]
ham = ["meeting now", "project meeting today", "lunch today"]
words = sorted(set(" ".join(spam + ham).split()))  # 9 words
said = [" ".join(messages).split() for messages in (spam, ham)]
counts = np.array([[text.count(w) for w in words] for text in said])


def joint(message, alpha):
    chances = counts + alpha  # (2, 9)
    chances = chances / chances.sum(axis=1, keepdims=True)
    columns = [words.index(w) for w in message.split()]
    return 0.5 * chances[:, columns].prod(axis=1)  # (2,)


print("tokens", counts.sum(axis=1), "words", len(words))
for message in ("win money today", "free lunch"):
    both = joint(message, alpha=1)
    print(f"{message}: {both[0] / both.sum():.3f}", joint(message, alpha=0))

# %% copies
rng = np.random.default_rng(0)
truth = rng.integers(0, 2, 2000)  # (2000,)
clue = rng.normal(2 * truth - 1)  # around −1 or +1
for copies in (1, 10):
    p = 1 / (1 + np.exp(-copies * 2 * clue))  # one clue: log of odds 2 · clue
    right, sure = np.mean((p > 0.5) == truth), np.maximum(p, 1 - p).mean()
    print(copies, "right", round(right, 3), "believed", round(sure, 3))


# %% gaussian
def gaussian_nb(X, y, Q):
    logs = []
    for c in (0, 1):
        rows = X[y == c]
        variance = rows.var(axis=0) + 1e-9 * X.var(axis=0).max()  # (d,)
        gaps = (Q - rows.mean(axis=0)) ** 2 / variance  # (m, d)
        fit = -0.5 * (gaps + np.log(2 * np.pi * variance)).sum(axis=1)
        logs.append(np.log(np.mean(y == c)) + fit)
    return np.array(logs).T  # (m, 2) log of share times densities


logs = gaussian_nb(Z, y, Z_test)
print("test accuracy", round(np.mean(logs.argmax(axis=1) == y_test), 3))

# %% bernoulli fold
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB

mails = np.array([[m.split().count(w) for w in words] for m in spam + ham])
is_spam = np.array([1, 1, 1, 0, 0, 0])  # (6,)
asked = np.array([[int(w in ("win", "money", "today")) for w in words]])
present = np.array([(mails[is_spam == c] > 0).sum(axis=0) for c in (0, 1)])
present = (present + 1) / (3 + 2)  # (2, 9) with a yes and a no added
both = np.where(asked[0], present, 1 - present).prod(axis=1)  # (2,)
print("Bernoulli", round(both[1] / both.sum(), 3))
library = BernoulliNB().fit(mails, is_spam).predict_proba(asked)[0, 1]
print(np.isclose(both[1] / both.sum(), library))
library = MultinomialNB().fit(mails, is_spam).predict_proba(asked)[0]
both = joint("win money today", alpha=1)[::-1]
print("multinomial", np.allclose(both / both.sum(), library))
library = GaussianNB().fit(Z, y).predict_joint_log_proba(Z_test)
print("Gaussian", np.allclose(logs, library))


# %% gini example="20.2"
def gini(y):
    p = np.bincount(y) / len(y)
    return 1 - np.sum(p**2)


parent = np.array([0, 0, 1, 1, 1, 1])  # (6,)
print(round(gini(parent), 3))
print(gini(parent[:2]), gini(parent[2:]))


# %% gains example="20.6"
def entropy(y):
    p = np.bincount(y) / len(y)
    return np.sum(p[p > 0] * np.log2(1 / p[p > 0]))


def children(parts, impurity):
    n = sum(len(part) for part in parts)
    return sum(len(part) / n * impurity(part) for part in parts)


print(round(entropy(parent), 3))
parts = [parent[[0, 1, 2]], parent[3:]]  # (0, 0, 1) and (1, 1, 1)
for impurity in (gini, entropy):
    print(round(impurity(parent) - children(parts, impurity), 3))


# %% criteria example="20.7"
def error(y):
    return 1 - np.bincount(y).max() / len(y)


splits = {"A": [(300, 100), (100, 300)], "B": [(200, 400), (200, 0)]}
for name, split in splits.items():
    parts = [np.repeat([0, 1], sizes) for sizes in split]
    for impurity in (error, gini, entropy):
        print(name, impurity.__name__, round(children(parts, impurity), 3))


# %% draw-impurity-curves hide
def draw_impurity_curves():
    p = np.linspace(0, 1, 201)
    q = np.clip(p, 1e-12, 1 - 1e-12)
    curves = {
        "Gini": (2 * p * (1 - p), (0.285, 0.29)),
        "entropy / 2": (-(q * np.log2(q) + (1 - q) * np.log2(1 - q)) / 2, (0.06, 0.32)),
        "misclassification": (np.minimum(p, 1 - p), (0.27, 0.19)),
    }
    fig, ax = plt.subplots(figsize=(6, 2.9))
    for i, (name, (curve, place)) in enumerate(curves.items()):
        ax.plot(p, curve, color=f"C{i}")
        ax.text(*place, name, color=f"C{i}", ha="left" if i == 2 else "right")
    ax.set(xlabel="share of class 1 in the node", ylabel="impurity", xlim=(-0.22, 1.02), xticks=[0, 0.25, 0.5, 0.75, 1])
    alt = (
        "Three curves over the share of class 1, all zero at both ends and one half in the middle. Misclassification "
        "is a roof of two straight lines; Gini and half the entropy are arches above it, entropy the highest."
    )
    caption = "Compare the sides: two curves bend, so a purer child is rewarded; the roof is straight."
    figure(fig, alt=alt, caption=caption)


# %% impurity-curves fold
draw_impurity_curves()


# %% best-split
def best_split(X, y):
    order = X.argsort(axis=0, kind="stable")  # (n, d)
    values = np.take_along_axis(X, order, axis=0)
    n_left = np.arange(1, len(y))[:, None]  # (n - 1, 1)
    left = y[order].cumsum(axis=0)[:-1]  # (n - 1, d) sums on the left
    right = y.sum() - left
    gains = left**2 / n_left + right**2 / (len(y) - n_left)
    gains -= y.sum() ** 2 / len(y)  # squared error removed by each cut
    gains[values[1:] == values[:-1]] = -np.inf  # no cut between equals
    i, j = np.unravel_index(gains.argmax(), gains.shape)
    return gains[i, j], j, values[i : i + 2, j].mean()


gain, feature, cut = best_split(beads, kind)
print("feature", feature, "cut", round(cut, 2))
parts = [kind[:2], kind[2:]]
print("Gini gain", 2 * gain / 4, gini(kind) - children(parts, gini))


# %% grow
def grow(X, y, depth, m=None, rng=None):
    columns = np.arange(X.shape[1])
    if m is not None:
        columns = rng.choice(columns, m, replace=False)
    gain, j, cut = best_split(X[:, columns], y) if len(y) > 1 else (0, 0, 0)
    if depth == 0 or gain < 1e-12:
        return y.mean()  # a leaf
    j = columns[j]
    low = X[:, j] <= cut  # (n,)
    below = grow(X[low], y[low], depth - 1, m, rng)
    return j, cut, below, grow(X[~low], y[~low], depth - 1, m, rng)


small = grow(X, y, depth=2)
print("asks:", samples.feature_names[small[0]], "<=", small[1])


# %% draw-tree-diagram hide
def draw_tree_diagram():
    fig, ax = plt.subplots(figsize=(6, 2.6))
    inner = [(0.5, 1.0, small), (0.25, 0.55, small[2]), (0.75, 0.55, small[3])]
    for x0, y0, (j, cut, *below) in inner:
        ax.text(x0, y0, f"{samples.feature_names[j]}\n≤ {cut:.3g}?", ha="center", va="center", color="black")
        for i, child in enumerate(below):
            step = (0.25 if y0 == 1 else 0.125) * (2 * i - 1)
            ax.plot([x0, x0 + step], [y0 - 0.11, y0 - 0.33], color="black", alpha=0.4, linewidth=1)
            ax.text(x0 + 0.5 * step + 0.05 * (2 * i - 1), y0 - 0.2, ("yes", "no")[i], ha="center", fontsize=9)
            if not isinstance(child, tuple):
                word, colour = ("benign", "C1") if child > 0.5 else ("malignant", "C0")
                ax.text(x0 + step, y0 - 0.43, f"{word}\n{child:.2f}", ha="center", va="center", color=colour)
    ax.set(xlim=(0, 1), ylim=(0.02, 1.1))
    ax.axis("off")
    alt = (
        "A tree of three questions and four leaves. The first asks for the worst perimeter. The leftmost leaf is "
        "almost purely benign, the rightmost almost purely malignant; the two between are mixed."
    )
    figure(fig, alt=alt, caption="Go from the top, left for yes. Each leaf shows its share of benign rows.")


# %% tree-diagram fold
draw_tree_diagram()

# %% depths
from sklearn.tree import DecisionTreeClassifier


def predict(tree, Q):
    if not isinstance(tree, tuple):
        return np.full(len(Q), tree)  # (m,) the leaf's mean
    j, cut, below, above = tree
    return np.where(Q[:, j] <= cut, predict(below, Q), predict(above, Q))


for depth in (1, 2, 4, 20):
    tree = grow(X, y, depth)
    train = np.mean((predict(tree, X) > 0.5) == y)
    answer = predict(tree, X_test) > 0.5  # (190,)
    library = DecisionTreeClassifier(max_depth=depth, random_state=0)
    same = np.mean(library.fit(X, y).predict(X_test) == answer)
    shares = np.array([train, np.mean(answer == y_test), same])
    print(depth, *shares.round(3))


# %% prune
def prune(tree, X, y, n, alpha):
    own = 2 * np.sum((y - y.mean()) ** 2) / n + alpha  # as one leaf
    if not isinstance(tree, tuple):
        return tree, own
    j, cut, below, above = tree
    low = X[:, j] <= cut
    below, cost = prune(below, X[low], y[low], n, alpha)
    above, more = prune(above, X[~low], y[~low], n, alpha)
    if own <= cost + more:
        return y.mean(), own
    return (j, cut, below, above), cost + more


# %% pruned fold
def leaves(tree):
    return leaves(tree[2]) + leaves(tree[3]) if isinstance(tree, tuple) else 1


full = grow(X, y, depth=20)
for alpha in (0, 0.006, 0.02, 0.05):
    cut_back, _ = prune(full, X, y, len(y), alpha)
    answer = predict(cut_back, X_test) > 0.5  # (190,)
    library = DecisionTreeClassifier(ccp_alpha=alpha, random_state=0).fit(X, y)
    shares = np.array([np.mean(answer == y_test), np.mean(library.predict(X_test) == answer)])
    print(alpha, leaves(cut_back), library.get_n_leaves(), *shares.round(3))

# %% entropy-tree fold
said = []
for criterion in ("gini", "entropy"):
    library = DecisionTreeClassifier(criterion=criterion, random_state=0).fit(X, y)
    said.append(library.predict(X_test))
    first = samples.feature_names[library.tree_.feature[0]]
    print(criterion, round(np.mean(said[-1] == y_test), 3), "asks", first)
print("same answer on", round(np.mean(said[0] == said[1]), 3))

# %% blanks
parts = [parent[[0, 1, 2, 3]], parent[4:]]  # (0, 0, 1, 1) and (1, 1)
inside = sum(len(part) / len(parent) * gini(part) for part in parts)
print(round(inside, 3), round(gini(parent) - inside, 3))


# %% floor example="20.11"
def variance_of_mean(rho, B):
    return rho + (1 - rho) / B  # for trees of variance 1


print(*(round(variance_of_mean(0.3, B), 3) for B in (10, 100)))
print(*(round((1 - 1 / n) ** n, 3) for n in (20, 1000)))


# %% forest
def forest(X, y, B, m, rng):
    bags = [rng.integers(0, len(y), len(y)) for _ in range(B)]  # B of (n,)
    return bags, [grow(X[bag], y[bag], 99, m, rng) for bag in bags]


bags, trees = forest(X, y, B=100, m=5, rng=np.random.default_rng(0))
votes = np.array([predict(tree, X_test) for tree in trees])  # (100, 190)
print("one tree", round(np.mean((votes > 0.5) == y_test), 3))
print("forest", round(np.mean((votes.mean(axis=0) > 0.5) == y_test), 3))

# %% out-of-bag fold
absent = np.array([~np.isin(np.arange(len(y)), bag) for bag in bags])  # (100, 379)
guesses = np.array([predict(tree, X) for tree in trees])  # (100, 379)
guess = (guesses * absent).sum(axis=0) / absent.sum(axis=0)  # (379,)
print("rows absent", round(absent.mean(), 3))
print("accuracy on them", round(np.mean((guess > 0.5) == y), 3))

# %% all-features fold
for m in (30, 5):
    _, trees = forest(X, y, B=100, m=m, rng=np.random.default_rng(0))
    some = np.array([predict(tree, X_test) for tree in trees])  # (100, 190)
    rho = np.corrcoef(some)[np.triu_indices(100, 1)].mean()
    right = np.mean((some.mean(axis=0) > 0.5) == y_test)
    print(m, "correlation", round(rho, 3), "right", round(right, 3))

# %% importances fold
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance

rng = np.random.default_rng(0)
coin = rng.integers(0, 2, 569)
serial = rng.permutation(569)  # a different number for every row
wide = np.column_stack([samples.data[:, [0, 1, 4]], coin, serial])  # (569, 5)
W, W_test, _, _ = train_test_split(wide, samples.target, **how)
library = RandomForestClassifier(100, random_state=0).fit(W, y)
moved = permutation_importance(library, W_test, y_test, n_repeats=10, random_state=0)
names = ["radius", "texture", "smoothness", "coin", "serial"]
for name, drop, loss in zip(names, library.feature_importances_, moved.importances_mean):
    print(name, f"{drop:.2f} {loss:.2f}")


# %% stump
def stump(x, r, cuts):
    left = x <= cuts[:, None]  # (T, n)
    n_left = left.sum(axis=1)  # (T,)
    low = left @ r / np.maximum(n_left, 1)  # mean residual on each side
    high = ~left @ r / np.maximum(len(x) - n_left, 1)
    guess = np.where(left, low[:, None], high[:, None])  # (T, n)
    best = ((r - guess) ** 2).sum(axis=1).argmin()
    return cuts[best], low[best], high[best]


x = np.linspace(0, 1, 20)  # (20,)
step = (x > 0.5).astype(float)
print(*(round(value, 4) for value in stump(x, step, cuts=x)))


# %% boost example="20.3"
def boost(x, y, cuts, start, rounds, rate):
    now, stages = np.full(len(x), start), []
    for _ in range(rounds):
        cut, low, high = stump(x, y - now, cuts)
        now = now + rate * np.where(x <= cut, low, high)
        stages.append((cut, low, high))
    return stages


stages = boost(x, step, cuts=x, start=0.0, rounds=50, rate=0.3)


def staged(stages, places, start, rate):
    answers = [np.where(places <= cut, *sides) for cut, *sides in stages]
    return start + rate * np.cumsum(answers, axis=0)  # (rounds, m)


mse = ((staged(stages, x, 0.0, 0.3) - step) ** 2).mean(axis=1)  # (50,)
print(round(mse[-1], 4))

# %% rounds example="20.4"
print("cuts", *{float(round(cut, 4)) for cut, _, _ in stages})
for m in (1, 2, 5, 10):
    print(m, f"{mse[m - 1]:.5g}", f"{0.5 * 0.7 ** (2 * m):.5g}")
print(f"{mse[-1]:.1e}")

# %% wiggle example="20.5"
rng = np.random.default_rng(0)
x = np.sort(rng.uniform(0, 1, 40))  # (40,)
wave = np.sin(2 * np.pi * x) + rng.normal(0, 0.3, 40)
x_test = np.linspace(0.005, 0.995, 100)
truth = np.sin(2 * np.pi * x_test)
cuts, start = (x[1:] + x[:-1]) / 2, wave.mean()
stages = boost(x, wave, cuts, start, rounds=300, rate=0.3)
fits = staged(stages, x_test, start, 0.3)  # (300, 100)
train = ((staged(stages, x, start, 0.3) - wave) ** 2).mean(axis=1)
test = ((fits - truth) ** 2).mean(axis=1)
for m in (1, 5, 10, 20, 50, 100, 300):
    print(m, f"{train[m - 1]:.4f} {test[m - 1]:.4f}")
print("best round", test.argmin() + 1, "test", round(test.min(), 4))


# %% draw-wiggle-figure hide
def draw_wiggle():
    panels = [["a", "b", "c", "d"], ["curves"] * 4]
    fig, axes = plt.subplot_mosaic(panels, figsize=(6, 4), height_ratios=[1, 1.3])
    best = int(test.argmin()) + 1
    for name, m in zip("abcd", (1, 10, best, 300)):
        axes[name].plot(x, wave, ".", color="black", alpha=0.5, markersize=4)
        axes[name].plot(x_test, fits[m - 1], color="C0", drawstyle="steps-mid")
        axes[name].set(title=f"{m} round" + "s" * (m > 1), xticks=[], yticks=[], ylim=(-2, 1.9))
    ax = axes["curves"]
    ax.semilogy(np.arange(1, 301), np.array([train, test]).T)
    ax.plot(best, test.min(), "o", color="C1")
    ax.text(235, 0.066, "test", color="C1")
    ax.text(235, 0.034, "train", color="C0")
    marks = [0.02, 0.05, 0.1, 0.2, 0.4]
    ax.set(xlabel="rounds", ylabel="mean squared error", yticks=marks, yticklabels=marks, ylim=(0.02, 0.45))
    ax.minorticks_off()
    alt = (
        "Above, four step functions over noisy points of a wave: one step, a coarse staircase, a close staircase, and "
        "one that runs after single points. Below, the training error falls throughout, the test error turns up."
    )
    figure(fig, alt=alt, caption="Compare the third and fourth panel, then find the dot where the test error turns.")


# %% wiggle-figure fold
draw_wiggle()

# %% library-boost fold
from sklearn.ensemble import GradientBoostingRegressor

library = GradientBoostingRegressor(n_estimators=300, learning_rate=0.3, max_depth=1)
library.fit(x[:, None], wave)  # starts at the mean, cuts halfway
same = np.allclose(list(library.staged_predict(x_test[:, None])), fits)
print("all 300 stages agree:", same)

# %% more-trees fold
rng = np.random.default_rng(0)
bags = [rng.integers(0, 40, 40) for _ in range(300)]
trees = [grow(x[bag][:, None], wave[bag], 99) for bag in bags]
each = np.array([predict(tree, x_test[:, None]) for tree in trees])  # (300, 100)
for B in (1, 50, 300):
    bagged = np.mean((each[:B].mean(axis=0) - truth) ** 2)
    print(B, f"bagged {bagged:.3f} boosted {test[B - 1]:.3f}")

# %% bias-variance fold
rng, places = np.random.default_rng(0), x_test[:, None]
made = []
for _ in range(25):  # fresh samples
    u = np.sort(rng.uniform(0, 1, 40))
    v = np.sin(2 * np.pi * u) + rng.normal(0, 0.3, 40)
    several = staged(boost(u, v, (u[1:] + u[:-1]) / 2, v.mean(), 300, 0.3), x_test, v.mean(), 0.3)
    shallow, deep = (predict(grow(u[:, None], v, depth), places) for depth in (1, 99))
    bags = [rng.integers(0, 40, 40) for _ in range(20)]
    bagged = np.mean([predict(grow(u[bag][:, None], v[bag], 99), places) for bag in bags], axis=0)
    made.append([shallow, several[29], several[299], deep, bagged])
names = ["1 stump", "30 stumps", "300 stumps", "1 deep tree", "20 bagged"]
for name, answers in zip(names, np.swapaxes(made, 0, 1)):  # (25, 100) each
    bias2 = np.mean((answers.mean(axis=0) - truth) ** 2)
    print(f"{name}: {bias2:.3f} {answers.var(axis=0).mean():.3f}")


# %% newton
def newton(tree, X, r, h):
    if not isinstance(tree, tuple):
        return r.sum() / h.sum()  # new answer of the leaf
    j, cut, below, above = tree
    low = X[:, j] <= cut
    below = newton(below, X[low], r[low], h[low])
    return j, cut, below, newton(above, X[~low], r[~low], h[~low])


# %% boosted-classes fold
from sklearn.ensemble import GradientBoostingClassifier

start = np.log(y.mean() / (1 - y.mean()))
score, score_test = np.full(len(y), start), np.full(len(y_test), start)
for _ in range(50):
    p = 1 / (1 + np.exp(-score))  # (379,)
    tree = newton(grow(X, y - p, depth=1), X, y - p, p * (1 - p))
    score = score + 0.3 * predict(tree, X)
    score_test = score_test + 0.3 * predict(tree, X_test)
print("test accuracy", round(np.mean((score_test > 0) == y_test), 3))
boosted = GradientBoostingClassifier(n_estimators=50, learning_rate=0.3, max_depth=1, random_state=0)
print(np.allclose(boosted.fit(X, y).decision_function(X_test), score_test))

# %% street example="20.12"
P = np.array([[0.0, 0.0], [1.0, 1.0], [3.0, 3.0], [4.0, 2.0]])  # (4, 2)
s = np.array([-1.0, -1.0, 1.0, 1.0])  # (4,)
w, b = np.array([0.5, 0.5]), -2.0
print(s * (P @ w + b))
print(round(2 / np.linalg.norm(w), 3))


# %% draw-street-figure hide
def draw_street():
    fig, ax = plt.subplots(figsize=(6, 3.2))
    ends = np.array([-3.0, 8.0])
    ax.fill_between(ends, 2 - ends, 6 - ends, color="black", alpha=0.08, linewidth=0)
    ax.plot(ends, 4 - ends, color="black")
    for side_ in (2, 6):
        ax.plot(ends, side_ - ends, color="black", alpha=0.5, linestyle="--", linewidth=1)
    for point, sign in zip(P, s):
        ax.plot(*point, "os"[int(sign > 0)], color="C1" if sign > 0 else "C0", markersize=7)
    ax.plot(*P[1:].T, "o", color="black", markersize=14, fillstyle="none", markeredgewidth=1)
    ax.annotate("", (3, 3), (1, 1), arrowprops={"arrowstyle": "<->", "color": "C2", "shrinkA": 8, "shrinkB": 8})
    ax.text(1.6, 1.12, "margin", color="C2")
    ax.text(0.1, 0.25, "−1", color="C0")
    ax.text(4.25, 2.1, "+1", color="C1")
    ax.set(xlim=(-1.5, 6.5), ylim=(-0.6, 3.9), aspect="equal")
    alt = (
        "A slanted line with a strip on both sides. Three of four points lie on the edges of the strip, in circles; "
        "the fourth, the origin, lies outside. A double arrow joins (1, 1) and (3, 3) across the strip."
    )
    figure(fig, alt=alt, caption="Look at the circles: these points touch the street. The origin is free to move.")


# %% street-figure fold
draw_street()

# %% hinge
from sklearn.svm import SVC


def hinge_svm(X, s, C, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for t in range(1, steps + 1):
        pulls = s * (X @ w + b) < 1  # (n,) inside the margin or wrong
        w = w - (w - C * s[pulls] @ X[pulls]) / t
        b = b + C * s[pulls].sum() / t
    return w, b


w, b = hinge_svm(P, s, C=1, steps=10_000)
print("ours", w.round(2), round(b, 2))
library = SVC(kernel="linear", C=1).fit(P, s)
print("library", library.coef_[0].round(2), library.intercept_.round(2)[0])

# %% moved
for row, place in [(0, (-5, 2)), (1, (1.5, 1.5))]:
    Q = P.copy()
    Q[row] = place
    library = SVC(kernel="linear", C=1000).fit(Q, s)
    w, b = library.coef_[0], library.intercept_[0]
    print("point", row, "moved:", w.round(2), round(b, 2))


# %% smo
def smo(K, s, C):
    alpha, slope = np.zeros(len(s)), -np.ones(len(s))  # slope of the dual
    while True:
        may_rise = np.where(s > 0, alpha < C, alpha > 0)
        may_fall = np.where(s > 0, alpha > 0, alpha < C)
        pull = -s * slope  # (n,)
        i = np.where(may_rise, pull, -np.inf).argmax()
        j = np.where(may_fall, pull, np.inf).argmin()
        if pull[i] - pull[j] < 1e-3:
            return alpha, (pull[i] + pull[j]) / 2
        step = (pull[i] - pull[j]) / (K[i, i] + K[j, j] - 2 * K[i, j])
        room_i = C - alpha[i] if s[i] > 0 else alpha[i]
        room_j = alpha[j] if s[j] > 0 else C - alpha[j]
        step = min(step, room_i, room_j)
        alpha[i] += s[i] * step
        alpha[j] -= s[j] * step
        slope += s * step * (K[:, i] - K[:, j])


# %% dual
alpha, b = smo(P @ P.T, s, C=1000)
print(alpha.round(3))
print("w", (alpha * s @ P).round(3), "b", round(b, 3))


def rbf(A, B, gamma):
    return np.exp(-gamma * ((A[:, None] - B) ** 2).sum(axis=2))


signs = 2.0 * y - 1  # (379,)
alpha, b = smo(rbf(Z, Z, 1 / 30), signs, C=1)
kernel_score = rbf(Z_test, Z, 1 / 30) @ (alpha * signs) + b  # (190,)
library = SVC(C=1, gamma=1 / 30).fit(Z, y)
print("support vectors", np.sum(alpha > 0), library.n_support_.sum())
theirs = library.decision_function(Z_test)  # (190,)
print("scores agree:", np.allclose(kernel_score, theirs, atol=0.01))


# %% draw-four-pairs hide
def draw_four_pairs():
    fig, axes = plt.subplots(2, 2, figsize=(6, 4), sharex=True, sharey=True)
    cloud_signs = 2.0 * side - 1
    for ax, (C, gamma) in zip(axes.flat, [(0.1, 0.5), (0.1, 20), (100, 0.5), (100, 20)]):
        alpha, b = smo(rbf(cloud, cloud, gamma), cloud_signs, C)
        answer = (rbf(grid, cloud, gamma) @ (alpha * cloud_signs) + b).reshape(across.shape)
        ax.contourf(across, up, answer > 0, levels=[-0.5, 0.5, 1.5], colors=["C0", "C1"], alpha=0.25)
        for c in (0, 1):
            ax.plot(*cloud[side == c].T, "os"[c], color=f"C{c}", markersize=2)
        ax.set_title(f"C = {C}, γ = {gamma}, {np.sum(alpha > 0)} vectors", fontsize=9)
        ax.set(xticks=[], yticks=[])
    alt = (
        "Four maps of the two crescents. With small γ the border is smooth, for large C it bends more; with large γ it "
        "breaks into patches around the points."
    )
    figure(fig, alt=alt, caption="Right: larger γ; down: larger C. Both bend the border. Titles count support vectors.")


# %% four-pairs fold
draw_four_pairs()

# %% compare fold
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression

w, b = hinge_svm(Z, signs, C=0.1, steps=3000)
rows = {
    "k-NN": (knn(Z, y, Z_test, 9), KNeighborsClassifier(9)),
    "Gaussian NB": (logs.argmax(axis=1), GaussianNB()),
    "tree of depth two": (predict(small, X_test) > 0.5, DecisionTreeClassifier(max_depth=2, random_state=0)),
    "forest": (votes.mean(axis=0) > 0.5, RandomForestClassifier(max_features=5, random_state=0)),
    "boosted stumps": (score_test > 0, boosted),
    "linear SVM": (Z_test @ w + b > 0, SVC(kernel="linear", C=0.1)),
    "RBF SVM": (kernel_score > 0, SVC(C=1, gamma=1 / 30)),
}
for name, (ours, library) in rows.items():
    raw = name in ("tree of depth two", "forest", "boosted stumps")  # others: scaled
    theirs = library.fit(X if raw else Z, y).predict(X_test if raw else Z_test)
    shares = np.mean(ours == y_test), np.mean(theirs == y_test), np.mean(ours == theirs)
    print(f"{name}: " + " ".join(f"{share:.3f}" for share in shares))

# %% lightgbm fold
calm = {"verbose": -1, "n_jobs": 1, "deterministic": True, "force_row_wise": True}
for name, library, A, A_test in [
    ("LightGBM", LGBMClassifier(n_estimators=100, **calm), X, X_test),
    ("logistic regression", LogisticRegression(), Z, Z_test),
]:
    print(name, round(np.mean(library.fit(A, y).predict(A_test) == y_test), 3))

# %% scale-trap example="20.9"
people = np.array([[25, 40000], [30, 41000], [60, 40200], [62, 41500]])
group = np.array([0, 0, 1, 1])  # (4,)
asker = np.array([[27, 40300]])  # (1, 2)
gaps = np.linalg.norm(people - asker, axis=1)  # (4,)
print(gaps.round(1), knn(people, group, asker, 1)[0])
mean, std = people.mean(axis=0), people.std(axis=0)  # (2,) each
a, q = (people - mean) / std, (asker - mean) / std
print(np.linalg.norm(a - q, axis=1).round(3), knn(a, group, q, 1)[0])

# %% adaboost fold
from sklearn.ensemble import AdaBoostClassifier

weights = np.full(len(y), 1 / len(y))  # (379,)
total, total_test, exp_losses = np.zeros(len(y)), np.zeros(len(y_test)), []
for _ in range(30):
    weak = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y, sample_weight=weights)
    says, says_test = (2 * weak.predict(rows) - 1 for rows in (X, X_test))
    wrong = weights[says != signs].sum()
    vote = 0.5 * np.log((1 - wrong) / wrong)
    weights = weights * np.exp(-vote * signs * says)
    weights = weights / weights.sum()
    total, total_test = total + vote * says, total_test + vote * says_test
    exp_losses.append(np.mean(np.exp(-signs * total)))
print("exponential loss", *(round(exp_losses[m - 1], 3) for m in (1, 10, 30)))
library = AdaBoostClassifier(n_estimators=30, random_state=0).fit(X, y)
print("same answer on", np.mean(library.predict(X_test) == (total_test > 0)).round(3))

# %% discriminants fold
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis

few = [0, 1, 4, 7, 8, 9]  # columns that do not repeat each other
T, T_test = Z[:, few], Z_test[:, few]
own = [np.cov(T[y == c], rowvar=False) for c in (0, 1)]  # (6, 6) each
share = [np.mean(y == c) for c in (0, 1)]
pooled = share[0] * own[0] + share[1] * own[1]
models = LinearDiscriminantAnalysis(), QuadraticDiscriminantAnalysis()
for name, spreads, library in zip(("LDA", "QDA"), ([pooled] * 2, own), models):
    fit = []
    for c in (0, 1):
        gap = T_test - T[y == c].mean(axis=0)  # (190, 6)
        far = (gap @ np.linalg.inv(spreads[c]) * gap).sum(axis=1)
        fit.append(np.log(share[c]) - 0.5 * (far + np.linalg.slogdet(spreads[c])[1]))
    answer = np.argmax(fit, axis=0)
    same = np.mean(answer == library.fit(T, y).predict(T_test))
    print(name, round(np.mean(answer == y_test), 3), "same answer on", round(same, 3))

# %% platt fold
from sklearn.isotonic import IsotonicRegression

fitted = GaussianNB().fit(Z[:250], y[:250])
odds, odds_test = (np.diff(fitted.predict_joint_log_proba(rows))[:, 0] for rows in (Z[250:], Z_test))
platt = LogisticRegression().fit(odds[:, None], y[250:])
stairs = IsotonicRegression(out_of_bounds="clip").fit(odds, y[250:])
answers = {
    "raw": 1 / (1 + np.exp(-np.clip(odds_test, -500, 500))),
    "Platt": platt.predict_proba(odds_test[:, None])[:, 1],
    "isotonic": stairs.predict(odds_test),
}
for name, p in answers.items():
    extreme = np.mean(np.maximum(p, 1 - p) > 0.99)
    print(name, "Brier", round(np.mean((p - y_test) ** 2), 3), "sure", round(extreme, 2))

# %% stacking fold
from sklearn.ensemble import StackingClassifier
from sklearn.model_selection import cross_val_predict

base = [("knn", KNeighborsClassifier(9)), ("bayes", GaussianNB()), ("tree", DecisionTreeClassifier(random_state=0))]
inputs, inputs_test = [], []
for _, model in base:
    inputs.append(cross_val_predict(model, Z, y, cv=5, method="predict_proba")[:, 1])
    inputs_test.append(model.fit(Z, y).predict_proba(Z_test)[:, 1])
    print(type(model).__name__, round(model.score(Z_test, y_test), 3))
top = LogisticRegression().fit(np.array(inputs).T, y)
answer = top.predict(np.array(inputs_test).T)
library = StackingClassifier(base, LogisticRegression(), cv=5).fit(Z, y)
print("stacked", round(np.mean(answer == y_test), 3), np.array_equal(answer, library.predict(Z_test)))

# %% shapley
from itertools import permutations

row, features = X_test[0], [22, 27, 7]  # those that the tree asks for
average = predict(small, X).mean()
share = dict.fromkeys(features, 0.0)
for order in permutations(features):
    rows, before = X.copy(), average
    for j in order:
        rows[:, j] = row[j]  # reveal one feature
        after = predict(small, rows).mean()
        share[j] += (after - before) / 6
        before = after
for j in features:
    print(samples.feature_names[j], f"{share[j]:+.3f}")
total = average + sum(share.values())
print("adds up:", np.isclose(total, predict(small, row[None])[0]))

# %% dependence fold
from sklearn.inspection import partial_dependence

result = partial_dependence(boosted, X, [22], grid_resolution=5, method="brute", response_method="decision_function")
ours = []
for value in result["grid_values"][0]:
    rows = X.copy()
    rows[:, 22] = value  # every row gets this perimeter
    ours.append(boosted.decision_function(rows).mean())
print(np.round(ours, 1), np.allclose(ours, result["average"][0]))

# %% three-classes
for K in (2, 3, 8):
    even = np.arange(K)
    values = gini(even), 1 - 1 / K, entropy(even), np.log2(K)
    print(K, *(round(value, 3) for value in values))


# %% knn-predict
def knn_predict(X, y, q, k, weights="uniform"):
    if k > len(X):
        raise ValueError(f"k is {k}, but there are only {len(X)} rows")
    gaps = np.linalg.norm(X - q, axis=1)  # (n,)
    nearest = gaps.argsort(kind="stable")[:k]
    vote = np.ones(k)
    if weights == "distance":
        exact = gaps[nearest] == 0
        vote = exact.astype(float) if exact.any() else 1 / gaps[nearest]
    return np.bincount(y[nearest], weights=vote).argmax()


q = np.array([1.5, 1.5])
print(knn_predict(beads, kind, q, 4), knn_predict(beads, 1 - kind, q, 4))
print(knn_predict(beads, 1 - kind, q, 4, "distance"))
print(knn_predict(beads, kind, beads[2], 4, "distance"))


# %% log-space
def log_joint(message, alpha=1):
    chances = counts + alpha
    logs = np.log(chances / chances.sum(axis=1, keepdims=True))
    columns = [words.index(w) for w in message.split() if w in words]
    return np.log(0.5) + logs[:, columns].sum(axis=1)  # (2,)


for message in ("win money today", "", "win crypto", "win money " * 300):
    both = log_joint(message)
    p = 1 / (1 + np.exp(both[1] - both[0]))
    print(repr(message[:16]), round(p, 3))
print("plain product:", joint("win money " * 300, 1))

# %% limits
lamps = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # XOR
print("best gain on XOR", best_split(lamps, np.array([0, 1, 1, 0]))[0])
ramp = np.linspace(0, 1, 21)  # (21,) the target is the input
tree = grow(ramp[:, None], ramp, 99)
trend = np.polyfit(ramp, ramp, 1)
for place in (0.5, 1.0, 2.0):
    answer = predict(tree, np.array([[place]]))[0]
    print(place, answer.round(2), np.polyval(trend, place).round(2))

# %% stopping
part = np.arange(40) % 4 == 0  # every fourth row is held out
inner, inner_cuts = x[~part], (x[~part][1:] + x[~part][:-1]) / 2
for rate in (1, 0.3, 0.1, 0.03):
    start = wave[~part].mean()
    stages = boost(inner, wave[~part], inner_cuts, start, 400, rate)
    misses = staged(stages, x[part], start, rate) - wave[part]  # (400, 10)
    stop = (misses**2).mean(axis=1).argmin()
    true = ((staged(stages, x_test, start, rate) - truth) ** 2).mean(axis=1)
    print(f"{rate} stop {stop + 1}: {true[stop]:.3f} end: {true[-1]:.3f}")
