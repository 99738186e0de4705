"""The from-scratch laboratory: seven model families in NumPy, written as interview answers and scored."""

# %% card-function hide
POINTS = {"correct": 5, "vectorised": 3, "stable": 3, "organised": 2, "converges": 2}
cards = {}


def card(name, **marks):  # a mark that does not apply is left out
    got = sum(POINTS[mark] for mark in marks if marks[mark])
    total = sum(POINTS[mark] for mark in marks)
    lost = [mark for mark in marks if not marks[mark]]
    verdict = "pass" if not lost else "partial" if marks["correct"] else "fail"
    cards[name] = marks
    print(f"{name}: {got} of {total},", verdict, *["lost:", *lost] if lost else "")


# %% two-cards hide
def two_cards():
    marks = {"stable": True, "organised": True, "converges": True}
    card("loop over rows", correct=True, vectorised=False, **marks)
    card("wrong gradient", correct=False, vectorised=True, **marks)


# %% card fold
two_cards()


# %% data example="FS.1"
import numpy as np

np.random.seed(42)  # the old global generator, in this order
X = np.random.randn(100, 2)  # (100, 2)
y = 3 * X[:, 0] + 5 * X[:, 1] + 0.5 * np.random.randn(100)  # (100,)
two = [np.random.randn(50, 2) + shift for shift in (2, -2)]
Xc, yc = np.vstack(two), np.repeat([0, 1], 50)  # (100, 2), (100,)
print(X.shape, y.shape, Xc.shape, yc.shape)


# %% measure-functions hide
import sys


def growth(call, *tables):  # opcodes for twice the rows, by those for the rows
    counts = []

    def count(frame, event, _):
        frame.f_trace_opcodes = True
        counts[-1] += event == "opcode"
        return count

    for times in (1, 2):
        rows = [np.concatenate([table] * times) for table in tables]
        counts.append(0)
        sys.settrace(count)
        call(*rows)
        sys.settrace(None)
    return counts[1] / counts[0]


def organised(model, X, y):
    kept = X.copy(), y.copy()
    returns_self = model.fit(X, y) is model
    return returns_self and np.array_equal(X, kept[0]) and np.array_equal(y, kept[1])


# %% measures
print("product:", round(growth(lambda X, y: X.T @ y, X, y), 1))
print("loop:", round(growth(lambda X, y: sum(a * b for a, b in zip(X, y)), X, y), 1))


# %% normal example="FS.2"
A = np.column_stack([X, np.ones(100)])  # (100, 3)
w_normal = np.linalg.solve(A.T @ A, A.T @ y)  # (3,)
mse = np.mean((A @ w_normal - y) ** 2)
print(w_normal.round(4), round(mse, 4), round(1 - mse / y.var(), 4))


# %% draft-linear
class DraftLinear:
    def fit(self, X, y, updates=300):
        self.w = np.zeros(X.shape[1] + 1)
        for _ in range(updates):
            gradient = np.zeros(len(self.w))
            for row, target in zip(X, y):
                row = np.append(row, 1.0)
                gradient += (row @ self.w - target) * row / len(y)
            self.w = self.w - 0.1 * gradient


draft = DraftLinear()
returned = draft.fit(X, y)
print("fit gives", returned, "same weights:", np.allclose(draft.w, w_normal))


# %% descent
class Descent:
    def __init__(self, lr=0.01, max_iter=1000, tol=0.0, lam=0.0):
        self.lr, self.max_iter, self.tol, self.lam = lr, max_iter, tol, lam

    def fit(self, X, y):
        self.w, self.b = self.start(X, y)
        self.history = []
        while True:
            z = X @ self.w + self.b  # (n,)
            penalty = self.lam / 2 * np.sum(self.w**2)
            self.history.append(self.loss(z, y) + penalty)
            if len(self.history) > self.max_iter or self.settled():
                return self
            error = self.slope(z, y) / len(y)  # (n,)
            self.w = self.w - self.lr * (X.T @ error + self.lam * self.w)
            self.b = self.b - self.lr * error.sum(axis=0)  # not penalised

    def settled(self):
        last = self.history[-2:]
        return len(last) == 2 and abs(last[0] - last[1]) < self.tol


# %% linear
class LinearRegression(Descent):
    def start(self, X, y):
        return np.zeros(X.shape[1]), 0.0

    def loss(self, z, y):
        return np.mean((z - y) ** 2) / 2

    def slope(self, z, y):  # of one row's loss, by z
        return z - y

    def predict(self, X):
        return X @ self.w + self.b


pair = np.array([[0.0], [1.0]])  # (2, 1)
through = LinearRegression(0.5).fit(pair, np.array([1.0, 3.0]))
print("through two points:", through.w.round(3), round(through.b, 3))


# %% rates example="FS.3"
runs = [LinearRegression(lr).fit(X, y) for lr in (0.01, 0.1)]
runs.append(LinearRegression(0.01, 10_000, tol=0.5e-10).fit(X, y))
for run in runs:
    print(run.lr, run.w.round(4), run.b.round(4), "updates", len(run.history) - 1)
print("largest stable rate:", round(2 / np.linalg.eigvalsh(A.T @ A / 100)[-1], 4))


# %% draw-histories hide
import matplotlib.pyplot as plt
from groundup.book import figure


def draw_histories():
    fig, ax = plt.subplots(figsize=(6, 3.1))
    wild = LinearRegression(2.0, 90).fit(X, y)
    for run, colour, style in [(wild, "C1", "--"), (runs[2], "C0", "-"), (runs[1], "C2", "-")]:
        losses = np.array(run.history[:300] if run is runs[1] else run.history)
        updates = np.unique(np.geomspace(1, len(losses), 80).astype(int))
        ax.plot(updates, losses[updates - 1], color=colour, linestyle=style)
    ax.plot(len(losses := runs[2].history), losses[-1], "o", color="C0")
    ax.text(700, 0.2, "stops", color="C0", ha="center")
    ax.text(85, 8, "rate 0.01", color="C0")
    ax.text(6, 0.4, "rate 0.1", color="C2")
    ax.text(30, 300, "rate 2, above the limit", color="C1", ha="right")
    ax.set(xscale="log", yscale="log", ylim=(0.1, 1000), xlabel="number of the loss", ylabel="half the MSE")
    alt = (
        "Three loss histories on logarithmic axes. Rate 0.1 falls fast to a floor, rate 0.01 later to the same floor "
        "where a dot marks its end; the dashed one of rate 2 climbs out of the picture."
    )
    caption = (
        "Look at the dot: the stopping rule ended the slow run on the floor, where further updates change nothing."
    )
    figure(fig, alt=alt, caption=caption)


# %% histories fold
draw_histories()


# %% ridge example="FS.4"
def ridge(X, y, lam):  # minimises |y - Xw - b|^2 + lam |w|^2
    centred = X - X.mean(axis=0)
    K = centred.T @ centred + lam * np.eye(X.shape[1])
    w = np.linalg.solve(K, centred.T @ (y - y.mean()))
    return w, y.mean() - X.mean(axis=0) @ w


for lam in (1, 10, 100):
    w, b = ridge(X, y, lam)
    print(lam, w.round(4), "norm", round(np.linalg.norm(w), 4))


