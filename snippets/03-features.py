"""Chapter 3: turning things into numbers."""

# %% matrix
import numpy as np

X = np.array([[25.0, 30_000.0], [40.0, 60_000.0], [55.0, 90_000.0]])
print("X has shape", X.shape)  # (n_samples, n_features)
notes = ["the cat sat", "the dog sat", "the cat and the dog"]
# split() cuts at spaces; [... for ...] makes a list, one entry a note
n_words = [len(note.split()) for note in notes]  # extracted
per_year = X[:, 1] / X[:, 0]  # (3,) engineered
wide = np.column_stack([X, n_words, per_year])  # (3, 4)
print(wide[:, [0, 2, 3]].round(1))  # selected: (3, 3)

# %% income-alone
gap = X[1] - X[0]  # (2,)
print("years and euros:", round(np.linalg.norm(gap), 3))
print("euros only:", np.linalg.norm(gap[1:]))

# %% z-scores example="03.1"
mean, sd = X.mean(axis=0), X.std(axis=0)  # (2,) each
Z = (X - mean) / (sd + 1e-12)  # (3, 2)
print(Z.round(3))

# %% needle fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, axes = plt.subplots(1, 2, figsize=(6, 3))
axes[0].plot(*X.T, "o", color="C1", clip_on=False)
axes[0].set(xlim=(-20_000, 80_000), ylim=(0, 100_000))
axes[0].set(xticks=[0, 50_000], xlabel="age (years)")
axes[0].set(yticks=[0, 50_000, 100_000], ylabel="income (euros)")
axes[1].plot(*Z.T, "o", color="C0")
axes[1].set(xlim=(-2, 2), ylim=(-2, 2))
axes[1].set(xlabel="age (z-score)", ylabel="income (z-score)")
for ax, title in zip(axes, ["raw", "standardised"]):
    ax.set_aspect("equal")
    ax.set_title(title, fontsize=11)
alt = (
    "Left, raw: three points on one vertical needle. Right, standardised: "
    "the same three points spread along a diagonal."
)
caption = "Only on the right does age spread the points: look at their width."
figure(fig, alt=alt, caption=caption)

# %% constant
from sklearn.preprocessing import StandardScaler

print("agrees:", np.allclose(StandardScaler().fit(X).transform(X), Z))
same = np.array([7.0, 7.0, 7.0])  # (3,) a constant column
print("guarded:", (same - same.mean()) / (same.std() + 1e-12))
with np.errstate(invalid="ignore"):  # silence the warning
    print("bare:", (same - same.mean()) / same.std())

# %% two-deviations
import pandas as pd

ages = pd.Series(X[:, 0])
print("divisor n:", round(ages.std(ddof=0), 3), "n - 1:", ages.std())
print("z with n - 1:", ((ages - ages.mean()) / ages.std()).tolist())

# %% min-max example="03.6"
x = np.array([2.0, 4.0, 6.0, 12.0])  # (4,) one column
print(((x - x.mean()) / x.std()).round(3))
print((x - x.min()) / (x.max() - x.min()))
row = np.array([3.0, 4.0])  # (2,) one row
print(row / np.linalg.norm(row))

# %% normalised
from sklearn.preprocessing import MinMaxScaler, Normalizer

table = np.array([[3.0, 4.0], [6.0, 8.0]])  # (2, 2)
for tool in (StandardScaler(), MinMaxScaler(), Normalizer()):
    print(tool.fit(table).transform(table).round(3).tolist())

# %% tree-or-neighbour
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

seen = np.array([[25, 30], [27, 50], [60, 41], [58, 33]])  # (4, 2)
returned = np.array([0, 0, 1, 1])  # (4,) labels
asked = np.array([[26, 41]])  # (1, 2)
nearest = KNeighborsClassifier(n_neighbors=1)
tree = DecisionTreeClassifier(random_state=0)
for factor in (1, 1000):  # thousands of euros, then euros
    unit = np.array([1, factor])  # (2,)
    for model in (nearest, tree):
        answer = model.fit(seen * unit, returned).predict(asked * unit)
        print(factor, type(model).__name__, answer)

