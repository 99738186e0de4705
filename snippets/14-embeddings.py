"""Chapter 14: vectors that are learned."""

# %% one-hot example="14.3"
import numpy as np


def cosine(x, y):
    return x @ y / (np.linalg.norm(x) * np.linalg.norm(y))


words = ["king", "queen", "man", "woman", "apple"]
onehot = np.eye(5)  # (5, 5) row i is the code of word i
king, queen, apple = onehot[0], onehot[1], onehot[4]
for other in (queen, apple):
    print(np.linalg.norm(king - other).round(3), cosine(king, other))
pairs = [(i, j) for i in range(5) for j in range(i)]
gaps = {np.linalg.norm(onehot[i] - onehot[j]).round(3).item() for i, j in pairs}
print("distances that occur:", gaps)

# %% storage fold example="14.10"
n_words, dim = 50_000, 768
entries = n_words * dim
print(entries, "numbers,", entries * 4 / 1e6, "megabytes")
print(n_words**2, "numbers if every word had a one-hot row")

# %% cube fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig = plt.figure(figsize=(6, 3))
ax = fig.add_subplot(1, 2, 1, projection="3d")
corners = np.eye(3)
closed = np.vstack([corners, corners[:1]])  # (4, 3) back to the first corner
ax.plot(*closed.T, color="black", alpha=0.6)
for i, (corner, name) in enumerate(zip(corners, ["king", "queen", "apple"])):
    ax.plot(*np.vstack([np.zeros(3), corner]).T, color="black", alpha=0.25)
    ax.plot(*corner[:, None], "o", color=f"C{i}")
    side = ("center", "left", "center")[i]
    ax.text(*(corner * 1.2), name, color=f"C{i}", ha=side, va="center")
ax.view_init(elev=30, azim=45)
ax.set_axis_off()
ax.set_title("one-hot", fontsize=10)

# %% cube-dense fold
ax = fig.add_subplot(1, 2, 2)
dense = [("king", 1.0, 2.0, "C0"), ("queen", 1.4, 2.3, "C1"), ("apple", 3.0, 0.6, "C2")]
for name, x, y, colour in dense:
    ax.plot(x, y, "o", color=colour)
    ax.text(x + 0.12, y + 0.05, name, color=colour)
ax.set(xlim=(0, 4), ylim=(0, 3), xticks=[], yticks=[])
ax.set_title("dense", fontsize=10)
ax.spines[:].set_visible(False)
figure(
    fig,
    alt="Left, three cube corners with equal gaps. Right, king and queen close, apple far.",
    caption="Compare the gaps: left, three equal ones; right, a short one and two long ones.",
)