# %% two-lambdas
summed = ridge(X, y, 10)[0]
for lam in (10, 10 / 100):
    averaged = LinearRegression(0.1, 500, lam=lam).fit(X, y).w
    print("lam", lam, "same weights:", np.allclose(averaged, summed))


# %% soft example="FS.5"
def soft(a, t):
    return np.sign(a) * np.maximum(np.abs(a) - t, 0) + 0.0


print(*soft(np.array([-3, -0.5, 0, 0.5, 2.5]), 1))


# %% lasso
def lasso(Z, t, alpha, sweeps=300, w=None):
    w = np.zeros(Z.shape[1]) if w is None else w.copy()
    for _ in range(sweeps):
        for j, z in enumerate(Z.T):  # z: (n,)
            r = t - Z @ w + z * w[j]  # what the others leave
            w[j] = soft(z @ r / len(t), alpha) / (z @ z / len(t))
    return w


print("one feature, no penalty:", lasso(pair - 0.5, np.array([-1.0, 1.0]), 0.0))


# %% eight-columns hide
rng = np.random.default_rng(0)
Z = rng.standard_normal((100, 8))  # (100, 8)
t = Z @ np.array([3, -2, 0, 0, 1.5, 0, 0, 0]) + rng.normal(0, 1, 100)
Z, t = Z - Z.mean(axis=0), t - t.mean()


# %% lasso-run example="FS.6"
print(lasso(Z, t, 0.5).round(3))
print(*[np.count_nonzero(lasso(Z, t, a)) for a in (0.1, 0.5, 1, 2, 3)])
print("all zero from", round(np.abs(Z.T @ t / 100).max(), 3))


# %% draw-paths hide
def draw_paths():
    fig, axes = plt.subplots(1, 2, figsize=(6, 3), sharey=True, layout="constrained")
    alphas, lams = np.linspace(0, 2.6, 14), np.geomspace(1, 10_000, 17)
    ways = [lasso(Z, t, a, 25) for a in alphas], [ridge(Z, t, lam)[0] for lam in lams]
    for ax, grid, way, name in zip(axes, (alphas, lams), ways, ("lasso, α", "ridge, λ")):
        for j, weights in enumerate(np.array(way).T):
            true = j in (0, 1, 4)
            ax.plot(grid, weights, color=f"C{(0, 1, 0, 0, 2)[j]}" if true else "C5", linewidth=2 if true else 1)
        ax.axhline(0, color="black", alpha=0.3, linewidth=1)
        ax.set(xlabel=name)
    axes[0].set_ylabel("weight")
    axes[1].set_xscale("log")
    for place, name, colour in [
        ((50, 2.4), "true 3", "C0"),
        ((2, 0.75), "true 1.5", "C2"),
        ((2, -1.4), "true −2", "C1"),
    ]:
        axes[1].text(*place, name, color=colour)
    alt = (
        "Eight weights against the strength of the penalty. Left, lasso: straight falls that end at exactly zero, one "
        "after the other. Right, ridge: smooth curves that shrink together."
    )
    caption = "Look at where lines meet zero: lasso's do, one by one; ridge's only come close."
    figure(fig, alt=alt, caption=caption)


# %% paths fold
draw_paths()


# %% fit-polynomials hide
rng = np.random.default_rng(0)
x = np.sort(rng.uniform(-1, 1, 15))  # (15,)
y_sine = np.sin(np.pi * x) + rng.normal(0, 0.2, 15)
grid = np.linspace(-1, 1, 101)


def fit_polynomials():
    for degree in (1, 3, 5, 9, 14):
        c = np.linalg.lstsq(np.vander(x, degree + 1), y_sine, rcond=None)[0]
        train = np.mean((np.polyval(c, x) - y_sine) ** 2)
        test = np.mean((np.polyval(c, grid) - np.sin(np.pi * grid)) ** 2)
        print(degree, f"{train:.4f}", f"{test:.4f}" if test < 100 else "above 100")


# %% polynomial example="FS.7" fold
fit_polynomials()


# %% score-linear hide
def score_linear():
    card(
        "linear, draft",
        correct=np.allclose(draft.w, w_normal),
        vectorised=growth(lambda X, y: draft.fit(X, y, 2), X, y) < 1.2,
        stable=np.isfinite(draft.w).all(),
        organised=returned is draft,
        converges=hasattr(draft, "history"),
    )
    twice = np.column_stack([X, X[:, 0]])  # (100, 3), one column twice
    card(
        "linear, answer",
        correct=np.allclose(np.append(runs[1].w, runs[1].b), w_normal),
        vectorised=growth(lambda X, y: LinearRegression(max_iter=3).fit(X, y), X, y) < 1.2,
        stable=np.isfinite(LinearRegression(0.1).fit(twice, y).w).all(),
        organised=organised(LinearRegression(), X, y),
        converges=len(runs[2].history) - 1 < runs[2].max_iter,
    )


# %% card-linear fold
score_linear()


# %% draft-logistic
def draft_loss(scores, y):
    p = 1 / (1 + np.exp(-scores))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


right = np.where(yc == 1, 1.0, -1.0)  # (100,) every row on its side
with np.errstate(all="ignore"):  # the warnings would end the run
    losses = [draft_loss(size * right, yc) for size in (1, 10, 1000)]
print(*np.round(losses, 4))


# %% logistic
def sigmoid(z):
    small = np.exp(-np.abs(z))  # in (0, 1]: never overflows
    return np.where(z >= 0, 1, small) / (1 + small)


class LogisticRegression(LinearRegression):
    def loss(self, z, y):
        return np.mean(np.logaddexp(0, z) - y * z)

    def slope(self, z, y):
        return sigmoid(z) - y

    def predict(self, X):
        return (X @ self.w + self.b >= 0).astype(int)


print("loss at ±1000:", LogisticRegression().loss(1000 * right, yc))


# %% separable example="FS.8"
for updates in (100, 1000, 10_000):
    model = LogisticRegression(0.1, updates).fit(Xc, yc)
    accuracy = np.mean(model.predict(Xc) == yc)
    norm = np.linalg.norm(model.w)
    print(updates, f"{model.history[-1]:.4f}", accuracy, round(norm, 4))


# %% penalised example="FS.9"
for lam in (0.01, 0.1, 1):
    model = LogisticRegression(0.1, 5000, lam=lam).fit(Xc, yc)
    print(lam, round(np.linalg.norm(model.w), 4))
model = LogisticRegression(0.1, 5000, tol=1e-9, lam=0.1).fit(Xc, yc)
print("stops before 5000 updates:", len(model.history) - 1 < 5000)


# %% softmax
def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


class SoftmaxRegression(Descent):
    def start(self, X, y):
        self.classes = y.max() + 1
        return np.zeros((X.shape[1], self.classes)), np.zeros(self.classes)

    def loss(self, z, y):  # z: (n, c)
        return -np.mean(log_softmax(z)[np.arange(len(y)), y])

    def slope(self, z, y):
        return np.exp(log_softmax(z)) - np.eye(self.classes)[y]

    def predict(self, X):
        return (X @ self.w + self.b).argmax(axis=1)


print(log_softmax(np.array([[1000.0, 1000.0]])).round(4))


