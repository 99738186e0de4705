"""Chapter 25: one table asked in SQL, pandas and Polars; pipelines, searches and tests."""

# %% draws
import numpy as np

rng = np.random.default_rng(0)
n = 2000
customer = rng.integers(1, 301, n)  # (2000,)
segment = rng.choice(["retail", "business", "student"], n, p=[0.60, 0.32, 0.08])
level = {"retail": 3.0, "business": 4.0, "student": 2.5}
centre = np.array([level[name] for name in segment])  # (2000,)
amount = np.exp(centre + 0.6 * rng.standard_normal(n)).round(2)
days = rng.integers(0, 60, n)  # before 31 January 2026
missing = rng.random(n) < 0.03
print(len(set(customer.tolist())), "customers")

# %% load example="25.1"
import sqlite3
from datetime import date, timedelta

dates = [str(date(2026, 1, 31) - timedelta(days=d)) for d in days.tolist()]
amounts = [None if gone else a for a, gone in zip(amount.tolist(), missing)]
rows = list(zip(range(1, n + 1), customer.tolist(), segment.tolist(), amounts, dates))
db = sqlite3.connect(":memory:")
columns = "order_id INTEGER PRIMARY KEY, customer INTEGER, segment TEXT, amount REAL, date TEXT"
db.execute(f"CREATE TABLE orders ({columns})")
db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", rows)


def ask(sql):
    for row in db.execute(sql):
        print(*["NULL" if v is None else f"{v:.2f}" if isinstance(v, float) else v for v in row])


ask("SELECT * FROM orders ORDER BY order_id LIMIT 3")
ask("SELECT COUNT(*) FROM orders WHERE amount IS NULL")

# %% recent example="25.2"
question = """
SELECT segment, COUNT(*), COUNT(amount), AVG(amount), SUM(amount)
FROM orders
WHERE date >= '2026-01-01'
GROUP BY segment
HAVING COUNT(*) > 100
ORDER BY SUM(amount) DESC
"""
ask(question)

# %% stages hide
import matplotlib.pyplot as plt
from groundup.book import figure

by_segment = "SELECT segment, COUNT(*) FROM orders {} GROUP BY segment"
every = dict(db.execute(by_segment.format("")))
kept = dict(db.execute(by_segment.format("WHERE date >= '2026-01-01'")))
large = {name: count for name, count in kept.items() if count > 100}
tints = {"retail": "C0", "business": "C1", "student": "C2"}

# %% conveyor fold
stages = [("FROM", every), ("WHERE", kept), ("GROUP BY", kept), ("HAVING", large)]
fig, ax = plt.subplots(figsize=(6, 3.2))
for x, (title, parts) in enumerate(stages):
    base = 0
    for name in [name for name in tints if name in parts]:
        height = parts[name] if x < 2 else 150
        ax.bar(x, height, 0.55, base, color=tints[name], alpha=0.8)
        if x == 0:
            ax.text(-0.33, base + height / 2, name, color=tints[name], ha="right", va="center")
        base += height if x < 2 else 210
    ax.text(
        x, base + 40, f"{sum(parts.values())} rows" if x < 2 else f"{len(parts)} groups", color="black", ha="center"
    )
    ax.text(x, -90, title, color="black", ha="center", va="top")
ax.set(xlim=(-1.15, 3.5), ylim=(-250, 2250))
ax.axis("off")
alt = "Four stages: a tall stack of 2000 rows in three colours, a stack half as tall, three blocks, two blocks."
caption = "Look at the step from WHERE to GROUP BY: rows go in, one block a segment comes out."
figure(fig, alt=alt, caption=caption)

# %% where-having
try:
    ask("SELECT segment FROM orders WHERE COUNT(*) > 200 GROUP BY segment")
except sqlite3.OperationalError as error:
    print("WHERE:", error)
print("HAVING:")
ask("SELECT segment FROM orders GROUP BY segment HAVING COUNT(*) > 200")

# %% average example="25.4"
ask("""
SELECT segment, COUNT(*), COUNT(amount), SUM(amount) / COUNT(*), AVG(amount)
FROM orders WHERE date >= '2026-01-01' GROUP BY segment ORDER BY segment
""")