# %% toy example="14.1"
people = [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
toy = np.array([*people, [0, 0, 0, 1.0]])  # (5, 4)
king, queen, man, woman, apple = toy  # axes: royalty, male, female, fruit
print(cosine(king, queen).round(3), cosine(king, apple).round(3))


# %% table example="14.4"
def unit_rows(E):
    return E / np.linalg.norm(E, axis=1, keepdims=True)


U = unit_rows(toy)  # (5, 4)
print((U @ U.T).round(3))  # (5, 5)

# %% analogy example="14.2"
target = king - man + woman  # (4,)
print(target)
print("queen", cosine(target, queen).round(3), "apple", cosine(target, apple).round(3))

# %% parallelogram fold
fig, ax = plt.subplots(figsize=(6, 3.2))
spots = {name: (row[2] - row[1], row[0]) for name, row in zip(words, toy)}
steps = [("man", "king", "C0"), ("woman", "queen", "C0")]
steps += [("man", "woman", "C1"), ("king", "queen", "C1")]
for tail, tip, colour in steps:
    arrow = dict(arrowstyle="->", color=colour, linewidth=2)
    ax.annotate("", spots[tip], spots[tail], arrowprops=arrow)
for name in words[:4]:
    x, y = spots[name]
    ax.text(1.08 * x, y, name, color="black", ha="left" if x > 0 else "right", va="center")
ax.text(0.9, 0.5, "+ royalty", color="C0", ha="right", va="center")
ax.text(0, 1.06, "− male + female", color="C1", ha="center")
ax.set(xlim=(-1.6, 1.6), xticks=[-1, 0, 1], xlabel="female − male")
ax.set(ylim=(-0.15, 1.25), yticks=[0, 1], ylabel="royalty")
figure(
    fig,
    alt="A rectangle with corners man, woman, queen and king. Opposite sides are equal arrows.",
    caption="Follow the arrow from man to woman; the same step, begun at king, ends at queen.",
)

# %% question-words example="14.5"
people = [[0.9, 0.8, 0.1, 0], [0.8, 0.3, 0.6, 0.4], [0.2, 0.7, 0.1, 0], [0.2, 0.5, 0.3, 0.1]]
rough = np.array([*people, [0, 0, 0.1, 0.9]])  # (5, 4)
king, queen, man, woman, apple = rough
target = king - man + woman
for name, row in zip(words, rough):
    print(name, cosine(target, row).round(3))

# %% rotated
rng = np.random.default_rng(0)
turn, _ = np.linalg.qr(rng.normal(size=(4, 4)))  # (4, 4) a random turn with a mirror
turn[:, 0] *= -1  # mirrored back: a rotation
turned = toy @ turn
print("king, before and after:", toy[0], turned[0].round(2))
U, V = unit_rows(toy), unit_rows(turned)
print("all cosines equal:", np.allclose(U @ U.T, V @ V.T))

# %% count
sentences = ["the cat drinks milk", "the dog drinks water", "the cat chases the dog"]
sentences += ["a kitten drinks milk", "a puppy drinks water", "a kitten chases a puppy"]


def cooccurrence(sentences, window):
    vocab = sorted({word for sentence in sentences for word in sentence.split()})
    C = np.zeros((len(vocab), len(vocab)))
    for sentence in sentences:
        ids = [vocab.index(word) for word in sentence.split()]
        for i, a in enumerate(ids):
            for j, b in enumerate(ids):
                C[a, b] += i != j and abs(i - j) <= window
    return vocab, C


vocab, C = cooccurrence(sentences, window=2)  # C: (10, 10)
print(C.sum(), "ordered pairs")
for name in ("cat", "kitten", "milk"):
    print(name.ljust(6), C[vocab.index(name)].astype(int))


# %% ppmi
def ppmi(C):
    P = C / C.sum()  # probability of each pair
    expected = np.outer(P.sum(axis=1), P.sum(axis=0))  # if words met by chance
    ratio = np.divide(P, expected, out=np.zeros_like(P), where=expected > 0)
    return np.maximum(0, np.log(np.maximum(ratio, 1e-12)))


M = ppmi(C)  # (10, 10)
named = ["cat", "drinks", "kitten", "milk", "the"]
cat, drinks, kitten, milk, the = (vocab.index(w) for w in named)
print("cat–the", M[cat, the].round(3), "cat–drinks", M[cat, drinks].round(3))

# %% svd example="14.6"
left, sigma, _ = np.linalg.svd(M)
X = left[:, :2] * np.sqrt(sigma[:2])  # (10, 2)
for name, rows in [("raw counts", C), ("two numbers", X)]:
    alike, apart = cosine(rows[cat], rows[kitten]), cosine(rows[cat], rows[milk])
    print(name, "cat–kitten", alike.round(3), "cat–milk", apart.round(3))

# %% heat fold
names = ["cat", "kitten", "dog", "puppy", "milk", "water", "a", "the", "chases", "drinks"]
order = [vocab.index(name) for name in names]
fig, axes = plt.subplots(1, 2, figsize=(6, 3.4), sharey=True)
for ax, rows, title in zip(axes, (C, X), ("raw counts", "two numbers each")):
    unit = unit_rows(rows[order])
    for (i, j), value in np.ndenumerate(unit @ unit.T):
        box = plt.Rectangle((j, 9 - i), 0.92, 0.92, color="C0" if value > 0 else "C1")
        box.set_alpha(min(1, 0.85 * abs(value)))
        ax.add_patch(box)
    ax.set(xlim=(-0.1, 10), ylim=(-0.1, 10), aspect="equal", title=title)
    ax.set_xticks(np.arange(10) + 0.45, names, rotation=90)
    ax.set_yticks(9.45 - np.arange(10), names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
figure(
    fig,
    alt="Two tables of cosines. Raw counts: a mottled mix. Two numbers each: clear blocks.",
    caption="Blue is alike, orange opposed. Right, animals and the verb drinks form a block.",
)

# %% lookup example="14.7"
E = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])  # (3, 2)
code = np.array([0, 0, 1])  # one-hot code of id 2
print(E[2], code @ E)

import torch
from torch import nn