# %% three-centres hide
rng = np.random.default_rng(0)
P = np.vstack([rng.normal(m, 1, (40, 2)) for m in [(0, 3), (-3, -2), (3, -2)]])
yp = np.repeat([0, 1, 2], 40)  # (120,)


# %% softmax-run example="FS.10"
model = SoftmaxRegression(0.5, 500).fit(P, yp)
print(*np.round(model.history, 4)[[0, -1]], np.mean(model.predict(P) == yp))
print("row sums of W below 1e-9:", np.abs(model.w.sum(axis=1)).max() < 1e-9)
print(model.slope(np.array([[1.0, 2.0, 3.0]]), np.array([1])).round(3))


# %% two-classes
binary = LogisticRegression(0.2, 100).fit(Xc, yc)
both = SoftmaxRegression(0.1, 100).fit(Xc, yc)
z = Xc @ both.w + both.b  # (100, 2)
same = np.allclose(np.exp(log_softmax(z))[:, 1], sigmoid(Xc @ binary.w + binary.b))
print("weights:", binary.w.size, "and", both.w.size, "same probabilities:", same)


# %% score-logistic hide
def score_logistic():
    grows = growth(lambda y: draft_loss(np.ones(len(y)), y), yc)
    card(
        "logistic, draft",
        correct=np.isclose(losses[0], LogisticRegression().loss(right, yc)),
        vectorised=grows < 1.2,
        stable=np.isfinite(losses).all(),
        organised=hasattr(draft_loss, "fit"),
        converges=hasattr(draft_loss, "history"),
    )
    extreme = SoftmaxRegression(1.0, 5).fit(1000 * P, yp)
    card(
        "logistic, answer",
        correct=np.mean(model.predict(P) == yp) == 1,
        vectorised=growth(lambda X, y: SoftmaxRegression(max_iter=3).fit(X, y), P, yp) < 1.2,
        stable=np.isfinite(extreme.history).all(),
        organised=organised(LogisticRegression(), Xc, yc),
        converges=len(LogisticRegression(0.1, 5000, 1e-9, 0.1).fit(Xc, yc).history) < 5000,
    )


# %% card-logistic fold
score_logistic()


# %% tennis
rows = "SHHW0SHHS0OHHW1RMHW1RCNW1RCNS0OCNS1SMHW0SCNW1RMNW1SMNS1OMHS1OHNW1RMHS0"
table = np.array(list(rows)).reshape(14, 5)  # a day in each row
days, play = table[:, :4], table[:, 4].astype(int)  # (14, 4), (14,)


def gini(y):
    return 1 - np.sum((np.bincount(y) / len(y)) ** 2)


def entropy(y):
    p = np.bincount(y) / len(y)
    return -np.sum(p[p > 0] * np.log2(p[p > 0])) + 0.0


print("entropy", round(entropy(play), 3), "Gini", round(gini(play), 3))


# %% gain example="FS.11"
def gain(column, y, impurity):  # one part for each value of the column
    parts = [y[column == value] for value in np.unique(column)]
    return impurity(y) - sum(len(part) / len(y) * impurity(part) for part in parts)


for impurity in (entropy, gini):
    print(*[round(gain(column, play, impurity), 3) for column in days.T])


# %% draft-tree example="FS.13"
def draft_split(X, y):
    best = (0.0, None, None)
    for j in range(X.shape[1]):
        for cut in X[:, j]:
            found = gain(X[:, j] <= cut, y, gini)
            if found > best[0]:
                best = (found, j, cut)
    return best


corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])  # (4, 2)
y_xor = np.array([0, 1, 1, 0])  # (4,)
print("gains:", *[gain(column, y_xor, gini) for column in corners.T])
print("best:", draft_split(corners, y_xor))


# %% split example="FS.12"
def split_costs(x, y):  # weighted Gini of every cut of one feature
    order = np.argsort(x, kind="stable")
    x, Y = x[order], np.eye(y.max() + 1)[y[order]]  # (n,), (n, c)
    left = Y.cumsum(axis=0)[:-1]  # (n - 1, c): counts on the left
    right = Y.sum(axis=0) - left
    squares = [(side**2).sum(axis=1) / side.sum(axis=1) for side in (left, right)]
    cuts = (x[1:] + x[:-1]) / 2
    return cuts, np.where(x[1:] > x[:-1], 1 - sum(squares) / len(y), np.inf)


x8, y8 = np.arange(1, 9), np.array([0, 0, 0, 1, 0, 1, 1, 1])
cuts, costs = split_costs(x8, y8)
best = cuts[np.isclose(costs, costs.min())]
gains = gini(y8) - costs.min(), gain(x8 <= best[0], y8, entropy)
print(*best, *np.round(gains, 4))


# %% tree
class Grower:
    def __init__(self, max_depth=50, m=None, rng=None):
        self.max_depth, self.m, self.rng = max_depth, m, rng

    def fit(self, X, y):
        self.root = self.grow(X, y, self.max_depth)
        return self

    def grow(self, X, y, depth):
        node = {"label": np.bincount(y).argmax(), "kids": []}
        if depth == 0 or gini(y) == 0:
            return node
        d = X.shape[1]
        tried = self.rng.choice(d, self.m, replace=False) if self.m else range(d)
        found = {j: split_costs(X[:, j], y) for j in tried}
        j = min(found, key=lambda j: found[j][1].min())
        cuts, costs = found[j]
        if costs.min() < np.inf:  # a gain of zero is enough
            node["j"], node["cut"] = j, cuts[costs.argmin()]
            left = X[:, j] <= node["cut"]
            node["kids"] = [self.grow(X[s], y[s], depth - 1) for s in (left, ~left)]
        return node


# %% tree-predict
class Tree(Grower):
    def predict(self, X, node=None):
        node = node or self.root
        if not node["kids"]:
            return np.full(len(X), node["label"])
        left = X[:, node["j"]] <= node["cut"]
        return np.where(left, *[self.predict(X, kid) for kid in node["kids"]])


same = np.ones((3, 2))
print("identical rows:", Tree().fit(same, np.array([0, 1, 1])).predict(same))


# %% xor-grown
for depth in (1, 2):
    print(depth, Tree(depth).fit(corners, y_xor).predict(corners))


# %% clouds hide
rng = np.random.default_rng(0)
X_train, X_test = [np.vstack([rng.normal(m, 1, (n, 2)) for m in (0, 1.5)]) for n in (100, 1000)]
y_train, y_test = np.repeat([0, 1], 100), np.repeat([0, 1], 1000)


def scores(model):
    return [round(np.mean(model.predict(X) == y), 4) for X, y in ((X_train, y_train), (X_test, y_test))]


# %% forest-function hide
def forest(X, y):
    trees = []
    for _ in range(100):
        rows = rng.integers(len(y), size=len(y))  # drawn with replacement
        trees.append(Tree(m=1, rng=rng).fit(X[rows], y[rows]))
    return trees


# %% compare-trees hide
def compare_trees():
    stump, full = (Tree(depth).fit(X_train, y_train) for depth in (1, 50))
    j, cut = stump.root["j"], stump.root["cut"]
    print("feature", j, "cut", round(cut, 4), "Gini", round(split_costs(X_train[:, j], y_train)[1].min(), 4))
    print("stump", *scores(stump))
    print("full tree", *scores(full))

    trees = forest(X_train, y_train)
    votes = np.mean([tree.predict(X_test) for tree in trees], axis=0)  # (2000,)
    forest_score = np.mean((votes > 0.5) == y_test)
    print("forest", round(forest_score, 2), "above the full tree:", forest_score > scores(full)[1])