# %% joins example="25.5"
db.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY)")
db.execute("INSERT INTO customers VALUES (1), (2), (3)")
db.execute("CREATE TABLE bills (bill INTEGER PRIMARY KEY, customer INTEGER)")
db.execute("INSERT INTO bills VALUES (10, 1), (11, 1), (12, 2), (13, 4)")
pairs = "SELECT id, bill FROM customers {} JOIN bills ON id = customer"
results = [db.execute(pairs.format(kind)).fetchall() for kind in ("INNER", "LEFT", "RIGHT", "FULL")]
print(*[len(result) for result in results])

# %% join-figure fold
fig, axes = plt.subplots(1, 2, figsize=(6, 2.9), width_ratios=[1, 1.35], layout="constrained")
height = {1: 3, 2: 1.5, 3: 0, 10: 3.3, 11: 2.4, 12: 1.5, 13: -0.6}
words = [(0, 0, 4.2, "customers"), (0, 1, 4.2, "bills"), (1, 0, 4.2, "id"), (1, 0.5, 4.2, "bill")]
words += [(0, int(key > 9), y, key) for key, y in height.items()]
for i, (left, right) in enumerate(sorted(results[3], key=lambda pair: (pair[0] or 9, pair[1] or 0))):
    if left and right:
        axes[0].plot([0.12, 0.88], [height[left], height[right]], color="C0", linewidth=2)
    words += [(1, x, 3.4 - i, value or "NULL") for x, value in [(0, left), (0.5, right)]]
    kinds = "all four joins" if left and right else "left, full" if left else "right, full"
    axes[1].text(0.8, 3.4 - i, kinds, color="C0" if left and right else "C1", va="center")
for panel, x, y, word in words:
    axes[panel].text(x, y, word, color="black", ha="center", va="center")
for ax, edge in zip(axes, (1.35, 2.0)):
    ax.set(xlim=(-0.35, edge), ylim=(-1, 4.6))
    ax.axis("off")
alt = "Lines join customer 1 to bills 10 and 11, and customer 2 to bill 12; customer 3 and bill 13 have none. "
alt += "Beside them, five result rows, two of them with one side blank."
caption = "Look at customer 1: two lines, hence two result rows. NULL stands where a partner is missing."
figure(fig, alt=alt, caption=caption)

# %% left-where
left = "SELECT id, bill FROM customers LEFT JOIN bills ON id = customer"
print("in WHERE:", db.execute(f"{left} WHERE bill < 12").fetchall())
print("in ON:", db.execute(f"{left} AND bill < 12").fetchall())

# %% not-in example="25.6"
unmatched = "SELECT id FROM customers WHERE id NOT IN (SELECT customer FROM bills)"
print("before:", db.execute(unmatched).fetchall())
db.execute("INSERT INTO bills VALUES (14, NULL)")
print("after:", db.execute(unmatched).fetchall())
safe = "SELECT id FROM customers WHERE NOT EXISTS (SELECT 1 FROM bills WHERE customer = id)"
print("NOT EXISTS:", db.execute(safe).fetchall())

# %% newest example="25.7"
numbered = "SELECT *, ROW_NUMBER() OVER (PARTITION BY {} ORDER BY {}) AS place FROM orders"
newest = numbered.format("customer", "date DESC, order_id DESC")
largest = numbered.format("segment", "amount DESC")
ask(f"WITH ranked AS ({newest}) SELECT 'all rows', COUNT(*) FROM ranked")
ask(f"WITH ranked AS ({newest}) SELECT COUNT(*), COUNT(DISTINCT customer) FROM ranked WHERE place = 1")
ask(f"WITH ranked AS ({largest}) SELECT segment, order_id, amount FROM ranked WHERE place = 1")

# %% ties
print("score row_number rank dense_rank running_sum change")
ask("""
WITH points(score) AS (VALUES (9), (7), (7), (5))
SELECT score, ROW_NUMBER() OVER w, RANK() OVER w, DENSE_RANK() OVER w,
    SUM(score) OVER (ORDER BY score DESC ROWS UNBOUNDED PRECEDING), score - LAG(score) OVER w
FROM points WINDOW w AS (ORDER BY score DESC)
""")