table = nn.Embedding.from_pretrained(torch.tensor(E), freeze=False)
picked = table(torch.tensor([2, 0, 2]))  # (3, 2)
print(picked.tolist())
picked.sum().backward()
print(table.weight.grad.tolist())

# %% text
royal = ["king his old", "queen her old", "prince his young", "princess her young"]
plain = ["man his old", "woman her old", "boy his young", "girl her young"]
things = [("crown", "throne", "palace"), ("coat", "bicycle", "garden")]
text = []
for i, person in enumerate(royal + plain):
    word, owner, age = person.split()
    for verb in ("loves", "leaves", "shows"):
        text += [f"{word} {verb} {owner} {thing}" for thing in things[i // 4]]
    text += [f"the {word} was {age}"] * 3
for meal in ("cat milk fish", "kitten milk fish", "dog water bones", "puppy water bones"):
    animal, *foods = meal.split()
    for verb in ("wants", "smells", "finds"):
        text += [f"the {animal} {verb} {food}" for food in foods]
for thing in ("soup", "tea", "rain", "bath"):
    text += [f"the {thing} was hot", f"the {thing} was cold"] * 2
text += ["nurse starts her work", "nurse leaves her work"] * 3
text += ["pilot starts his work", "pilot leaves his work"] * 3
print(len(text), "sentences, such as:", text[0], "/", text[11], "/", text[-20])

# %% skip-gram
vocab, C = cooccurrence(text, window=3)
vocab.append("<unknown>")  # a reserved row, for words that the text lacks
pairs = torch.tensor(np.argwhere(C > 0))  # (n_kinds, 2) word id, neighbour id
often = torch.tensor(C[C > 0])  # how often each kind of pair occurs
loss_fn = nn.CrossEntropyLoss()


def train(seed, dim=10):
    torch.manual_seed(seed)
    table, score = nn.Embedding(len(vocab), dim), nn.Linear(dim, len(vocab), bias=False)
    model = nn.Sequential(table, score).double()
    start = table.weight.detach().numpy().copy()
    opt = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(600):
        word, neighbour = pairs[torch.multinomial(often, 512, replacement=True)].T
        opt.zero_grad()
        loss_fn(model(word), neighbour).backward()
        opt.step()
    return model, start


model, start = train(seed=0)
E = model[0].weight.detach().numpy()  # (n_words, 10)
print("table:", E.shape)

# %% trained fold
share = C / C.sum(axis=1, keepdims=True)  # how often b stands beside a
floor = -np.sum(C[C > 0] * np.log(share[C > 0])) / C.sum()
with torch.no_grad():
    each = nn.functional.cross_entropy(model(pairs[:, 0]), pairs[:, 1], reduction="none")
print("guessing:", np.log(len(vocab)).round(2), "lowest possible:", floor.round(2))
reached = ((each * often).sum() / often.sum()).item()
print("trained, within 0.1 of the lowest:", reached < floor + 0.1)


# %% neighbours
def nearest(E, q, k=1, exclude=()):
    scores = unit_rows(E) @ q / np.linalg.norm(q)  # (n_words,)
    return [vocab[i] for i in np.argsort(-scores) if vocab[i] not in exclude][:k]


for word in ("king", "queen", "woman", "cat", "puppy", "milk"):
    row = vocab.index(word)
    before, after = (nearest(T, T[row], exclude=[word])[0] for T in (start, E))
    print(f"{word}: {before} at random, {after} when trained")

# %% map fold
lines = "king queen prince princess, man woman boy girl, cat kitten, dog puppy, milk fish, "
lines += "water bones, crown throne palace, soup tea rain bath, hot cold"
groups = [group.split() for group in lines.split(", ")]
chosen = [vocab.index(word) for group in groups for word in group]
rows = unit_rows(E)[chosen] - unit_rows(E)[chosen].mean(axis=0)  # (25, 10)
_, _, axes = np.linalg.svd(rows, full_matrices=False)
largest = np.abs(axes).argmax(axis=1)
axes *= np.sign(axes[np.arange(len(axes)), largest])[:, None]  # fixed signs
spots = dict(zip(chosen, rows @ axes[:2].T))

# %% map-labels fold tol=0.02
fig, ax = plt.subplots(figsize=(6, 4))
for i, group in zip([0, 1, 2, 2, 3, 3, 4, 5, 5], groups):
    here = np.array([spots[vocab.index(word)] for word in group])  # (n, 2)
    ax.plot(*here.T, "o", color=f"C{i}", alpha=0.8)
    x, y, side = here[:, 0].max() + 0.07, here[:, 1].mean(), "left"
    if len(group) > 2:
        x, y, side = here[:, 0].mean(), here[:, 1].max() + 0.08, "center"
    ax.text(x, y, ", ".join(group), color=f"C{i}", ha=side, fontsize=9)
ax.set(xticks=[], yticks=[])
ax.margins(0.25)
figure(
    fig,
    alt="Dots in groups: royalty, other people, animals, foods, belongings, hot and cold.",
    caption="Look at the words beside each other: no sentence says that they belong together.",
)


# %% trained-analogy
def vector(word):
    return E[vocab.index(word)]


for question in ("man king woman", "boy prince girl", "king prince queen"):
    a, b, c = question.split()
    target = vector(b) - vector(a) + vector(c)
    print(f"{a} is to {b} as {c} is to", *nearest(E, target, exclude=[a, b, c]))

# %% glove
_, C6 = cooccurrence(sentences, window=2)  # the ten words again
print("cat–the", C6[cat, the], "of", C6[cat].sum())
print("skip-gram aims at the share", C6[cat, the] / C6[cat].sum())
print("GloVe aims at the logarithm", np.log(C6[cat, the]).round(3))

# %% infonce example="14.9"
s = np.array([0.9, 0.1, 0.0])  # (3,) similarities; the first is the match
for tau in (1, 0.1):
    p = np.exp(s / tau) / np.exp(s / tau).sum()  # softmax
    by_torch = loss_fn(torch.tensor(s / tau), torch.tensor(0)).item()
    print("τ", tau, "loss", -np.log(p[0]).round(4), np.isclose(by_torch, -np.log(p[0])))


# %% sentence
def embed(sentence):
    return np.mean([vector(word) for word in sentence.split()], axis=0)  # (10,)


asked = embed("the cat wants milk")
near, far = embed("the kitten smells fish"), embed("the rain was hot")
print("kitten nearer than rain:", cosine(asked, near) > cosine(asked, far))
print("word order lost:", np.allclose(embed("cat finds dog"), embed("dog finds cat")))

# %% bank
river, bank, loan = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]])  # axes: water, money
print("static:", bank, "in both sentences")
print("beside river:", (bank + river) / 2, "beside loan:", (bank + loan) / 2)