# %% stump example="FS.15" fold
compare_trees()


# %% prune example="FS.14"
def alpha(as_leaf, leaves):
    return round((as_leaf - sum(leaves)) / (len(leaves) - 1) / 100, 3)


print("grown:", alpha(12, [3, 5]), alpha(8, [1, 2]), alpha(44, [3, 5, 1, 2]))
print("left cut:", alpha(8, [1, 2]), alpha(44, [12, 1, 2]))
print("both cut:", alpha(44, [12, 8]))


# %% score-tree hide
def score_tree():
    kept = draft_split(corners, y_xor)[1] is not None
    card(
        "tree, draft",
        correct=kept,
        vectorised=growth(draft_split, Xc, yc) < 1.2,
        stable=True,
        organised=hasattr(draft_split, "fit"),
    )
    fitted = Tree().fit(np.ones((3, 2)), np.array([0, 1, 1]))
    card(
        "tree, answer",
        correct=np.array_equal(Tree().fit(corners, y_xor).predict(corners), y_xor),
        vectorised=growth(lambda X, y: Tree(1).fit(X, y), X_train, y_train) < 1.2,
        stable=np.array_equal(fitted.predict(np.ones((1, 2))), [1]),
        organised=organised(Tree(), X_train, y_train),
    )


# %% card-tree fold
score_tree()


# %% draft-kmeans
def sq_dists(A, B):
    return ((A[:, None] - B) ** 2).sum(axis=2)  # (n, k)


def draft_step(X, centres):
    own = np.eye(len(centres))[sq_dists(X, centres).argmin(axis=1)]  # (n, k)
    with np.errstate(invalid="ignore"):
        return own.T @ X / own.sum(axis=0)[:, None]


centres = np.array([[2.0, 2.0], [-2.0, -2.0], [50.0, 50.0]])  # the last is far off
for step in (1, 2):
    centres = draft_step(Xc, centres)
    print("step", step, "centres with NaN:", np.isnan(centres).any(axis=1).sum())


# %% kmeans
class KMeans:
    def __init__(self, start, max_iter=300, tol=0.0):
        self.start, self.max_iter, self.tol = start, max_iter, tol

    def fit(self, X, y=None):
        self.centres, self.history = self.start, []
        for _ in range(self.max_iter):
            old, labels = self.centres, self.predict(X)
            farthest = X[sq_dists(X, old).min(axis=1).argmax()]
            groups = [X[labels == j] for j in range(len(old))]
            means = [g.mean(axis=0) if len(g) else farthest for g in groups]
            self.centres = np.array(means)
            self.history.append(sq_dists(X, self.centres).min(axis=1).sum())
            if np.linalg.norm(self.centres - old, axis=1).max() <= self.tol:
                break
        return self

    def predict(self, X):
        return sq_dists(X, self.centres).argmin(axis=1)


four = np.array([[0.0], [2.0], [10.0], [12.0]])
print(*KMeans(four[:2]).fit(four).history)


# %% kmeans-run example="FS.16"
for rows in ([0, 50], [0, 1]):
    model = KMeans(Xc[rows]).fit(Xc)
    print(*model.centres.round(3), np.bincount(model.predict(Xc)), end=" ")
    print(model.history[-1].round(3))


# %% plus-plus
def plus_plus(X, k, rng):
    rows = [rng.integers(len(X))]
    for _ in range(k - 1):
        D = sq_dists(X, X[rows]).min(axis=1)  # (n,)
        rows.append(rng.choice(len(X), p=D / D.sum()))
    return X[rows]


print(plus_plus(np.array([[0.0], [0.0], [9.0]]), 2, np.random.default_rng(0)).ravel())


# %% race-function hide
def race(B):
    ends = {"random": [], "k-means++": []}
    for s in range(100):
        start = B[np.random.default_rng(s).choice(150, 5, replace=False)]
        ends["random"].append(KMeans(start).fit(B).history[-1])
        ends["k-means++"].append(KMeans(plus_plus(B, 5, np.random.default_rng(s))).fit(B).history[-1])
    best = min(map(min, ends.values()))
    print("best", round(best, 3))
    for name, inertias in ends.items():
        print(name, np.mean(np.array(inertias) <= 1.01 * best))
    return ends, best


# %% five-clouds hide
rng = np.random.default_rng(0)
B = np.vstack([rng.normal(c, 0.4, (30, 2)) for c in [(0, 0), (0, 6), (6, 0), (6, 6), (3, 3)]])


# %% race example="FS.17" fold
ends, best = race(B)


# %% knn example="FS.18"
class KNN:
    def __init__(self, k, weights="uniform"):
        self.k, self.weights = k, weights

    def fit(self, X, y):
        self.X, self.y = X, y
        return self

    def votes(self, D):  # D: (m, n) distances to the training rows
        near = np.argsort(D, axis=1, kind="stable")[:, : self.k]  # (m, k)
        d = np.take_along_axis(D, near, axis=1)
        vote = d**0 if self.weights == "uniform" else 1 / np.maximum(d, 1e-12)
        labels = np.eye(self.y.max() + 1)[self.y[near]]  # (m, k, c)
        return (vote[..., None] * labels).sum(axis=1)  # (m, c)

    def predict(self, X):
        return self.votes(np.sqrt(sq_dists(X, self.X))).argmax(axis=1)


line, answers = np.array([[0.1], [1.1], [1.2]]), np.array([1, 0, 0])
print(KNN(3).fit(line, answers).predict(np.zeros((1, 1)))[0])
print(KNN(3, "distance").fit(line, answers).votes(line.T)[0].round(3))


# %% leave-one-out example="FS.19"
def leave_one_out(X, y, k):
    D = np.sqrt(sq_dists(X, X))  # (n, n)
    np.fill_diagonal(D, np.inf)  # no row may vote for itself
    return np.mean(KNN(k).fit(X, y).votes(D).argmax(axis=1) == y)


print(*[leave_one_out(Xc, yc, k) for k in (1, 3, 5, 15, 51, 99)])


# %% own-vote example="FS.20"
for k in (1, 5, 15, 31):
    trained = np.mean(KNN(k).fit(X_train, y_train).predict(X_train) == y_train)
    print(k, trained, leave_one_out(X_train, y_train, k))


# %% draw-loo-curve hide
def draw_loo_curve():
    fig, ax = plt.subplots(figsize=(6, 2.9))
    ks = np.arange(1, 80, 2)
    own = [np.mean(KNN(k).fit(X_train, y_train).predict(X_train) == y_train) for k in ks]
    ax.plot(ks, own, color="C1")
    ax.plot(ks, [leave_one_out(X_train, y_train, k) for k in ks], color="C0")
    ax.text(6, 0.95, "training accuracy", color="C1")
    ax.text(8, 0.745, "leave-one-out", color="C0")
    ax.set(xlabel="k, neighbours that vote", ylabel="accuracy", ylim=(0.7, 1.02))
    alt = (
        "Two curves against k. Training accuracy starts at 1 and drops at once; leave-one-out starts near its lowest, "
        "rises, and for larger k the two run side by side."
    )
    caption = "Look at the left end: where the training curve is perfect, the honest one is near its worst."
    figure(fig, alt=alt, caption=caption)


