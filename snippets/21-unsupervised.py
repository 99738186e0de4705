"""Chapter 21: structure without labels, groups and directions."""

# %% kmeans
import numpy as np
from scipy.spatial.distance import cdist


def kmeans(X, centroids, steps):
    centroids, history = centroids.copy(), []  # (k, d)
    for _ in range(steps):
        squared = cdist(X, centroids, "sqeuclidean")  # (n, k)
        labels = squared.argmin(axis=1)  # (n,) nearest centroid
        history.append(squared.min(axis=1).sum())
        for j in np.unique(labels):
            centroids[j] = X[labels == j].mean(axis=0)
    return centroids, labels, history


corners = np.array([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0]])  # (4, 2)
centroids, labels, history = kmeans(corners, corners[[0, 2]], steps=2)
print(centroids)
print(labels, np.array(history))

# %% blobs example="21.1"
from sklearn.cluster import KMeans

rng = np.random.default_rng(0)
low, high = rng.normal(0, 0.3, (20, 2)), rng.normal(3, 0.3, (20, 2))
X = np.vstack([low, high])  # (40, 2)
start = X[np.random.default_rng(0).choice(40, 2, replace=False)]
centroids, labels, history = kmeans(X, start, steps=10)
print(centroids.round(3))
print(np.bincount(labels))
theirs = KMeans(2, init=start, n_init=1).fit(X)
print("same centroids:", np.allclose(theirs.cluster_centers_, centroids))
print("same inertia:", np.isclose(theirs.inertia_, history[-1]))

# %% history example="21.4"
print(np.round(history[:4], 3))

# %% steps fold
import matplotlib.pyplot as plt
from groundup.book import figure

trail = np.array([start, *(kmeans(X, start, t)[0] for t in range(1, 5))])  # (5, 2, 2)
fig, axes = plt.subplots(1, 5, figsize=(6, 2.0), sharex=True, sharey=True)
for t, ax in enumerate(axes):
    group = cdist(X, trail[t]).argmin(axis=1)
    for j in range(2):
        ax.scatter(*X[group == j].T, s=7, color=f"C{j}", alpha=0.6)
        ax.plot(*trail[: t + 1, j].T, color=f"C{j}", linewidth=1)
        ax.plot(*trail[t, j], "X", color="black", markersize=7)
    ax.set_title(f"step {t + 1}", fontsize=9)
    ax.set(xticks=[0, 3], yticks=[0, 3], aspect="equal")
alt = (
    "Five panels of forty points in two clouds. Both crosses start in the upper cloud; one travels to the lower "
    "cloud within two steps, and then neither moves."
)
caption = "Follow the cross, a centroid, that leaves the upper cloud; after two steps nothing moves."
figure(fig, alt=alt, caption=caption)

# %% bad-start example="21.7"
for rows in ([0, 1], [0, 2]):
    early = kmeans(corners, corners[rows], steps=1)[0]
    late, labels, history = kmeans(corners, corners[rows], steps=10)
    print(history[-1], labels, "at rest:", np.allclose(early, late))


# %% plus-plus
from sklearn.cluster import kmeans_plusplus


def spread_starts(X, k, rng):
    chosen = [rng.integers(len(X))]
    while len(chosen) < k:
        nearest = cdist(X, X[chosen], "sqeuclidean").min(axis=1)  # (n,)
        chosen.append(rng.choice(len(X), p=nearest / nearest.sum()))
    return X[chosen]


ours = [spread_starts(corners, 2, np.random.default_rng(s)) for s in range(1000)]
theirs = [kmeans_plusplus(corners, 2, random_state=s, n_local_trials=1)[0] for s in range(1000)]
bad = [np.mean([a[0] == b[0] for a, b in starts]) for starts in (ours, theirs)]
print("bad starts, even draw:", round(2 / 6, 3), "by hand:", round(1 / 34, 3))
print("ours:", bad[0], "scikit-learn:", bad[1])

# %% elbow example="21.5"
best = {}
for k in range(1, 6):
    draws = [np.random.default_rng(s).choice(40, k, replace=False) for s in range(20)]
    runs = [kmeans(X, X[rows], steps=50) for rows in draws]
    best[k] = min(runs, key=lambda run: run[2][-1])