# %% rank example="14.8"
query = np.array([1.0, 0.0])  # (2,)
shelf = np.array([[0.9, 0.1], [3.0, 3.0]])  # (2, 2)
print("dot", shelf @ query)
print("cosine", (unit_rows(shelf) @ query).round(3))

# %% slope fold
many = np.abs(np.random.default_rng(2).normal(size=(10, 2)))
many *= np.linspace(0.5, 3, 10)[:, None]  # (10, 2) ever longer
by_dot = np.argsort(np.argsort(-many @ query))  # (10,) places, 0 is best
by_cosine = np.argsort(np.argsort(-unit_rows(many) @ query))
fig, ax = plt.subplots(figsize=(6, 3.6))
for i in range(10):
    ends = by_dot[i] + 1, by_cosine[i] + 1
    colour = "C1" if ends[0] == 1 else "C0" if ends[1] == 1 else "C5"
    ax.plot([0, 1], ends, "o-", color=colour, alpha=1 if 1 in ends else 0.5)
    ax.text(-0.04, ends[0], "abcdefghij"[i], ha="right", va="center", color=colour)
    ax.text(1.04, ends[1], "abcdefghij"[i], ha="left", va="center", color=colour)
ax.set(xlim=(-0.3, 1.3), ylim=(10.6, 0.4), yticks=[1, 10], ylabel="place")
ax.set_xticks([0, 1], ["by dot product", "by cosine"])
figure(
    fig,
    alt="Ten candidates ranked by dot product and by cosine; many of the joining lines cross.",
    caption="Follow the coloured lines: one starts at the first place, the other ends there.",
)

# %% one-side
long_query = np.array([5.0, 1.0])  # (2,)
unit_query = long_query / np.linalg.norm(long_query)
sides = {"neither": (long_query, shelf), "query": (unit_query, shelf)}
sides["both"] = unit_query, unit_rows(shelf)
for name, (q, rows) in sides.items():
    print("normalised:", name, "| winner: row", (rows @ q).argmax())