# %% loo-curve fold
draw_loo_curve()


# %% core-points example="FS.21"
seven = np.array([[1], [1.2], [1.4], [5], [5.1], [5.3], [9]])  # (7, 1)
within = (np.sqrt(sq_dists(seven, seven)) <= 0.25).sum(axis=1)  # (7,)
print(within, "core points:", np.sum(within >= 3))


# %% score-kmeans hide
def score_kmeans():
    with np.errstate(invalid="ignore"):
        finite = np.isfinite(draft_step(Xc, Xc[:1] + [[0, 0], [99, 99]])).all()
    card(
        "k-means, draft",
        correct=np.allclose(draft_step(Xc, Xc[:2]), KMeans(Xc[:2], 1).fit(Xc).centres),
        vectorised=growth(lambda X: draft_step(X, Xc[:3]), Xc) < 1.2,
        stable=finite,
        organised=hasattr(draft_step, "fit"),
        converges=hasattr(draft_step, "history"),
    )
    far = KMeans(np.array([[2.0, 2.0], [-2.0, -2.0], [50.0, 50.0]])).fit(Xc)
    card(
        "k-means, answer",
        correct=np.isclose(min(ends["k-means++"]), best),
        vectorised=growth(lambda X: KMeans(Xc[:2], max_iter=3, tol=-1).fit(X), Xc) < 1.2,
        stable=np.isfinite(far.centres).all(),
        organised=organised(KMeans(Xc[:2]), Xc, yc),
        converges=len(far.history) < far.max_iter and (np.diff(far.history) <= 1e-9).all(),
    )


# %% card-kmeans fold
score_kmeans()


# %% net
ACTS = {  # the function, and its slope by its own value
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
}


class Net:
    def forward(self, X):
        W1, b1, W2, b2 = self.params
        hidden = ACTS[self.act][0](X @ W1 + b1)  # (n, h)
        return hidden, (hidden @ W2 + b2)[:, 0]  # logits: (n,)

    def loss(self, X, y):
        z = self.forward(X)[1]
        return np.mean(np.logaddexp(0, z) - y * z)

    def gradients(self, X, y):
        hidden, z = self.forward(X)
        d_out = (sigmoid(z) - y)[:, None] / len(y)  # (n, 1)
        d_in = d_out @ self.params[2].T * ACTS[self.act][1](hidden)  # (n, h)
        return [X.T @ d_in, d_in.sum(axis=0), hidden.T @ d_out, d_out.sum(axis=0)]


# %% sgd
class SGD:
    def __init__(self, lr, momentum=0.0):
        self.lr, self.momentum, self.u = lr, momentum, []

    def step(self, params, grads):
        old = self.u or [0.0] * len(grads)  # one u for each parameter
        self.u = [self.momentum * u + g for u, g in zip(old, grads)]
        return [p - self.lr * u for p, u in zip(params, self.u)]


print(SGD(0.1).step([5.0], [10.0]))


# %% start hide
def start(d, h, seed):
    rng = np.random.default_rng(seed)
    W1 = rng.normal(0, 1, (d, h)) / np.sqrt(d)
    W2 = rng.normal(0, 1, (h, 1)) / np.sqrt(h)
    return [W1, np.zeros(h), W2, np.zeros(1)]


# %% mlp
class MLP(Net):
    def __init__(self, h=8, act="tanh", make=lambda: SGD(0.5), max_iter=2000, seed=0):
        self.h, self.act, self.make = h, act, make
        self.max_iter, self.seed = max_iter, seed

    def fit(self, X, y):
        self.params, self.history = start(X.shape[1], self.h, self.seed), []
        optimiser = self.make()
        for _ in range(self.max_iter):
            self.history.append(self.loss(X, y))
            self.params = optimiser.step(self.params, self.gradients(X, y))
        return self

    def predict(self, X):
        return (self.forward(X)[1] > 0).astype(int)


print([part.shape for part in start(2, 8, seed=0)])


# %% numeric hide
def numeric(loss, params, h=1e-5):  # central differences, entry by entry
    grads = [np.zeros_like(p) for p in params]
    for p, g in zip(params, grads):
        for i in np.ndindex(p.shape):
            old = p[i]
            for sign in (1, -1):
                p[i] = old + sign * h
                g[i] += sign * loss() / (2 * h)
            p[i] = old
    return grads


# %% gradient-check
def agrees(net, X, y):
    pairs = zip(net.gradients(X, y), numeric(lambda: net.loss(X, y), net.params))
    return max(np.abs(ours - theirs).max() for ours, theirs in pairs) < 1e-8


net = MLP(max_iter=0).fit(X[:4], yc[48:52])
print("at the start:", agrees(net, X[:4], yc[48:52]))


# %% four-clouds hide
rng = np.random.default_rng(0)
places = [(-1, -1), (1, 1), (-1, 1), (1, -1)]
XN = np.vstack([rng.normal(0, 0.35, (100, 2)) + at for at in places])  # (400, 2)
yn = np.repeat([0, 1], 200)  # (400,)


# %% draft-net
class DraftMLP(MLP):
    def gradients(self, X, y):
        p = sigmoid(self.forward(X)[1])
        return super().gradients(X, p - (p - y) * p * (1 - p))  # one slope too many


nets = {"draft": DraftMLP(max_iter=300), "answer": MLP(max_iter=300)}
for name, net in nets.items():
    net.fit(XN, yn)
    print(name, "loss fell:", net.history[-1] < net.history[0], end=", ")
    print("gradient agrees:", agrees(net, XN, yn))


# %% compare-activations hide
def compare_activations():
    for act in ACTS:
        net = MLP(act=act, max_iter=1999).fit(XN, yn)  # 1999 updates, the last not yet done
        accuracy = np.mean(net.predict(XN) == yn)
        print(act, f"{net.loss(XN, yn):.4f} {accuracy:.4f}")
    others = [MLP(act="relu", max_iter=1000, seed=s) for s in range(1, 8)]
    reached = [np.mean(net.fit(XN, yn).predict(XN) == yn) for net in others]
    print("relu, seeds 1 to 7, all above 0.99:", min(reached) > 0.99)


# %% activations example="FS.22" tol=0.02 fold
compare_activations()


# %% adam
class Adam:
    def __init__(self, lr, b1=0.9, b2=0.999, eps=1e-8):
        self.lr, self.b1, self.b2, self.eps = lr, b1, b2, eps
        self.m, self.v, self.t = [], [], 0

    def step(self, params, grads):
        b1, b2, self.t = self.b1, self.b2, self.t + 1
        zeros = [0.0] * len(grads)
        self.m = [b1 * m + (1 - b1) * g for m, g in zip(self.m or zeros, grads)]
        self.v = [b2 * v + (1 - b2) * g**2 for v, g in zip(self.v or zeros, grads)]
        means = [m / (1 - b1**self.t) for m in self.m]
        roots = [np.sqrt(v / (1 - b2**self.t)) + self.eps for v in self.v]
        return [p - self.lr * m / root for p, m, root in zip(params, means, roots)]


print(np.round(Adam(0.1).step([5.0, 5.0], [10.0, 0.01]), 4))