inertia = [best[k][2][-1] for k in best]
print(*np.round(inertia, 3))


# %% silhouette-by-hand
def silhouette(X, labels):
    member = np.eye(labels.max() + 1)[labels]  # (n, k) one-hot
    sums, sizes = cdist(X, X) @ member, member.sum(axis=0)  # (n, k), (k,)
    a = (sums * member).sum(axis=1) / np.maximum(sizes[labels] - 1, 1)
    b = np.where(member == 1, np.inf, sums / sizes).min(axis=1)
    return np.where(sizes[labels] > 1, (b - a) / np.maximum(a, b), 0)


numbers = np.array([[0.0], [1.0], [3.0], [7.0]])  # (4, 1)
print(silhouette(numbers, np.array([0, 0, 1, 1])).round(3))

# %% silhouette example="21.6"
from sklearn.metrics import silhouette_score

means = [silhouette(X, best[k][1]).mean() for k in range(2, 6)]
theirs = [silhouette_score(X, best[k][1]) for k in range(2, 6)]
print(*np.round(means, 3), "scikit-learn agrees:", np.allclose(means, theirs))

# %% elbow-figure fold
fig, axes = plt.subplots(1, 2, figsize=(6, 2.6))
axes[0].plot(range(1, 6), inertia, "o-", color="C0")
axes[0].annotate("elbow", (2, inertia[1]), (2.4, 60), arrowprops={"arrowstyle": "->", "color": "black"})
axes[0].set(title="inertia", xlabel="k", xticks=range(1, 6))
axes[1].plot(range(2, 6), means, "o-", color="C1")
axes[1].text(2.15, means[0], "peak", va="center")
axes[1].set(title="mean silhouette", xlabel="k", xticks=range(2, 6), ylim=(0, 1))
alt = (
    "Left: inertia drops steeply from one group to two and then creeps downwards. "
    "Right: the mean silhouette is highest at two groups and falls."
)
caption = "Look left for the bend, right for the peak: both at two groups."
figure(fig, alt=alt, caption=caption)

# %% zero-inertia
labels = np.arange(len(X))  # every row a group of its own
print("inertia:", round(kmeans(X, X, steps=1)[2][0], 3))
print("mean silhouette:", silhouette(X, labels).mean())


# %% dbscan example="21.8"
from sklearn.cluster import DBSCAN


def dbscan(X, eps, m):
    near = cdist(X, X) <= eps  # (n, n), every point is near itself
    core = near.sum(axis=1) >= m  # (n,)
    labels, group = np.full(len(X), -1), 0
    for i in np.flatnonzero(core):
        if labels[i] == -1:
            members, before = near[i], 0
            while members.sum() > before:  # grow from core to core
                before = members.sum()
                members = near[members & core].any(axis=0)
            labels[members & (labels == -1)], group = group, group + 1
    return labels


line = np.array([1, 1.2, 1.4, 5, 5.1, 5.3, 9])[:, None]  # (7, 1)
for eps in (0.15, 0.25, 4):
    theirs = DBSCAN(eps=eps, min_samples=3).fit_predict(line)
    print(dbscan(line, eps, 3), np.array_equal(dbscan(line, eps, 3), theirs))


# %% rings example="21.12"
def agreement(labels, truth):
    return max(np.mean(labels == truth), np.mean(labels != truth))


rng = np.random.default_rng(0)
angle = rng.uniform(0, 2 * np.pi, 200)
radius = np.repeat([1, 3], 100) + rng.normal(0, 0.1, 200)
rings = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])  # (200, 2)
ring = np.repeat([0, 1], 100)  # kept aside for the comparison
rows = np.random.default_rng(0).choice(200, 2, replace=False)
halves = kmeans(rings, rings[rows], steps=50)[1]
print(agreement(halves, ring), agreement(dbscan(rings, 0.7, 4), ring))