# %% plan
for step in ("before:", "after:"):
    plan = db.execute("EXPLAIN QUERY PLAN SELECT * FROM orders WHERE customer = 7").fetchall()
    print(step, plan[0][-1])
    db.execute("CREATE INDEX IF NOT EXISTS by_customer ON orders (customer)")

# %% frame
import pandas as pd

frame = pd.read_sql("SELECT * FROM orders", db, parse_dates=["date"])  # (2000, 5)
recent = frame[frame["date"] >= "2026-01-01"]
table = recent.groupby("segment")["amount"].agg(["size", "count", "mean", "sum"])
table = table[table["size"] > 100].sort_values("sum", ascending=False)
print(table.round(2))

# %% agree example="25.3"
import duckdb

truth = db.execute(question).fetchall()


def agrees(answer):
    names = [row[0] for row in answer] == [row[0] for row in truth]
    return names and np.allclose([row[1:] for row in answer], [row[1:] for row in truth], rtol=0, atol=1e-6)


on_dates = question.replace("'2026-01-01'", "DATE '2026-01-31' - INTERVAL 30 DAY")
answer = duckdb.sql(on_dates.replace("orders", "frame")).fetchall()
print(agrees(answer), agrees(list(table.itertuples(name=None))))

# %% polars
import polars as pl

orders = pl.DataFrame(rows, schema=["order_id", "customer", "segment", "amount", "date"], orient="row")
money = pl.col("amount")
lazy = (
    orders.lazy()
    .filter(pl.col("date") >= "2026-01-01")
    .group_by("segment")
    .agg(pl.len().alias("size"), money.count().alias("count"), money.mean().alias("mean"), money.sum().alias("sum"))
    .filter(pl.col("size") > 100)
    .sort("sum", descending=True)
)
print(agrees(lazy.collect().rows()))

# %% vectorised example="25.9"
from timeit import repeat

known = frame.dropna(subset="amount")  # (1949, 5)


def by_row():
    return sum(np.log1p(row["amount"]) for _, row in known.iterrows()) / len(known)


def at_once():
    return np.log1p(known["amount"]).mean()


print(f"{at_once():.4f}", np.isclose(by_row(), at_once()))
slow = min(repeat(by_row, number=1, repeat=3))  # the least disturbed of 3 runs
fast = min(repeat(at_once, number=1, repeat=200))  # and of 200
print("at least 20 times as fast:", slow >= 20 * fast)

# %% labels
small = pd.DataFrame({"amount": [10.0, 20.0, 5.0]}, index=[2, 0, 1])
print("label 0:", small.loc[0, "amount"], "place 0:", small.iloc[0, 0])
part = small[small["amount"] > 6]
part.loc[2, "amount"] = 99.0
print("original:", small.loc[2, "amount"])
array = np.array([10.0, 20.0, 5.0])
view = array[:2]
view[0] = 99.0
print("array:", array[0])
more, tax = pd.DataFrame({"amount": [7.0]}, index=[3]), pd.DataFrame({"tax": [0.1, 0.2]}, index=[0, 1])
print("concat:", pd.concat([small, more]).shape, "join:", small.join(tax).shape)

# %% reshape
wide = known.assign(month=known["date"].dt.month)
wide = wide.pivot_table(index="segment", columns="month", values="amount", aggfunc="count")
print(wide.to_string())
long = wide.reset_index().melt(id_vars="segment", value_name="orders")
print("wide", wide.shape, "long", long.shape, "same sum:", wide.to_numpy().sum() == long["orders"].sum())

# %% chain
report = recent.groupby("segment")["amount"].agg(list(table)).query("size > 100").sort_values("sum", ascending=False)
print("chained:", report.equals(table), "words are", frame["segment"].dtype)
as_text = frame["segment"].memory_usage(index=False, deep=True)
as_codes = frame["segment"].astype("category").memory_usage(index=False, deep=True)
print("category smaller than a quarter:", as_codes < as_text / 4)

# %% spellings
print("pandas:", pd.Series([10.0, None, 20.0]).mean(), pd.Series([10.0, np.nan, 20.0]).mean())
print("Polars:", pl.Series([10.0, None, 20.0]).mean(), pl.Series([10.0, np.nan, 20.0]).mean())