# %% one-hot example="03.2"
colours = ["red", "blue", "red", "green"]
vocabulary = sorted(set(colours))  # a set holds each value once
slots = np.array(colours)[:, None] == np.array(vocabulary)  # (4, 3)
onehot = slots.astype(float)
print(vocabulary)
print(onehot)

# %% code-prices
from sklearn.linear_model import LinearRegression

prices = np.array([10.0, 30.0, 10.0])  # (3,) red, green, blue
for inputs in (np.array([[0], [1], [2]]), np.eye(3)):  # codes, one-hot
    line = LinearRegression().fit(inputs, prices)
    print(line.predict(inputs).round(2))

# %% triangle fold
fig, (flat, solid) = plt.subplots(1, 2, figsize=(6, 2.7))
flat.plot([0, 2], [0, 0], color="black", alpha=0.4)
angles = np.radians([210, 90, 330])
tips = np.column_stack([np.cos(angles), np.sin(angles)])  # (3, 2)
names = {"red": "C1", "green": "C2", "blue": "C0"}
for i, (name, colour) in enumerate(names.items()):
    flat.plot(i, 0, "o", color=colour)
    flat.text(i, 0.15, f"{name} = {i}", color=colour, ha="center")
    solid.plot(*zip((0, 0), tips[i]), color="black", alpha=0.3)
    solid.plot(*zip(tips[i], tips[i - 1]), "--", color="black", alpha=0.6)
    solid.plot(*tips[i], "o", color=colour)
    place = {"ha": ["right", "center", "left"][i], "va": "center"}
    solid.text(*(tips[i] * [1.1, 1.18]), name, color=colour, **place)
    middle = (tips[i] + tips[i - 1]) * [0.64, 0.72]
    solid.text(*middle, "√2", ha="center", va="center")
flat.text(1, -0.35, "red to blue: 2 steps", ha="center")

# %% triangle-labels fold
flat.set(xlim=(-0.5, 2.5), ylim=(-1, 1))
solid.set(xlim=(-1.5, 1.5), ylim=(-0.95, 1.5), aspect="equal")
flat.set_title("integer codes", fontsize=11)
solid.set_title("one-hot, in three dimensions", fontsize=11)
for ax in (flat, solid):
    ax.axis("off")
alt = (
    "Left: red, green and blue on one line, green in the middle. Right: "
    "three axes seen at a slant, one colour at the tip of each; dashed "
    "lines of one length join the tips."
)
caption = "Compare the gaps: on the right no colour lies between others."
figure(fig, alt=alt, caption=caption)

# %% unseen
from sklearn.preprocessing import OneHotEncoder

encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
column = np.array(colours)[:, None]  # (4, 1)
encoder.fit(column)
print("agrees:", np.array_equal(encoder.transform(column), onehot))
print("pink:", encoder.transform(np.array([["pink"]])))
red, blue, _, green = onehot  # (3,) each; _ is unused
lengths = [np.linalg.norm(pair) for pair in (red - blue, red - green)]
print("from red:", np.round(lengths, 3))

# %% counts example="03.3"
split = [note.split() for note in notes]
words = sorted(set(split[0] + split[1] + split[2]))
# one row a note, one entry a word
counts = [[note.count(w) for w in words] for note in split]
counts = np.array(counts, dtype=float)
print(words)
print(counts)  # (3, 5)

# %% idf example="03.5"
df = (counts > 0).sum(axis=0)  # (5,) notes that contain the word
idf = np.log((1 + len(notes)) / (1 + df)) + 1  # (5,)
print(idf.round(3))

# %% tf-idf example="03.4"
weighted = counts * idf  # (3, 5)
lengths = np.linalg.norm(weighted, axis=1, keepdims=True)  # (3, 1)
tfidf = weighted / lengths
print(tfidf.round(3))

# %% still-there
rarest, heaviest = idf.argmax(), tfidf[2].argmax()
print("rarest word:", words[rarest], tfidf[2, rarest].round(3))
print("heaviest word:", words[heaviest], tfidf[2, heaviest].round(3))

# %% new-note
from sklearn.feature_extraction.text import TfidfVectorizer