# %% rings-figure fold
fig, axes = plt.subplots(1, 2, figsize=(6, 3.0), sharex=True, sharey=True)
found = {"k-means, k = 2": halves, "DBSCAN, eps 0.7": dbscan(rings, 0.7, 4)}
for ax, (title, labels) in zip(axes, found.items()):
    for j in range(2):
        ax.scatter(*rings[labels == j].T, s=9, color=f"C{j}", marker="os"[j])
    ax.set(title=title, aspect="equal", xticks=[-3, 0, 3], yticks=[-3, 0, 3])
alt = (
    "The same two rings twice. On the left a straight cut colours half of each ring alike; on the right the inner "
    "ring has one colour and the outer ring the other."
)
caption = "Left, a straight border cuts both rings; right, colour follows neighbours."
figure(fig, alt=alt, caption=caption)

# %% two-densities
mixed = np.array([0, 0.1, 0.2, 0.6, 0.7, 0.8, 5, 6, 7])[:, None]  # (9, 1)
print("eps 0.15:", dbscan(mixed, 0.15, 3))
print("eps 1.00:", dbscan(mixed, 1.0, 3))

# %% label-is-class
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

truth = np.array([0, 0, 0, 1, 1, 1])
found = np.array([1, 1, 1, 0, 0, 0])
print("equal numbers:", np.mean(found == truth))
print("Rand, adjusted:", adjusted_rand_score(truth, found))
print("mutual information:", round(normalized_mutual_info_score(truth, found), 3))


# %% merge example="21.9"
from itertools import combinations

from scipy.cluster.hierarchy import linkage


def agglomerate(D, between):
    groups, heights = [[i] for i in range(len(D))], []
    while len(groups) > 1:
        pairs = combinations(range(len(groups)), 2)
        gaps = [(between(D[np.ix_(groups[i], groups[j])]), i, j) for i, j in pairs]
        height, i, j = min(gaps)
        groups[i] += groups.pop(j)
        heights.append(height)
    return heights


distances = cdist(numbers, numbers)  # (4, 4)
for name, between in {"single": np.min, "complete": np.max, "average": np.mean}.items():
    heights = agglomerate(distances, between)
    print(*np.round(heights, 3), np.allclose(heights, linkage(numbers, name)[:, 2]))

# %% dendrograms fold
from scipy.cluster.hierarchy import dendrogram

fig, axes = plt.subplots(1, 3, figsize=(6, 2.8), sharey=True)
for c, (ax, name) in enumerate(zip(axes, ["single", "complete", "average"])):
    tree = dendrogram(linkage(numbers, name), no_plot=True)
    for x, y in zip(tree["icoord"], tree["dcoord"]):
        ax.plot(x, y, color=f"C{c}")
        ax.text(np.mean(x[1:3]) - 1, y[1] + 0.12, f"{y[1]:.3g}", ha="right", fontsize=9)
    ax.set_xticks([5, 15, 25, 35], [f"{numbers[i, 0]:.0f}" for i in tree["leaves"]])
    ax.set(title=name, ylim=(0, 8))
axes[0].axhline(2.6, color="black", linestyle=":", linewidth=1)
axes[0].text(37, 2.7, "cut", fontsize=9)
axes[0].set_ylabel("height of the merge")
alt = (
    "Three trees over the numbers 0, 1, 3 and 7. All join 0 with 1, then 3, then 7; the last bridge is lowest for "
    "single linkage and highest for complete linkage."
)
caption = "Compare the last bridge; a cut (dotted) turns a tree into groups."
figure(fig, alt=alt, caption=caption)


# %% pca
def pca(X):
    centred = X - X.mean(axis=0)  # (n, d)
    _, S, Vt = np.linalg.svd(centred, full_matrices=False)
    flip = np.where(Vt[:, :1] < 0, -1, 1)  # first entry positive
    return S, flip * Vt, centred


S, directions, _ = pca(corners)
print("squared:", (S**2).round(3), "shares:", (S**2 / np.sum(S**2)).round(3))

# %% blobs-pca example="21.2"
from sklearn.decomposition import PCA

S, directions, centred = pca(X)
print("singular values:", S.round(3))
print("first direction:", directions[0].round(3))
print("ratios:", (S**2 / np.sum(S**2)).round(3))