# %% uniform example="25.10"
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = make_classification(n_samples=600, n_features=10, n_informative=4, n_redundant=2, random_state=0)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
logistic = make_pipeline(StandardScaler(), LogisticRegression())
forest = RandomForestClassifier(100, random_state=0)
for name, model in [("dummy", DummyClassifier()), ("logistic", logistic), ("forest", forest)]:
    test = model.fit(X_train, y_train).score(X_test, y_test)
    scores = cross_val_score(model, X, y, cv=5)  # (5,)
    print(name, f"test {test:.2f} folds {scores.mean():.2f} ± {scores.std():.2f}")

# %% four-data hide
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import confusion_matrix, log_loss

boosted = GradientBoostingClassifier(n_estimators=80, max_depth=5, random_state=0).fit(X_train, y_train)
losses = {
    name: [log_loss(target, p) for p in boosted.staged_predict_proba(inputs)]
    for name, inputs, target in [("training", X_train, y_train), ("test", X_test, y_test)]
}
counts = confusion_matrix(y_test, logistic.predict(X_test))

# %% four-plots fold
fig, axes = plt.subplots(2, 2, figsize=(6, 4.6), layout="constrained")
axes[0, 0].hist(known["amount"], bins=40, color="C0")
for i, (name, curve) in enumerate(losses.items()):
    axes[0, 1].plot(curve, color=f"C{i}")
    axes[0, 1].text(58, [0.045, 0.18][i], name, color=f"C{i}", ha="center")
for (i, j), count in np.ndenumerate(counts):
    shade = 0.2 + 0.5 * count / counts.max()
    axes[1, 0].fill_between([j - 0.5, j + 0.5], i - 0.5, i + 0.5, color="C0" if i == j else "C1", alpha=shade)
    axes[1, 0].text(j, i, str(count), color="black", ha="center", va="center", fontsize=12)
for label in (0, 1):
    axes[1, 1].plot(*X_test[y_test == label][:, [3, 8]].T, "o", color=f"C{label}", markersize=3)
axes[0, 0].set(title="distribution", xlabel="amount")
axes[0, 1].set(title="loss curve", xlabel="trees")
axes[1, 0].set(title="confusion matrix", xlabel="predicted", ylabel="true")
axes[1, 0].set(xticks=[0, 1], yticks=[1, 0], ylim=(1.5, -0.5))
axes[1, 1].set(title="scatter", xlabel="feature 3", ylabel="feature 8")
alt = "A histogram with a long right tail; a training loss that falls on while the test loss levels off; four "
alt += "counts in a square; dots of two colours that overlap."
caption = "Orders, then artificial rows. Ask: skewed? still falling? which error is commoner? do classes part?"
figure(fig, alt=alt, caption=caption)

# %% columns
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder

known, big = known.assign(weekday=known["date"].dt.day_of_week), known["amount"] >= 40
parts = [("words", OneHotEncoder(), ["segment"]), ("numbers", StandardScaler(), ["weekday"])]
prepare = ColumnTransformer(parts)
model = make_pipeline(prepare, LogisticRegression())
print("prepared:", prepare.fit_transform(known).shape)
print("dummy", cross_val_score(DummyClassifier(), known, big, cv=5).mean().round(2))
print("pipeline", cross_val_score(model, known, big, cv=5).mean().round(2))

# %% fit-transform
train, later = np.array([[1.0], [2.0], [3.0]]), np.array([[11.0], [12.0], [13.0]])  # (3, 1) each
scaler = StandardScaler().fit(train)
print("transform:", scaler.transform(later).ravel().round(2))
print("fit_transform:", StandardScaler().fit_transform(later).ravel().round(2))

# %% leak example="25.11"
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import StratifiedKFold

folds = StratifiedKFold(5, shuffle=True, random_state=0)
pick = SelectKBest(f_classif, k=20)


def leak(rng, width):
    noise = rng.standard_normal((100, width))
    coin = rng.permutation([0] * 50 + [1] * 50)  # (100,)
    chosen = pick.fit_transform(noise, coin)  # (100, 20)
    outside = cross_val_score(LogisticRegression(), chosen, coin, cv=folds)
    inside = cross_val_score(make_pipeline(pick, LogisticRegression()), noise, coin, cv=folds)
    return outside.mean(), inside.mean()