# %% two-models
other = train(seed=1)[0][0].weight.detach().numpy()  # (n_words, 10) the same text
U, V = unit_rows(E)[:-1], unit_rows(other)[:-1]  # without <unknown>
within = np.corrcoef((U @ U.T).ravel(), (V @ V.T).ravel())[0, 1]
left, _, right = np.linalg.svd(V.T @ U)  # left @ right turns V towards U
across, rotated = ((U * W).sum(axis=1).mean() for W in (V, V @ left @ right))
print("likeness inside each model agrees:", within > 0.6)
print("a word is like itself across models:", across > 0.6)
print("the same after a rotation:", rotated > 0.6)

# %% similar
print("nearest to hot:", *nearest(E, vector("hot"), exclude=["hot"]))
for job in ("nurse", "pilot"):
    to_woman, to_man = (cosine(vector(job), vector(word)) for word in ("woman", "man"))
    print(job, "nearer to woman than to man:", to_woman > to_man)
print("row of <unknown> moved:", not np.array_equal(E[-1], start[-1]))

# %% shifted-pmi
n, k = torch.tensor(C6), 2  # counts of the ten words; negatives for each pair
chance = n.sum(1, keepdim=True) * n.sum(0) / n.sum()  # (10, 10)
torch.manual_seed(0)
tables = (torch.randn(2, 10, 10).double() * 0.3).requires_grad_()
opt = torch.optim.Adam([tables], lr=0.05)
log_sigmoid = nn.functional.logsigmoid
for _ in range(1500):
    x = tables[0] @ tables[1].T  # (10, 10) dot products of two tables
    loss = -(n * log_sigmoid(x) + k * chance * log_sigmoid(-x)).sum() / n.sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
seen = n > 0
shifted = torch.log(n / chance) - np.log(k)
print("dot products match PMI − ln k to 0.1:", (x - shifted)[seen].abs().max().item() < 0.1)

# %% in-batch
# row i belongs to column i
batch = torch.tensor([[0.9, 0.1, 0.0], [0.7, 0.8, 0.1], [0.0, 0.2, 0.6]])
for tau in (1.0, 0.1):
    s = batch.clone().requires_grad_()
    nn.functional.cross_entropy(s / tau, torch.arange(3)).backward()
    push = s.grad[1, [0, 2]]  # on the two wrong columns of row 1
    share = (push[0] / push.sum()).item()
    print("τ", tau, "push on the harder negative, share:", round(share, 3))

# %% weat
women, men = ["woman", "girl", "queen", "princess"], ["man", "boy", "king", "prince"]
for job in ("nurse", "pilot"):
    gaps = [np.mean([cosine(vector(job), vector(w)) for w in group]) for group in (women, men)]
    print(job, "leans to the women's words:", gaps[0] > gaps[1])

# %% hubs
for d in (3, 100):
    points = np.random.default_rng(0).normal(size=(500, d))  # (500, d)
    gaps = np.linalg.norm(points[:, None] - points, axis=2)  # (500, 500)
    top = np.argsort(gaps, axis=1)[:, 1:11]  # (500, 10) column 0 is the point itself
    most = np.bincount(top.ravel()).max()
    print(d, "dimensions: the most popular point is in", most, "lists of ten")
shifted = unit_rows(points + 2)  # all pushed one way
centred = unit_rows(shifted - shifted.mean(axis=0))
for name, U in [("pushed", shifted), ("centred", centred)]:
    print("mean cosine,", name, abs((U @ U.T).mean()).round(2))

# %% shorter
rng = np.random.default_rng(0)
wide = rng.normal(size=(400, 16)) @ rng.normal(size=(16, 64))  # (400, 64)
wide = unit_rows(wide + 0.1 * rng.normal(size=wide.shape))
_, _, axes = np.linalg.svd(wide - wide.mean(axis=0))
step = np.abs(wide).max() / 127
versions = {"first 16": wide[:, :16], "PCA to 16": wide @ axes[:16].T}
versions["int8"] = np.round(wide / step)


def first(E):
    U = unit_rows(E)
    return (U @ U.T - 9 * np.eye(len(E))).argmax(axis=1)  # (n,) nearest neighbours


for name, short in versions.items():
    print(name, "keeps the nearest neighbour of", f"{np.mean(first(short) == first(wide)):.0%}")

# %% matryoshka
A, B = model[0].weight, model[1].weight  # (n_words, 10) each
word, neighbour = pairs.T