values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))  # ascending
print("eigenvalues:", values[::-1].round(3), np.allclose(values[::-1], S**2 / 39))
print("same direction:", np.isclose(abs(vectors[:, -1] @ directions[0]), 1))
theirs = PCA(2).fit(X)
print("scikit-learn:", np.allclose(theirs.singular_values_, S))
print("its direction:", np.isclose(abs(theirs.components_[0] @ directions[0]), 1))

# %% pca-figure fold
slanted = np.random.default_rng(3).normal(size=(40, 2)) @ np.array([[1.6, 1.0], [-0.3, 0.5]])
strength, axes_of_cloud, rest = pca(slanted)
shadow = np.outer(rest @ axes_of_cloud[0], axes_of_cloud[0])  # (40, 2)
fig, ax = plt.subplots(figsize=(6, 3.4))
ax.plot(*np.stack([rest, shadow], axis=1).T, color="black", alpha=0.2, linewidth=0.8)
ax.scatter(*rest.T, s=14, color="C0")
ax.scatter(*shadow.T, s=8, color="C1")
for j in range(2):
    tip = axes_of_cloud[j] * strength[j] / np.sqrt(39)
    ax.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "->", "color": "black", "linewidth": 2})
names = {"direction 1": (1.9, 0.65), "direction 2": (0.15, -1.45), "rows": (-4.6, 1.5), "projections": (-4.6, 1.0)}
for (name, place), colour in zip(names.items(), ["black", "black", "C0", "C1"]):
    ax.text(*place, name, color=colour)
ax.set_aspect("equal")
alt = (
    "A slanted cloud of forty dots with a long arrow along it and a short one across it. Thin lines drop every dot "
    "perpendicularly onto the line of the long arrow."
)
caption = "Another cloud, so that both show. Arrows are σ/√(n − 1) long; thin lines meet direction 1 at right angles."
figure(fig, alt=alt, caption=caption)

# %% scores example="21.3"
scores = centred @ directions[0]  # (40,)
print(scores[:5].round(3))

# %% uncentred example="21.14"
moved = X + np.array([10, -5])  # (40, 2)
first = np.linalg.svd(moved, full_matrices=False)[2][0]
print((first * np.sign(first[0])).round(3))
print("centred, as before:", np.allclose(pca(moved)[1][0], directions[0]))

# %% neighbour-chances fold
from scipy.special import softmax


def neighbour_chances(X, perplexity):
    squared = cdist(X, X, "sqeuclidean")  # (n, n)
    np.fill_diagonal(squared, np.inf)  # nobody is a neighbour of themselves
    low, high = np.zeros((len(X), 1)), np.full((len(X), 1), 1e3)
    for _ in range(60):  # one γ for each row, by halving
        gamma = (low + high) / 2
        P = softmax(-gamma * squared, axis=1)
        entropy = -(P * np.log(P + 1e-300)).sum(axis=1, keepdims=True)
        wide = np.exp(entropy) > perplexity
        low, high = np.where(wide, gamma, low), np.where(wide, high, gamma)
    return (P + P.T) / (2 * len(X))  # (n, n), sums to 1


rng = np.random.default_rng(0)
places, spreads = np.array([[0, 0], [8, 0], [0, 60]]), (0.2, 2, 2)
towns = np.vstack([p + s * rng.normal(size=(20, 2)) for p, s in zip(places, spreads)])  # (60, 2)
P = neighbour_chances(towns, perplexity=10)
print("sums to 1:", np.isclose(P.sum(), 1), "symmetric:", np.allclose(P, P.T))


# %% tsne fold tol=0.02
def map_chances(Y):
    W = 1 / (1 + cdist(Y, Y, "sqeuclidean"))  # (n, n)
    np.fill_diagonal(W, 0)
    return W / W.sum(), W


def gradient(P, Y):
    Q, W = map_chances(Y)
    pull = (P - Q) * W
    return 4 * (pull.sum(axis=1)[:, None] * Y - pull @ Y)  # (n, 2)