outside, inside = leak(np.random.default_rng(0), 2000)
print(f"outside {outside:.2f} inside {inside:.2f}")

# %% leak-figure fold
widths = [50, 200, 1000, 5000]
means = np.array([np.mean([leak(np.random.default_rng(s), w) for s in range(3)], axis=0) for w in widths])
fig, ax = plt.subplots(figsize=(6, 3))
ax.axhline(0.5, color="black", alpha=0.4, linestyle=":")
for i, (name, colour) in enumerate([("chosen outside the folds", "C1"), ("chosen inside the pipeline", "C0")]):
    ax.plot(widths, means[:, i], "o-", color=colour)
    ax.text([55, 500][i], [0.82, 0.6][i], name, color=colour)
ax.text(50, 0.475, "truth", color="black", va="top")
ax.set(xscale="log", xlabel="noise columns to choose from", ylabel="accuracy in the folds", ylim=(0.4, 0.95))
ax.set_xticks(widths, [str(w) for w in widths])
ax.minorticks_off()
alt = (
    "Accuracy against the number of noise columns. The upper curve climbs from left to right; the lower one stays near "
)
alt += "the dotted line at one half."
caption = (
    "Look at the right end: the more noise you choose from, the better a leak looks. Each dot: the mean of three draws."
)
figure(fig, alt=alt, caption=caption)

# %% study
import optuna

optuna.logging.set_verbosity(optuna.logging.WARNING)


def objective(trial):
    lr = trial.suggest_float("lr", 1e-4, 1e-1, log=True)
    depth = trial.suggest_int("depth", 3, 10)
    return 1 - 0.1 * (np.log10(lr) + 2.3) ** 2 - 0.01 * (depth - 6) ** 2


def search(sampler, trials):
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=trials)
    return study


study = search(optuna.samplers.TPESampler(seed=0), 40)
print("depth", study.best_params["depth"], "gap", f"{1 - study.best_value:.5f}")

# %% searches example="25.12"
axes_of_grid = {"lr": [1e-4, 1e-3, 1e-2, 1e-1], "depth": [3, 4, 5, 6, 7, 8, 9, 10]}
grid = search(optuna.samplers.GridSampler(axes_of_grid, seed=0), 32).trials
tpe = [search(optuna.samplers.TPESampler(seed=seed), 40).trials for seed in range(20)]
random = [search(optuna.samplers.RandomSampler(seed=seed), 40).trials for seed in range(20)]
for name, runs in [("random", random), ("TPE", tpe), ("grid", [grid])]:
    gaps = [1 - np.maximum.accumulate([trial.value for trial in run]) for run in runs]
    middle = np.median(gaps, axis=0)  # (40,), the grid's (32,)
    print(name, *[f"{middle[t - 1]:.5f}" for t in (20, 32, 40) if name != "grid" or t == 32])

# %% best-figure fold
fig, ax = plt.subplots(figsize=(6, 3))
places = {"grid": (33, 0.0125), "random": (33, 0.0045), "TPE": (33, 0.00006)}
for i, (name, runs) in enumerate([("grid", [grid]), ("random", random), ("TPE", tpe)]):
    gaps = [1 - np.maximum.accumulate([trial.value for trial in run]) for run in runs]
    middle = np.median(gaps, axis=0)
    ax.plot(np.arange(1, len(middle) + 1), middle, color=f"C{i}")
    ax.text(*places[name], name, color=f"C{i}")
ax.set(yscale="log", xlabel="trials", ylabel="gap to the best value", xlim=(0, 41))
alt = "Three falling curves on a logarithmic axis. After about fifteen trials one dives below the other two, which end "
alt += "close together."
caption = "Medians of twenty seeds, the grid one run. Look beyond trial 20: one curve dives, the grid stays."
figure(fig, alt=alt, caption=caption)

# %% distinct
for name, run in [("grid", grid), ("random", random[0])]:
    powers = {np.log10(trial.params["lr"]) for trial in run[:32]}
    print(name, len(powers), "rates, nearest off by", f"{min(abs(power + 2.3) for power in powers):.3f}")