# %% first-steps example="FS.23"
for name, optimiser in [("SGD", SGD(0.1)), ("Adam", Adam(0.1))]:
    path = [5.0]
    for _ in range(10):
        path += optimiser.step(path[-1:], [2 * path[-1]])
    print(name, *[round(path[k], 4) for k in (1, 2, 10)])


# %% race-downhill hide
def race_downhill():
    steep = np.array([1.0, 100.0])  # curvatures
    paths = {}
    for name, optimiser in [("plain", SGD(0.0198)), ("momentum", SGD(0.01, 0.9)), ("Adam", Adam(0.1))]:
        path = [np.ones(2)]
        for _ in range(100):
            path += optimiser.step(path[-1:], [steep * path[-1]])
        paths[name] = np.array(path)  # (101, 2)
        print(name, path[-1].round(4))
    return paths


# %% crack example="FS.24" fold
paths = race_downhill()


# %% draw-crack hide
def draw_crack():
    fig, ax = plt.subplots(figsize=(6, 3.3))
    turn = np.linspace(0, 2 * np.pi, 60)
    for level in (0.5, 5, 20, 45):  # ellipses of equal f
        size = np.sqrt(2 * level)
        ax.plot(size * np.cos(turn), size / 10 * np.sin(turn), color="black", alpha=0.25, linewidth=1)
    for i, path in enumerate(paths.values()):
        ax.plot(*path[:40].T, ".-", color=f"C{i}", linewidth=1, markersize=3)
    labels = {"plain": ("C0", 0.52, -0.93), "momentum": ("C1", -0.45, 0.5), "Adam": ("C2", 0.5, 0.72)}
    for name, (colour, *place) in labels.items():
        ax.text(*place, name, color=colour)
    ax.set(xlabel="w₁, flat", ylabel="w₂, steep", xlim=(-0.6, 1.15), ylim=(-1.1, 1.15))
    alt = (
        "Three paths over narrow level lines, all from (1, 1). The plain one zigzags across the valley and creeps on "
        "along it; momentum overshoots and swings; Adam goes diagonally, past the bottom and back."
    )
    caption = (
        "The first 39 steps. Look at the start: plain and momentum leap across the valley, Adam moves equally in both."
    )
    figure(fig, alt=alt, caption=caption)


# %% crack-figure fold
draw_crack()


# %% score-net hide
def score_net():
    card(
        "network, draft",
        correct=agrees(nets["draft"], XN, yn),
        vectorised=growth(lambda X, y: DraftMLP(max_iter=3).fit(X, y), XN, yn) < 1.2,
        stable=np.isfinite(DraftMLP(max_iter=5).fit(1000 * XN, yn).history).all(),
        organised=organised(DraftMLP(max_iter=5), XN, yn),
        converges=len(DraftMLP(max_iter=300).fit(np.zeros((4, 2)), yn[198:202]).history) < 300,
    )
    card(
        "network, answer",
        correct=agrees(nets["answer"], XN, yn),
        vectorised=growth(lambda X, y: MLP(max_iter=3).fit(X, y), XN, yn) < 1.2,
        stable=np.isfinite(MLP(max_iter=5).fit(1000 * XN, yn).history).all(),
        organised=organised(MLP(max_iter=5), XN, yn),
        converges=len(MLP(max_iter=300).fit(np.zeros((4, 2)), yn[198:202]).history) < 300,
    )


# %% card-net fold
score_net()


# %% five-columns hide
rng = np.random.default_rng(0)
T = rng.standard_normal((200, 2))
mix = np.array([[3, 0], [2, 1], [1, -1], [0, 2], [0.5, 0.5]])  # (5, 2)
ZP = T @ mix.T + 0.3 * rng.standard_normal((200, 5))  # (200, 5)


# %% draft-pca
def draft_pca(X):  # variances, largest first
    X -= X.mean(axis=0)
    return np.linalg.eigvalsh(X.T @ X / (len(X) - 1))[::-1]


given = ZP.copy()
found = draft_pca(given)
print("variances", found.round(3), "table untouched:", np.array_equal(given, ZP))


# %% pca
class PCA:
    def __init__(self, k):
        self.k = k

    def fit(self, X, y=None):
        self.mean = X.mean(axis=0)
        _, self.s, V = np.linalg.svd(X - self.mean, full_matrices=False)
        largest = np.abs(V).argmax(axis=1, keepdims=True)
        V = V * np.sign(np.take_along_axis(V, largest, axis=1))
        self.components, self.ratios = V[: self.k], self.s**2 / np.sum(self.s**2)
        return self

    def transform(self, X):
        return (X - self.mean) @ self.components.T

    def inverse(self, scores):
        return scores @ self.components + self.mean


# %% pca-run example="FS.25"
pca = PCA(5).fit(ZP)
print(pca.s.round(3), pca.ratios.round(3), pca.ratios.cumsum().round(3), sep="\n")
print("for 95 %:", np.argmax(pca.ratios.cumsum() >= 0.95) + 1)
print("eigenvalues agree:", np.allclose(found, pca.s**2 / 199))


# %% rank-one example="FS.26"
print(*np.linalg.svd(np.array([[3, 2, 2], [2, 3, -2]]))[1].round(3))
M = np.array([[4, 0], [3, -5]])
U, s, V = np.linalg.svd(M)
near = s[0] * np.outer(U[:, 0], V[0])  # (2, 2)
print(*s.round(3), near.round(3).tolist(), round(np.linalg.norm(M - near), 3))


# %% calibrate hide
def calibrate(d2, perplexity, low=0.0, high=100.0):
    for _ in range(60):  # halve the interval
        beta = (low + high) / 2
        p = np.exp(-beta * (d2 - d2.min()))
        p = p / p.sum()
        bits = -np.sum(p[p > 0] * np.log2(p[p > 0]))
        low, high = (beta, high) if 2**bits > perplexity else (low, beta)
    return beta, p


# %% perplexity example="FS.27"
beta, p = calibrate(np.array([1.0, 4.0, 9.0]), 2)
print(round(beta, 4), round(1 / np.sqrt(2 * beta), 4), p.round(3))
print("at distance 3, Gauss:", round(np.exp(-9), 4), "Student:", 1 / (1 + 9))


# %% score-pca hide
def score_pca():
    turned = T @ [[0.8, 0.6], [-0.6e-9, 0.8e-9]]  # (200, 2): one spread is tiny, and real
    tiny = np.var(1e-9 * T[:, 1], ddof=1)
    card(
        "PCA, draft",
        correct=np.allclose(found, np.linalg.eigvalsh(np.cov(ZP.T))[::-1]),
        vectorised=growth(draft_pca, ZP) < 1.2,
        stable=np.isclose(draft_pca(turned.copy())[1], tiny, rtol=0.1, atol=0),
        organised=hasattr(draft_pca, "fit"),
    )
    card(
        "PCA, answer",
        correct=np.allclose(pca.inverse(pca.transform(ZP)), ZP),
        vectorised=growth(lambda X: PCA(2).fit(X), ZP) < 1.2,
        stable=np.isclose(PCA(2).fit(turned).s[1] ** 2 / 199, tiny, rtol=0.1, atol=0),
        organised=organised(PCA(2), ZP, ZP[:, 0]),
    )