def tsne(P, Y, steps=400, rate=5):
    move = np.zeros_like(Y)
    for t in range(steps):  # the first 100 steps exaggerate P
        move = 0.8 * move - rate * gradient(P * (4 if t < 100 else 1), Y)
        Y = Y + move
    return Y


maps = [tsne(P, np.random.default_rng(s).normal(0, 0.01, (60, 2))) for s in (0, 1)]
print("maps:", len(maps), "of shape", maps[0].shape)

# %% tsne-figure fold tol=0.02
fig, axes = plt.subplots(1, 3, figsize=(6, 2.7))
titles = ["the data", "t-SNE, seed 0", "t-SNE, seed 1"]
boxes = [((-40, 48), (-20, 68)), ((-16, 16), (-16, 16)), ((-16, 16), (-16, 16))]
for ax, title, Y, (xlim, ylim) in zip(axes, titles, [towns, *maps], boxes):
    for j in range(3):
        ax.scatter(*Y[20 * j : 20 * j + 20].T, s=7, color=f"C{j}", marker="os^"[j])
        x, y = Y[20 * j : 20 * j + 20].mean(axis=0)
        ax.text(x, y - 0.19 * (ylim[1] - ylim[0]), "ABC"[j], color=f"C{j}", ha="center")
    ax.set_title(title, fontsize=10)
    ax.set(xlim=xlim, ylim=ylim, aspect="equal")
alt = (
    "Left, the data: a tiny group A beside a wide group B, and a wide group C far above. Middle and right, two maps: "
    "three islands of about one size at similar gaps, each time arranged differently."
)
caption = "Compare the sizes of A and B, and the gaps from A, in data and maps."
figure(fig, alt=alt, caption=caption)

# %% islands tol=0.02
from scipy.special import rel_entr
from sklearn.manifold import TSNE

model = TSNE(perplexity=10, method="exact", init="random", random_state=0)
theirs = model.fit_transform(towns)  # (60, 2)
for name, Y in {"data": towns, "ours": maps[0], "scikit-learn": theirs}.items():
    A, B, C = Y.reshape(3, 20, 2)
    to_B, to_C = np.linalg.norm(A.mean(0) - [B.mean(0), C.mean(0)], axis=1)
    wider = B.std(axis=0).mean() > 3 * A.std(axis=0).mean()
    print(f"{name}: C far beyond B {to_C > 3 * to_B}, B far wider than A {wider}")
five = TSNE(perplexity=5, method="exact", init="random", random_state=0).fit_transform(towns)
widths = [Y[:20].std(axis=0).mean() for Y in (five, theirs)]
print("perplexity 5, A wider by half or more:", widths[0] > 1.5 * widths[1])
loss = rel_entr(P, map_chances(theirs)[0]).sum()
print("its loss by the formula below:", np.isclose(loss, model.kl_divergence_, rtol=0.01))

# %% scaled-kmeans example="21.11"
rng = np.random.default_rng(0)
columns = [rng.normal(mean, spread, 20) for mean in (0, 1) for spread in (0.1, 100)]
table = np.vstack([np.column_stack(columns[:2]), np.column_stack(columns[2:])])  # (40, 2)
group = np.repeat([0, 1], 20)
rows = np.random.default_rng(0).choice(40, 2, replace=False)
for Z in (table, (table - table.mean(axis=0)) / table.std(axis=0)):
    print(agreement(kmeans(Z, Z[rows], steps=20)[1], group))

# %% scaled-pca example="21.10"
rng = np.random.default_rng(0)
a = rng.standard_normal(200)
columns = [a + 0.3 * rng.standard_normal(200) for _ in range(2)]
table = np.column_stack([*columns, 1000 * rng.standard_normal(200)])  # (200, 3)
for Z in (table, (table - table.mean(axis=0)) / table.std(axis=0)):
    S = pca(Z)[0]
    print((S**2 / np.sum(S**2)).round(3))

# %% isolation
from sklearn.ensemble import IsolationForest