# %% dots-figure fold
fig, axes = plt.subplots(1, 3, figsize=(6, 2.6), sharey=True, layout="constrained")
power, height = np.meshgrid(np.linspace(-4.1, -0.9, 80), np.linspace(2.7, 10.3, 80))
surface = 1 - 0.1 * (power + 2.3) ** 2 - 0.01 * (height - 6) ** 2
for i, (ax, (name, run)) in enumerate(zip(axes, [("grid", grid), ("random", random[0]), ("TPE", tpe[0])])):
    ax.contour(power, height, surface, levels=[0.7, 0.8, 0.9, 0.97], colors="black", alpha=0.3, linewidths=0.8)
    xs = [np.log10(trial.params["lr"]) for trial in run[:32]]
    ax.plot(xs, [trial.params["depth"] for trial in run[:32]], "o", color=f"C{i}", markersize=4, alpha=0.8)
    ax.set_title(name, fontsize=10)
    ax.set(xlabel="log10 lr", xticks=[-4, -3, -2, -1])
axes[0].set_ylabel("depth")
alt = "Three panels with the same contour lines and 32 dots each: a regular lattice in four columns, a loose scatter, "
alt += "and a cloud that is dense around the middle of the contours."
caption = "Count the columns of dots: four on the left. On the right, dots crowd round the top of the hill."
figure(fig, alt=alt, caption=caption)

# %% nested
from sklearn.model_selection import GridSearchCV

thirds = StratifiedKFold(3, shuffle=True, random_state=0)
tosses = {"random_state": list(range(30))}  # thirty models that toss a coin
tuner = GridSearchCV(DummyClassifier(strategy="uniform"), tosses, cv=thirds)
pairs = []
for seed in range(3):
    coin = np.random.default_rng(seed).permutation([0, 1] * 20)  # (40,)
    best = tuner.fit(coin[:, None] * 0, coin).best_score_
    pairs.append((best, cross_val_score(tuner, coin[:, None] * 0, coin, cv=thirds).mean()))
print("best of 30, nested:", np.mean(pairs, axis=0).round(2))

# %% pruning fold
from sklearn.linear_model import SGDClassifier


def train_in_steps(trial):
    rate = trial.suggest_float("rate", 1e-5, 10, log=True)
    net = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=rate, random_state=0)
    for step in range(16):
        net.partial_fit(X_train[:400], y_train[:400], classes=[0, 1])
        trial.report(net.score(X_train[400:], y_train[400:]), step)  # 80 validation rows
        if trial.should_prune():
            raise optuna.TrialPruned
    return net.score(X_train[400:], y_train[400:])


sampler, pruner = optuna.samplers.RandomSampler(seed=0), optuna.pruners.SuccessiveHalvingPruner()
study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
study.optimize(train_in_steps, n_trials=20)
stopped = [trial for trial in study.trials if trial.state.name == "PRUNED"]
epochs = sum(len(trial.intermediate_values) for trial in study.trials)
print(len(stopped), "of 20 trials stopped early;", epochs, "of 320 epochs run")


# %% module
def known_revenue(amounts):
    """The sum of the known amounts; None is unknown, a negative amount is an error."""
    known = [a for a in amounts if a is not None]
    if any(a < 0 for a in known):
        raise ValueError("negative amount")
    return sum(known)


def test_unknown_amounts_are_left_out():
    assert known_revenue([10.0, None, 5.0]) == 15.0


test_unknown_amounts_are_left_out()
print("the test passed; known revenue:", f"{known_revenue(amounts):.0f}")


# %% pytest
def known_revenue(amounts):
    return sum(a for a in amounts if a is not None)


def test_negative_amounts_are_refused():
    try:
        known_revenue([-1.0])
    except ValueError:
        return
    raise AssertionError("a negative amount went through")


for test in (test_unknown_amounts_are_left_out, test_negative_amounts_are_refused):
    try:
        test()
        print("passed", test.__name__)
    except AssertionError as error:
        print("FAILED", test.__name__, "-", error)