# %% card-pca fold
score_pca()


# %% ratio example="FS.28"
def mean_square(w):
    return np.mean((X @ w - y) ** 2)


w, nudges = np.array([1.0, 1.0]), 1e-5 * np.eye(2)
measured = [(mean_square(w + d) - mean_square(w - d)) / 2e-5 for d in nudges]
print(measured / (X.T @ (X @ w - y) / 100))


# %% clip example="FS.29"
tiny = 1e-15
low, high = np.clip([0.0, 1.0], tiny, 1 - tiny)
print(f"{-np.log(low):.4f} {-np.log(1 - high):.4f}")


# %% compare hide
from sklearn.cluster import KMeans as TheirKMeans
from sklearn.decomposition import PCA as TheirPCA
from sklearn.linear_model import Lasso, Ridge
from sklearn.linear_model import LogisticRegression as TheirLogistic
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier


def compare():
    print("ridge:", np.allclose(Ridge(alpha=10).fit(X, y).coef_, ridge(X, y, 10)[0]))
    print("lasso:", np.allclose(Lasso(0.5).fit(Z, t).coef_, lasso(Z, t, 0.5), atol=1e-3))
    theirs = TheirLogistic(C=1 / (100 * 0.1), tol=1e-8).fit(Xc, yc)  # C is 1 over n times our lam
    print("logistic:", np.allclose(theirs.coef_[0], LogisticRegression(0.5, 3000, lam=0.1).fit(Xc, yc).w, atol=1e-4))
    pairs = {"tree": (DecisionTreeClassifier(max_depth=2), Tree(2)), "k-NN": (KNeighborsClassifier(5), KNN(5))}
    for name, pair in pairs.items():
        print(f"{name}:", np.array_equal(*[model.fit(X_train, y_train).predict(X_test) for model in pair]))
    inertia = TheirKMeans(2, init=Xc[:2], n_init=1).fit(Xc).inertia_
    print("k-means:", np.isclose(inertia, KMeans(Xc[:2]).fit(Xc).history[-1]))
    print("PCA:", np.allclose(*[np.abs(fitted) for fitted in (TheirPCA(5).fit(ZP).components_, pca.components)]))


# %% reference fold
compare()


# %% refuses hide
def refuses(make, X, column, expected):  # a ValueError, or the same answer
    try:
        return np.array_equal(make().fit(X, column).predict(X), expected)
    except ValueError:
        return True


# %% check-estimator
def check_estimator(make, X, y):
    kept, model = (X.copy(), y.copy()), make()
    passed = {"returns itself": model.fit(X, y) is model}
    first = model.predict(X)
    passed["one answer a row"] = first.shape == y.shape
    passed["inputs untouched"] = all(map(np.array_equal, (X, y), kept))
    passed["repeatable"] = np.array_equal(make().fit(X, y).predict(X), first)
    passed["one row"] = make().fit(X[:1], y[:1]).predict(X[:1]).shape == (1,)
    flat = np.column_stack([X, np.ones(len(X))])
    told = make().fit(flat, y).predict(flat)
    passed["constant feature"] = np.isfinite(told).all()
    passed["column of labels"] = refuses(make, X, y[:, None], first)
    return [test for test, good in passed.items() if not good]


# %% own-classes hide
makers = {
    "linear": lambda: LinearRegression(max_iter=50),
    "logistic": lambda: LogisticRegression(max_iter=50),
    "softmax": lambda: SoftmaxRegression(max_iter=50),
    "tree": Tree,
    "k-NN": lambda: KNN(1),
    "network": lambda: MLP(max_iter=50),
}


# %% report-function hide
def report():
    for name, make in makers.items():
        print(f"{name:9} fails:", ", ".join(check_estimator(make, X_train, y_train)) or "nothing")


# %% report fold
report()


# %% faulty hide
class InPlace(LogisticRegression):
    def fit(self, X, y):
        X -= X.mean(axis=0)
        return super().fit(X, y)


class Probability(LogisticRegression):
    def predict(self, X):
        return sigmoid(X @ self.w + self.b)[:, None]


# %% planted-faults hide
faults = {
    "changes X": lambda: InPlace(max_iter=50),
    "answers p": lambda: Probability(max_iter=50),
    "no seed": lambda: MLP(max_iter=3, seed=None),
}
caught = {name: check_estimator(make, X_train.copy(), y_train) for name, make in faults.items()}


# %% planted-function hide
def report_planted():
    for name, failed in caught.items():
        print(f"{name} fails:", ", ".join(failed))


# %% planted fold
report_planted()


# %% score-checks hide
def score_checks():
    accuracies = [np.mean((make().fit(Xc.copy(), yc).predict(Xc).ravel() > 0.5) == yc) for make in faults.values()]
    card("checks, draft", correct=min(accuracies) < 0.9, organised=True)
    clean = check_estimator(makers["logistic"], X_train, y_train)
    card("checks, answer", correct=all(caught.values()) and not clean, organised=True)


# %% card-checks fold
score_checks()


# %% draw-sheet hide
def draw_sheet():
    sheet = [name for name in cards if "," in name]
    fig, ax = plt.subplots(figsize=(6, 3.9), layout="constrained")
    for full, colour, marker in [(True, "C0", "s"), (False, "C1", "X")]:
        places = [
            (j, i)
            for i, name in enumerate(sheet)
            for j, mark in enumerate(POINTS)
            if mark in cards[name] and bool(cards[name][mark]) == full
        ]
        ax.plot(*np.array(places).T, marker, color=colour, markersize=9)
    ax.set(xlim=(-0.5, 4.5), ylim=(len(sheet) - 0.5, -0.5), xticks=range(5), yticks=range(len(sheet)))
    ax.set(xticklabels=POINTS, yticklabels=[name.removesuffix(", draft").split(", ")[-1] for name in sheet])
    ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    ax.spines[:].set_visible(False)
    alt = (
        "Squares and crosses, a draft and an answer of each session against the five marks. Every draft has crosses; "
        "of the answers only the network's has one, under converges."
    )
    caption = (
        "The name marks a session's draft, the row below is its answer. Look down one column: drafts that get the "
        "mathematics right lose stability, organisation or convergence."
    )
    figure(fig, alt=alt, caption=caption)


# %% sheet fold
draw_sheet()


# %% column-labels
guess = LogisticRegression(0.1, 100).fit(Xc, yc).predict(Xc)  # (100,)
column = yc[:, None]  # (100, 1)
print("difference", (guess - column).shape)
print("accuracy", np.mean(guess == yc), "becomes", np.mean(guess == column))


# %% elastic-functions hide
from sklearn.linear_model import ElasticNet


def elastic(Z, t, alpha, share=1.0, w=None):
    w, sweeps, change = np.zeros(Z.shape[1]) if w is None else w.copy(), 0, 1.0
    while change > 1e-10:
        old = w.copy()
        for j, z in enumerate(Z.T):
            r = t - Z @ w + z * w[j]
            w[j] = soft(z @ r / len(t), alpha * share) / (z @ z / len(t) + alpha * (1 - share))
        sweeps, change = sweeps + 1, np.abs(w - old).max()
    return w, sweeps