frauds = np.array([[9.0, -4.0], [9.1, -4.0], [9.0, -3.9]])  # (3, 2) three alike
rows = np.vstack([X, frauds])  # (43, 2)
print("DBSCAN's labels:", dbscan(rows, 0.7, 3)[40:])
order = IsolationForest(random_state=0).fit(rows).score_samples(rows).argsort()
print("easiest to isolate:", np.sort(order[:3]))

# %% mixture
from sklearn.mixture import GaussianMixture

rng = np.random.default_rng(0)
x = np.concatenate([rng.normal(0, 1, 200), rng.normal(3, 1, 200)])[:, None]  # (400, 1)
mean, spread, share = np.array([-1.0, 4.0]), np.ones(2), np.ones(2) / 2
for _ in range(300):
    joint = share * np.exp(-(((x - mean) / spread) ** 2) / 2) / spread  # (400, 2)
    soft = joint / joint.sum(axis=1, keepdims=True)  # E: soft assignment
    share = soft.mean(axis=0)  # M: shares, means, spreads
    mean = (soft * x).sum(axis=0) / soft.sum(axis=0)
    spread = np.sqrt((soft * (x - mean) ** 2).sum(axis=0) / soft.sum(axis=0))
theirs = GaussianMixture(2, tol=1e-10, max_iter=1000, random_state=0).fit(x)
print("means agree:", np.allclose(np.sort(theirs.means_[:, 0]), mean, atol=0.01))
bic = [GaussianMixture(k, random_state=0).fit(x).bic(x) for k in (1, 2, 3, 4)]
print("smallest BIC at k =", np.argmin(bic) + 1)

# %% spectral
W = np.exp(-cdist(rings, rings, "sqeuclidean") / (2 * 0.3**2))  # (200, 200)
laplacian = np.diag(W.sum(axis=1)) - W
values, vectors = np.linalg.eigh(laplacian)
print(agreement((vectors[:, 1] > 0).astype(int), ring))

# %% whitening
from sklearn.decomposition import KernelPCA

S, directions, centred = pca(X)
white = centred @ directions.T / S * np.sqrt(39)  # (40, 2)
print(np.abs(np.cov(white, rowvar=False)).round(3))
curved = KernelPCA(1, kernel="rbf", gamma=0.5).fit_transform(rings)[:, 0]
flat = pca(rings)[2] @ pca(rings)[1][0]
for name, score in {"PCA": flat, "kernel PCA": curved}.items():
    print(name, max(agreement((score > t).astype(int), ring) for t in score))
chance = PCA(1).fit(X).score_samples(np.array([[1.5, 1.5], [3.0, 0.0]]))
print("a row off the line is less likely:", chance[1] < chance[0])

# %% tsne-gradient
Y = np.random.default_rng(0).normal(size=(60, 2))
nudge = np.zeros_like(Y)
nudge[7, 1] = 1e-5
ends = [rel_entr(P, map_chances(Z)[0]).sum() for Z in (Y + nudge, Y - nudge)]
slope = (ends[0] - ends[1]) / 2e-5
print("gradient agrees:", np.isclose(slope, gradient(P, Y)[7, 1], rtol=1e-4))


# %% gap
def grouped(Z, k, rng):
    runs = [kmeans(Z, spread_starts(Z, k, rng), steps=20) for _ in range(5)]
    return min(runs, key=lambda run: run[2][-1])


rng = np.random.default_rng(0)
print("k, gap, stability")
for k in (1, 2, 3, 4):
    empty = [rng.uniform(X.min(axis=0), X.max(axis=0), X.shape) for _ in range(10)]
    logs = [np.log(grouped(Z, k, rng)[2][-1]) for Z in empty]
    samples = [X[rng.choice(40, 30, replace=False)] for _ in range(8)]
    labels = [cdist(X, grouped(Z, k, rng)[0]).argmin(axis=1) for Z in samples]
    same = [adjusted_rand_score(p, q) for p, q in combinations(labels, 2)]
    print(k, round(np.mean(logs) - np.log(inertia[k - 1]), 2), round(np.mean(same), 2))

# %% topics
from sklearn.decomposition import NMF