vectorizer = TfidfVectorizer().fit(notes)
print("agrees:", np.allclose(vectorizer.transform(notes).toarray(), tfidf))
fourth = "the bird and the dog"
new_counts = np.array([float(fourth.split().count(w)) for w in words])
print(new_counts)  # (5,) same slots as before
new_tfidf = vectorizer.transform([fourth]).toarray()  # (1, 5)
print(new_tfidf.round(3))

# %% heat fold
fig, axes = plt.subplots(1, 2, figsize=(6, 2.9))
pairs = {
    "counts": np.vstack([counts, new_counts]),
    "TF-IDF": np.vstack([tfidf, new_tfidf]),
}
for ax, colour, (title, grid) in zip(axes, ["C0", "C2"], pairs.items()):
    for (i, j), value in np.ndenumerate(grid):
        box = plt.Rectangle((j, 3 - i), 0.94, 0.9, color=colour)
        box.set_alpha(0.65 * value / grid[i].max())
        ax.add_patch(box)
        text = f"{value:.2g}" if value else ""
        middle = {"ha": "center", "va": "center", "fontsize": 9}
        ax.text(j + 0.47, 3.43 - i, text, **middle)
    ax.set(xlim=(-0.4, 5), ylim=(0, 4), xticks=np.arange(5) + 0.47)
    ax.set_xticklabels(words)
    ax.set(yticks=[])
    ax.set_title(title, fontsize=11)

# %% heat-labels fold
axes[0].set(yticks=np.arange(4) + 0.45)
axes[0].set_yticklabels(["new", "third", "second", "first"])
for ax in axes:
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
alt = (
    "Two grids of four notes by five words, shaded within each row. In "
    "the grid of counts 'the' is as dark as any entry of its row; in the "
    "TF-IDF grid it is paler than 'cat', 'dog' and 'sat' in the first two "
    "rows, and the rarer words gain on it in the others."
)
caption = "Follow the column “the” from the left grid to the right one."
figure(fig, alt=alt, caption=caption)

# %% fit-transform
class Standardizer:
    def fit(self, X):
        self.mean, self.sd = X.mean(axis=0), X.std(axis=0)
        return self

    def transform(self, X):
        return (X - self.mean) / (self.sd + 1e-12)


own, library = Standardizer().fit(X), StandardScaler().fit(X)
new = np.array([[70.0, 45_000.0]])  # (1, 2) a single row
print(own.transform(new).round(3))
print(np.allclose(own.transform(new), library.transform(new)))

# %% leak example="03.7"
train, test = np.array([25.0, 40.0, 55.0]), 70.0
mixed = np.append(train, test)  # (4,)
print(round((test - train.mean()) / train.std(), 3))
print(round((test - mixed.mean()) / mixed.std(), 3))
print(round((test - train.min()) / (train.max() - train.min()), 1))

# %% order fold
fig, ax = plt.subplots(figsize=(6, 3))


def chain(y, steps, colour):
    for i, step in enumerate(steps):
        corner = (2 * i - 0.7, y - 0.55)
        ax.add_patch(plt.Rectangle(corner, 1.4, 1.1, fill=False, ec=colour))
        for line, height in zip(step, (y + 0.22, y - 0.22)):
            place = {"ha": "center", "va": "center"}
            ax.text(2 * i, height, line, color=colour, **place)
        if i:
            arrow = {"arrowstyle": "->", "color": colour}
            start, end = (2 * i - 1.3, y), (2 * i - 0.7, y)
            ax.annotate("", end, start, arrowprops=arrow)


cut = ("split", "the rows")
chain(2, [cut, ("fit on", "training"), ("apply", "to all")], "C2")
wrong = [("fit on", "all rows"), cut, ("test looks", "too good")]
chain(0, wrong, "C1")

# %% order-labels fold
for ends in [(-0.75, 0.75), (0.75, -0.75)]:  # cross out the second
    ax.plot([-0.8, 4.8], ends, color="C1", alpha=0.4, linewidth=2)