def loss_of(A, B, size):
    logits = A[word, :size] @ B[:, :size].T
    each = nn.functional.cross_entropy(logits, neighbour, reduction="none")
    return (each * often).sum() / often.sum()


nested = [t.detach().clone().requires_grad_() for t in (A, B)]
opt = torch.optim.Adam(nested, lr=0.05)
for _ in range(300):
    opt.zero_grad()
    sum(loss_of(*nested, size) for size in (3, 10)).backward()
    opt.step()
at_3, at_10 = ((loss_of(A, B, k) - loss_of(*nested, k)).item() for k in (3, 10))
print("cut to 3: nested training is better:", at_3 > 0.3)
print("at 10: costs less than 0.1:", at_10 > -0.1)


# %% blanks
def analogy(E, a, b, c):
    target = vector(b) - vector(a) + vector(c)
    return nearest(E, target, exclude=[a, b, c])[0]


print(analogy(E, "man", "boy", "woman"))
print(analogy(E, "cat", "kitten", "dog"))

# %% exercise-size
rows, columns = 30_000, 300
print("float32:", rows * columns * 4 / 1e6, "int8:", rows * columns / 1e6)


# %% skipgram-step
def skipgram_step(E_in, E_out, pair, negatives, lr):
    word, others = pair[0], [pair[1], *negatives]
    x = E_out[others] @ E_in[word]  # (1 + k,) dot products
    y = np.eye(len(others))[0]  # 1 for the true neighbour, which is first; then zeros
    slope = 1 / (1 + np.exp(-x)) - y  # p − y
    row = E_in[word].copy()
    E_in[word] -= lr * slope @ E_out[others]
    np.add.at(E_out, others, -lr * slope[:, None] * row)


E_in, E_out = np.random.default_rng(0).normal(size=(2, 5, 3))
tables = [torch.tensor(t, requires_grad=True) for t in (E_in, E_out)]
x, y = tables[1][[1, 3, 3]] @ tables[0][0], torch.tensor([1.0, 0, 0]).double()
nn.BCEWithLogitsLoss(reduction="sum")(x, y).backward()
expected = [t.detach().numpy() - 0.1 * t.grad.numpy() for t in tables]
skipgram_step(E_in, E_out, (0, 1), [3, 3], lr=0.1)
print("agrees with autograd:", np.allclose(E_in, expected[0]), np.allclose(E_out, expected[1]))

# %% recommender
# ratings minus 3; 0: no rating yet
stars = torch.tensor([[2.0, 1, -2, 0], [1, 2, 0, -2], [-2, -2, 2, 1], [0, -2, 1, 2]])
user, item = torch.argwhere(stars != 0).T  # (12,) each
torch.manual_seed(0)
users, items = nn.Embedding(4, 2), nn.Embedding(4, 2)
opt = torch.optim.Adam([*users.parameters(), *items.parameters()], lr=0.05)
for _ in range(300):
    loss = nn.functional.mse_loss((users(user) * items(item)).sum(dim=1), stars[user, item])
    opt.zero_grad()
    loss.backward()
    opt.step()
taste, kind = users.weight.detach().numpy(), items.weight.detach().numpy()
print("error below 0.3:", loss.item() < 0.3)
to_1, to_2 = cosine(taste[0], taste[1]), cosine(taste[0], taste[2])
print("user 0 is nearer to 1 than to 2:", to_1 > to_2)
print("the rating that user 0 has yet to give is negative:", taste[0] @ kind[3] < 0)


# %% less-text
def kept_pairs(some, k=10):
    vocab, C = cooccurrence(some, window=3)
    left, sigma, _ = np.linalg.svd(ppmi(C))
    X = unit_rows(left[:, :k] * np.sqrt(sigma[:k]) + 1e-9)
    couples = ("cat kitten", "dog puppy", "milk fish", "hot cold", "crown throne")
    couples = [c.split() for c in couples]
    both = [[vocab.index(w) for w in c] for c in couples if set(c) <= set(vocab)]
    return sum(np.sum(X @ X[a] > X[b] @ X[a] + 1e-9) <= 3 for a, b in both)


rng = np.random.default_rng(0)
found = [
    np.mean([kept_pairs(rng.choice(text, n, replace=False)) for _ in range(5)])  # five tries
    for n in (15, 50, 148)
]
print("more sentences, more couples found:", found[0] < found[1] < found[2])