# %% conflict
base = ["cut = 50", "days = 30", "seed = 0"]
yours = ["cut = 100", "days = 30", "seed = 1"]
theirs = ["cut = 80", "days = 60", "seed = 0"]
for old, mine, other in zip(base, yours, theirs):
    if old in (mine, other) or mine == other:
        print(other if old == mine else mine)
    else:
        print("<<<<<<< yours", mine, "=======", other, ">>>>>>> theirs", sep="\n")

# %% fan-out example="25.8"
left = pd.DataFrame({"key": [1, 1, 2], "amount": [10, 20, 5]})
right = pd.DataFrame({"key": [1, 1, 2], "city": ["Rome", "Roma", "Bern"]})
merged = left.merge(right, on="key")
print(len(merged), merged["amount"].sum(), left["amount"].sum())
try:
    left.merge(right, on="key", validate="many_to_one")
except pd.errors.MergeError as error:
    print(type(error).__name__)


# %% contract
def check(table):
    faults = {
        "order_id is unique": table["order_id"].is_unique,
        "amount is a number": pd.api.types.is_float_dtype(table["amount"]),
        "amounts are above 0": (table["amount"].dropna() > 0).all(),
        "segments are known": set(table["segment"]) <= set(level),
        "few amounts are missing": table["amount"].isna().mean() < 0.05,
    }
    return [rule for rule, holds in faults.items() if not holds]


print("orders:", check(frame))
print("twice:", check(pd.concat([frame, frame.assign(amount=-frame["amount"])])))

# %% blanks
ask("""
SELECT customer, COUNT(*) FROM orders WHERE segment = 'business'
GROUP BY customer HAVING COUNT(*) >= 7 ORDER BY customer
""")

# %% running
answer = db.execute("""
WITH daily AS (SELECT date, SUM(amount) AS total FROM orders WHERE date >= '2026-01-27' GROUP BY date)
SELECT date, total, SUM(total) OVER w, total - LAG(total) OVER w FROM daily WINDOW w AS (ORDER BY date)
""").fetchall()
for day, *values in answer:
    print(day, *["NULL" if v is None else f"{v:.2f}" for v in values])
daily = frame[frame["date"] >= "2026-01-27"].groupby("date")["amount"].sum()
print(
    np.allclose(daily.cumsum(), [row[2] for row in answer]),
    np.allclose(daily.diff()[1:], [row[3] for row in answer[1:]]),
)


# %% hash-join
def hash_join(left, right, how):
    by_key = {}
    for key, value in right:
        by_key.setdefault(key, []).append(value)
    joined, seen = [], set()
    for key, value in left:
        partners = by_key.get(key, []) if key is not None else []
        seen.update([key] if partners else [])
        joined += [(value, partner) for partner in partners]
        joined += [(value, None)] if how != "inner" and not partners else []
    if how == "full":
        joined += [(None, value) for key, value in right if key not in seen]
    return joined


people = [(1, "c1"), (2, "c2"), (3, "c3"), (None, "c?")]
owed = [(1, 10), (1, 11), (2, 12), (4, 13), (None, 14)]
for how in ("inner", "left", "full"):
    print(how, len(hash_join(people[:3], owed[:4], how)), "with None:", len(hash_join(people, owed, how)))


# %% random-search
def random_search(low, high, objective, n, rng):
    tried = 10 ** rng.uniform(np.log10(low), np.log10(high), n)  # (n,) log-uniform
    return tried, max(tried, key=objective)


tried, best = random_search(1e-4, 1e-1, lambda lr: -((np.log10(lr) + 2.3) ** 2), 4000, np.random.default_rng(0))
print("share in each power of ten:", (np.histogram(np.log10(tried), [-4, -3, -2, -1])[0] / 4000).round(2))
print("best within a percent:", abs(best / 10**-2.3 - 1) < 0.01)

# %% which-leak
rng = np.random.default_rng(0)
noise, coin = rng.standard_normal((100, 2000)), rng.permutation([0] * 50 + [1] * 50)
few = noise[:, :20] * 5 + 3
scaled = StandardScaler().fit_transform(few)
outside = cross_val_score(LogisticRegression(), scaled, coin, cv=folds).mean()
inside = cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), few, coin, cv=folds).mean()
print(f"scaler: outside {outside:.2f} inside {inside:.2f}")