ax.text(-1, 2.95, "right", color="C2", fontsize=12)
ax.text(-1, 0.95, "wrong", color="C1", fontsize=12)
ax.set(xlim=(-1.1, 5.1), ylim=(-0.9, 3.3))
ax.axis("off")
alt = (
    "Two chains of three boxes. The upper one: split the rows, fit on "
    "training, apply to all. The lower one, crossed out: fit on all rows, "
    "split the rows, test looks too good."
)
caption = "Look at the first box: the split comes before any fit."
figure(fig, alt=alt, caption=caption)

# %% missing example="03.8"
spent = np.array([30.0, np.nan, 50.0, np.nan, 100.0])  # (5,)
absent = np.isnan(spent)  # (5,)
present = spent[~absent]  # (3,), ~ means "not"
print(present.mean(), np.median(present))
print(np.where(absent, np.median(present), spent))
print(absent.astype(int))

# %% zero-filled
print("mean with zeros:", np.nan_to_num(spent).mean())
print("mean of the answers:", np.nanmean(spent))

# %% clock fold
fig, ax = plt.subplots(figsize=(6, 3))
hours = np.arange(24)
turn = 2 * np.pi * hours / 24
ax.plot(np.sin(turn), np.cos(turn), "o", color="C5", markersize=4)
for h in (0, 6, 12, 18, 23):
    spot = np.array([np.sin(turn[h]), np.cos(turn[h])])
    colour = "C1" if h in (0, 23) else "C0"
    ax.plot(*spot, "o", color=colour)
    place = {"ha": "right" if h == 23 else "center", "va": "center"}
    ax.text(*(1.28 * spot), f"{h} h", color=colour, **place)
ax.set(xlim=(-1.6, 1.6), ylim=(-1.5, 1.5), aspect="equal")
ax.set(xlabel="sine column", ylabel="cosine column")
ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
alt = (
    "Twenty-four points on a circle like a clock face. Hour 23 stands "
    "beside hour 0, and hour 12 opposite."
)
caption = "Look at the top: 23 h and 0 h are neighbours, as on a clock."
figure(fig, alt=alt, caption=caption)

# %% worked
orders = pd.DataFrame(
    {
        "age": [25.0, 40.0, 55.0],
        "spent": [30.0, np.nan, 50.0],
        "colour": ["red", "blue", "green"],
        "size": ["S", "L", "M"],
    }
)
flag = orders["spent"].isna()  # (3,) made before the filling
median = orders["spent"].median()
filled = orders["spent"].fillna(median)
numeric = np.column_stack([orders["age"], filled])  # (3, 2)
scaler = Standardizer().fit(numeric)
colour = orders[["colour"]].to_numpy() == np.array(vocabulary)  # (3, 3)
size = orders["size"].map({"S": 0, "M": 1, "L": 2})  # (3,)
features = [scaler.transform(numeric), flag, colour, size]
print(np.column_stack(features).round(3))  # (3, 7)

# %% blanks
fourth_numeric = np.array([[70.0, median]])  # (1, 2)
fourth_colour = np.array(["pink"]) == np.array(vocabulary)  # (3,)
parts = [scaler.transform(fourth_numeric)[0], [1], fourth_colour, [1]]
print(np.concatenate(parts).round(3))  # (7,)

# %% noise
rng = np.random.default_rng(0)
columns = rng.normal(size=(200, 5000))  # nothing but noise
labels = rng.integers(0, 2, size=200)  # (200,) coin flips


def accuracy_after_choosing(rows):
    ones = columns[:rows][labels[:rows] == 1].mean(axis=0)  # (5000,)
    zeros = columns[:rows][labels[:rows] == 0].mean(axis=0)
    best = np.argsort(-np.abs(ones - zeros))[:20]  # (20,)
    model = KNeighborsClassifier(5).fit(columns[:100, best], labels[:100])
    return model.score(columns[100:, best], labels[100:])


print("columns chosen on all rows:", accuracy_after_choosing(200))
print("chosen on training rows:", accuracy_after_choosing(100))

# %% target-encoding
rng = np.random.default_rng(0)
user = rng.integers(0, 100, size=300)  # (300,) a category of 100 values
label = rng.integers(0, 2, size=300)  # (300,) coin flips
fold = np.arange(300) % 5  # (300,)


def encode(fitted):
    means = {u: label[fitted & (user == u)].mean() for u in user[fitted]}
    return np.array([means.get(u, label[fitted].mean()) for u in user])