words = np.array(["cat", "milk", "paw", "bank", "loan", "rate"])
pets, money = [[2, 1, 1, 0, 0, 0], [1, 2, 1, 0, 0, 0]], [[0, 0, 0, 2, 1, 2], [0, 0, 0, 1, 2, 1]]
counts = np.array([*pets, *money, [1, 1, 0, 1, 1, 0]])  # (5, 6)
model = NMF(2, init="nndsvda", random_state=0, max_iter=1000)
shares = model.fit_transform(counts)  # (5, 2)
for topic in model.components_:
    print(np.sort(words[np.argsort(-topic)[:3]]))
print("note 5 mixes both:", bool((shares[4] > 0.1).all()))

# %% digits-lost
e = 1e-9
thin = np.array([[1, 1 + e], [-1, -1 + e], [0, -2 * e]])  # (3, 2) columns with mean 0
wanted = np.sqrt(3) * e
by_svd = np.linalg.svd(thin, compute_uv=False)[1]
by_eigen = np.sqrt(max(np.linalg.eigvalsh(thin.T @ thin)[0], 0))
for name, value in {"SVD": by_svd, "eigen": by_eigen}.items():
    print(name, "finds it:", np.isclose(value, wanted, rtol=0.01, atol=0))

# %% densities
from sklearn.cluster import HDBSCAN

print(HDBSCAN(min_cluster_size=3, min_samples=2, copy=True).fit_predict(mixed))

# %% rebuild example="21.13"
S, directions, centred = pca(X)
scores = centred @ directions[0]  # (40,)
rebuilt = np.outer(scores, directions[0])  # (40, 2)
error = np.sum((centred - rebuilt) ** 2)
print(round(error, 3), round(S[1] ** 2, 3))

# %% four-numbers
four = np.array([[0.0], [2.0], [5.0], [6.0]])  # (4, 1)
for name, between in {"single": np.min, "complete": np.max}.items():
    print(name, *agglomerate(cdist(four, four), between))

# %% choose-eps
third = np.sort(cdist(rings, rings), axis=1)[:, 3]  # (200,) column 0 is the point itself
print("nine in ten below:", np.quantile(third, 0.9).round(2), "largest:", third.max().round(2))
for eps in (0.2, 0.4, 0.7, 2.0):
    labels = dbscan(rings, eps, 4)
    print(eps, "groups:", labels.max() + 1, "noise:", np.sum(labels == -1))

# %% two-lines
rng = np.random.default_rng(0)
u = rng.normal(size=300)
v = u + rng.normal(size=300)  # the true slope of v on u is 1
cloud = np.column_stack([u, v])  # (300, 2)
direction = pca(cloud)[1][0]
print("regression of v on u:", np.polyfit(u, v, 1)[0].round(2))
print("regression of u on v, turned:", (1 / np.polyfit(v, u, 1)[0]).round(2))
print("first component:", (direction[1] / direction[0]).round(2))

# %% how-many
rng = np.random.default_rng(0)
hidden = rng.normal(size=(100, 3)) @ rng.normal(size=(3, 9))
wide = np.column_stack([hidden + 0.1 * rng.normal(size=(100, 9)), np.ones(100)])  # (100, 10)
S, directions, centred = pca(wide)
ratio = np.cumsum(S**2) / np.sum(S**2)
print("components for 95 %:", np.argmax(ratio >= 0.95) + 1)
print("all components rebuild:", np.allclose(centred @ directions.T @ directions, centred))
print("constant column, smallest σ is 0:", np.isclose(S[-1], 0))
print("five rows, ten columns:", pca(wide[:5])[1].shape)

# %% digits
from sklearn.datasets import load_digits

pixels, digit = load_digits(return_X_y=True)  # (1797, 64), (1797,)
pixels, digit = pixels[:600], digit[:600]
for name, Z in {"64 pixels": pixels, "15 components": PCA(15).fit_transform(pixels)}.items():
    labels = KMeans(10, n_init=2, random_state=0).fit_predict(Z)
    print(name, "Rand, adjusted, above 0.5:", adjusted_rand_score(digit, labels) > 0.5)
print("kept:", PCA(15).fit(pixels).explained_variance_ratio_.sum().round(2))