def elastic_path():
    sk = ElasticNet(alpha=0.5, l1_ratio=0.5, tol=1e-8).fit(Z, t).coef_
    print("scikit-learn agrees:", np.allclose(elastic(Z, t, 0.5, 0.5)[0], sk, atol=1e-4))
    warm, w = 0, None
    for a in np.linspace(2.2, 0.01, 60):
        w, sweeps = elastic(Z, t, a, w=w)
        warm += sweeps
    cold = sum(elastic(Z, t, a)[1] for a in np.linspace(2.2, 0.01, 60))
    print("warm starts need fewer sweeps:", warm < cold)


# %% elastic-net fold
elastic_path()


# %% newton-steps hide
def newton():
    A1, penalty = np.column_stack([Xc, np.ones(100)]), np.diag([0.1, 0.1, 0])  # (100, 3)
    w = np.zeros(3)
    for step in range(1, 20):
        p = sigmoid(A1 @ w)
        gradient = A1.T @ (p - yc) / 100 + penalty @ w
        H = A1.T @ (A1 * (p * (1 - p))[:, None]) / 100 + penalty  # (3, 3) second derivatives
        move = np.linalg.solve(H, gradient)
        w = w - move
        if np.linalg.norm(move) < 1e-10:
            break
    print("steps", step, "norm", round(np.linalg.norm(w[:2]), 4))


# %% newton fold
newton()


# %% boost hide
def best_stump(x, r):  # x sorted; the cut with the smallest squared error
    n, left = np.arange(1, len(x)), r.cumsum()[:-1]  # (n - 1,)
    right = r.sum() - left
    i = (left**2 / n + right**2 / n[::-1]).argmax()
    return (x[i] + x[i + 1]) / 2, left[i] / n[i], right[i] / n[::-1][i]


def boost():
    fitted, drawn = np.full(15, y_sine.mean()), np.full(101, y_sine.mean())
    for k in range(1, 101):
        cut, low, high = best_stump(x, y_sine - fitted)
        fitted += 0.1 * np.where(x <= cut, low, high)
        drawn += 0.1 * np.where(grid <= cut, low, high)
        if k in (1, 10, 100):
            print(k, round(np.mean((fitted - y_sine) ** 2), 4), round(np.mean((drawn - np.sin(np.pi * grid)) ** 2), 4))


# %% boosting fold
boost()


# %% kd-functions hide
def build(rows, depth=0):
    if len(rows) <= 8:
        return rows
    j = depth % rows.shape[1]
    rows, half = rows[rows[:, j].argsort()], len(rows) // 2
    return j, rows[half, j], build(rows[:half], depth + 1), build(rows[half:], depth + 1)


def nearest(node, q, best=np.inf):  # smallest squared distance, rows looked at
    if isinstance(node, np.ndarray):
        return min(best, ((node - q) ** 2).sum(axis=1).min()), len(node)
    j, cut, below, above = node
    near, far = (below, above) if q[j] < cut else (above, below)
    best, seen = nearest(near, q, best)
    if (q[j] - cut) ** 2 >= best:  # the other side is too far
        return best, seen
    best, more = nearest(far, q, best)
    return best, seen + more


# %% kd-compare hide
def compare_kd():
    found = [nearest(build(X_test), q) for q in X_train[:50]]
    same = np.allclose([d for d, _ in found], sq_dists(X_train[:50], X_test).min(axis=1))
    print(
        "as by brute force:", same, "share of rows looked at below 2 %:", np.mean([s for _, s in found]) < 0.02 * 2000
    )


# %% kd-tree fold
compare_kd()


# %% conditional-function hide
def conditional_p(D, perplexity):
    P = np.zeros_like(D)
    for i in range(len(D)):
        others = np.arange(len(D)) != i  # a row is no neighbour of its own
        P[i, others] = calibrate(D[i, others], perplexity)[1]
    return P


# %% conditional-run hide
rng = np.random.default_rng(0)
heights = rng.normal(0, 1, (100, 5)) + np.repeat(6 * np.eye(5)[:4], 25, axis=0)  # (100, 5), four groups
P1 = conditional_p(sq_dists(heights, heights), 15)


# %% tsne-function hide
def tsne(P, places, steps=300):
    joint, speed, losses = (P + P.T) / (2 * len(P)), 0.0, []
    for _ in range(steps):
        closeness = 1 / (1 + sq_dists(places, places))  # Student's curve
        np.fill_diagonal(closeness, 0)
        Q = np.maximum(closeness / closeness.sum(), 1e-12)
        losses.append(np.sum(joint * np.log(np.maximum(joint, 1e-12) / Q)))
        pull = (joint - Q) * closeness  # (n, n)
        gradient = 4 * (pull.sum(axis=1)[:, None] * places - pull @ places)
        speed = 0.8 * speed - 10 * gradient
        places = places + speed
    return places, losses


# %% tsne-check hide
def check_tsne():
    print("rows sum to 1:", np.allclose(P1.sum(axis=1), 1), "diagonal 0:", not P1.diagonal().any())
    places, losses = tsne(P1, rng.normal(0, 0.01, (100, 2)))
    groups = np.repeat([0, 1, 2, 3], 25)
    print("loss fell:", losses[-1] < losses[0] / 2, "groups kept:", leave_one_out(places, groups, 1) > 0.95)


# %% tsne fold
check_tsne()


# %% solution-huber
class Huber(LinearRegression):
    delta = 1.0

    def loss(self, z, y):
        size = np.abs(z - y)
        far = self.delta * (size - self.delta / 2)
        return np.mean(np.where(size <= self.delta, size**2 / 2, far))

    def slope(self, z, y):
        return np.clip(z - y, -self.delta, self.delta)


broken = np.where(np.arange(100) == 0, 100.0, y)  # one target gone wrong
for model in (LinearRegression, Huber):
    print(model.__name__, model(0.1, 2000).fit(X, broken).w.round(2))


# %% solution-guard
class CarefulKNN(KNN):
    def fit(self, X, y):
        X, y = np.asarray(X), np.asarray(y)
        if X.ndim != 2 or y.shape != X.shape[:1]:
            raise ValueError("wrong shapes")
        if not 1 <= self.k <= len(X):
            raise ValueError("wrong k")
        return super().fit(X, y)


print("fails:", check_estimator(lambda: CarefulKNN(1), X_train, y_train) or "nothing")


# %% solution-window
def settled(history, tol, window):
    old, new = history[-2 * window : -window], history[-window:]
    return len(old) == window and np.mean(old) - np.mean(new) < tol


noise = np.random.default_rng(0).standard_normal(1000)
noisy = np.exp(-np.arange(1000) / 100) + 0.05 * noise
for window in (1, 50):
    stop = next(k for k in range(1000) if settled(noisy[:k], 1e-3, window))
    print("window", window, "stops at level", round(np.exp(-stop / 100), 2))


# %% solution-missed
from functools import partial


class Dragged(LinearRegression):
    def fit(self, X, y):  # the bias becomes a weight
        super().fit(np.column_stack([X, np.ones(len(X))]), y)
        self.w, self.b = self.w[:-1], self.w[-1]
        return self


for model in (LinearRegression, Dragged):
    make = partial(model, 0.1, 300, lam=0.5)
    low, high = (make().fit(X, goal).predict(X) for goal in (y, y + 100))
    print(check_estimator(make, X, y), np.allclose(high, low + 100, atol=1e-3))