naive = encode(np.ones(300, dtype=bool))
held_out = np.zeros(300)
for k in range(5):
    held_out[fold == k] = encode(fold != k)[fold == k]
for name, values in [("naive", naive), ("out of fold", held_out)]:
    print(name, round(np.corrcoef(values, label)[0, 1], 2))

# %% hashing
import zlib

hashed = np.zeros(4)  # four slots, whatever words arrive
for word in fourth.split():
    slot = zlib.crc32(word.encode()) % 4
    hashed[slot] += 1
    print(word, "goes to slot", slot)
print(hashed)

# %% pipeline
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

choose, model = SelectKBest(k=20), KNeighborsClassifier(5)
chosen = choose.fit(columns, labels).transform(columns)  # a leak
leaked = cross_val_score(model, chosen, labels)  # (5,)
print("choice outside:", leaked.mean().round(2))
whole = make_pipeline(choose, model)
honest = cross_val_score(whole, columns, labels)  # (5,)
print("choice inside:", honest.mean().round(2))

# %% future
sales = np.array([10.0, 12.0, 11.0, 30.0, 33.0])  # (5,) day by day
print("all days:", sales.mean().round(1))
before = [sales[:day].mean().round(1).item() for day in range(1, 5)]
print("days before:", before)

# %% saturation
k1, b = 1.5, 0.75
for tf in (1, 2, 4, 16):
    scores = []
    for ratio in (1, 2):  # document length by average length
        below = tf + k1 * (1 - b + b * ratio)
        scores.append(round(tf * (k1 + 1) / below, 2))
    print(tf, "times:", scores)

# %% interaction
sides = np.array([[1.0, 1], [1, 3], [2, 2], [3, 1], [3, 3]])
area = sides.prod(axis=1)  # (5,) the target
products = np.column_stack([sides, area])  # (5, 3)
for inputs in (sides, products):
    line = LinearRegression().fit(inputs, area)
    misses = np.abs(line.predict(inputs) - area)
    print("largest miss:", misses.max().round(3))

# %% months
turn = 2 * np.pi * np.array([1, 2, 7, 12]) / 12  # (4,)
spots = np.column_stack([np.sin(turn), np.cos(turn)])  # (4, 2)
january, february, july, december = spots
print("to February:", round(np.linalg.norm(january - february), 3))
print("to December:", round(np.linalg.norm(january - december), 3))
print("to July:", round(np.linalg.norm(january - july), 3))


# %% own-one-hot
def one_hot(values, vocab=None):
    if vocab is None:
        vocab = sorted(set(values))
    matrix = np.zeros((len(values), len(vocab)))
    for i, value in enumerate(values):
        if value in vocab:
            matrix[i, vocab.index(value)] = 1
    return matrix, vocab


fitted, vocab = one_hot(colours)
print(np.array_equal(fitted, onehot), vocab)
print(one_hot(["green", "pink"], vocab)[0])
print(one_hot([], vocab)[0].shape)


# %% own-tf-idf
def tf_idf(counts, idf=None):
    if idf is None:
        df = (counts > 0).sum(axis=0)
        idf = np.log((1 + len(counts)) / (1 + df)) + 1
    weighted = counts * idf
    lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted / np.where(lengths > 0, lengths, 1), idf


fitted, idf = tf_idf(counts)
print(np.allclose(fitted, tfidf))
empty_too = np.array([new_counts, np.zeros(5)])  # (2, 5)
print(tf_idf(empty_too, idf)[0].round(3))

# %% skewed
incomes = np.array([1, 2, 3, 4, 1000]) * 1000.0  # (5,)
for name, values in [("raw", incomes), ("log", np.log1p(incomes))]:
    z = (values - values.mean()) / values.std()
    print(name, z.round(2))

# %% far-out
for age in (70, 700, 7000):
    fit_on_all = np.append(train, age)
    right = (age - train.mean()) / train.std()
    wrong = (age - fit_on_all.mean()) / fit_on_all.std()
    print(age, round(right, 1), round(wrong, 3))
print("root of 3:", round(np.sqrt(3), 3))
