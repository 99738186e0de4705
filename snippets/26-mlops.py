"""Chapter 26: keeping a model alive, from a versioned data set to a release gate, on one machine."""

# %% stations fold
import numpy as np

stations = {  # name: tools outside the ring, what its arrow carries
    "data": ("DVC, lakeFS,\nDelta Lake", "rows"),
    "train": ("MLflow,\nW&B", "weights"),
    "evaluate": ("CI/CD,\nmodel gate", "score"),
    "register": ("MLflow", "version"),
    "deploy": ("FastAPI,\nBentoML,\nTriton", "answers"),
    "monitor": ("Evidently,\nArize", "alarm"),
}
turns = np.pi / 2 - np.arange(6) * np.pi / 3  # (6,) clockwise from the top

# %% ring fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 4))
arrow = {"arrowstyle": "->", "color": "C0", "connectionstyle": "arc3,rad=0.12"}
for angle, (name, (tools, carried)) in zip(turns, stations.items()):
    x, y = round(1.4 * np.cos(angle), 6), np.sin(angle)
    ax.text(x, y, name, color="C0", ha="center", va="center", fontsize=11, weight="bold")
    side = {0: "center", 1: "left", -1: "right"}[np.sign(x)]
    ax.text(x + 0.72 * np.sign(x), y if x else 1.3 * y, tools, color="black", ha=side, va="center", fontsize=9)
    head, tail, inner = angle - np.pi / 3 + 0.3, angle - 0.3, angle - np.pi / 6
    ax.annotate("", (1.4 * np.cos(head), np.sin(head)), (1.4 * np.cos(tail), np.sin(tail)), arrowprops=arrow)
    ax.text(0.86 * np.cos(inner), 0.64 * np.sin(inner), carried, color="C1", ha="center", va="center", fontsize=9)
ax.axis((-3, 3, -1.5, 1.5))
ax.axis("off")
alt = "Six stations on a ring joined by arrows: data, train, evaluate, register, deploy, monitor. Names of tools stand "
alt += "outside; inside each arrow stands what it carries: rows, weights, score, version, answers, alarm."
caption = "Follow the inner words: each step hands the next one something that can be kept."
figure(fig, alt=alt, caption=caption)


# %% train
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def draw(rng, mean=(0, 0), law=(2, -1), n=4000):
    X = rng.normal(size=(n, 2)) + mean  # (n, 2) income, debts
    return X, (rng.random(n) < sigmoid(X @ law)).astype(float)


def fit(X, y, steps):
    w = np.zeros(2)
    for _ in range(steps):
        w -= 0.5 * X.T @ (sigmoid(X @ w) - y) / len(y)
    return w


nature = np.random.default_rng(0)
X, y = draw(nature)  # (4000, 2), (4000,) 1 if repaid
print("weights", fit(X, y, 300).round(2))

# %% version
import hashlib


def version(*parts):
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


changed = X.copy()
changed[1234, 0] += 0.01  # one of 8,000 entries
print("weights", fit(changed, y, 300).round(2))
print("same data:", version(X.copy(), y) == version(X, y))
print("changed data:", version(changed, y) == version(X, y))

# %% store fold
import os
import tempfile
from pathlib import Path

os.environ.update(MLFLOW_ALLOW_FILE_STORE="true", MLFLOW_DISABLE_TELEMETRY="true")
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
import mlflow

mlflow.set_tracking_uri(Path(tempfile.mkdtemp()).as_uri())  # a folder, no server
mlflow.set_experiment(experiment_id=mlflow.create_experiment("loans"))
registry = mlflow.MlflowClient()
registry.create_registered_model("repay")


def register(run):
    source = f"{run.info.artifact_uri}/model.json"
    return registry.create_model_version("repay", source, run_id=run.info.run_id).version


def at(alias):
    return registry.get_model_version_by_alias("repay", alias)


def point(alias, number):
    registry.set_registered_model_alias("repay", alias, number)


def load(alias="production"):
    return np.array(mlflow.artifacts.load_dict(at(alias).source)["weights"])  # (2,)


# %% track
def log_loss(w, X, y):
    p = sigmoid(X @ w)
    return -np.mean(np.log(np.where(y == 1, p, 1 - p)))


def track(name, rows, repaid, steps, test):
    with mlflow.start_run(run_name=name) as run:
        w = fit(rows, repaid, steps)
        mlflow.log_params({"steps": steps, "data": version(rows, repaid)})
        mlflow.log_metric("loss", log_loss(w, *test))
        mlflow.log_dict({"weights": w.tolist()}, "model.json")
    return run


held_out = draw(nature)  # fresh applicants, same law
for name, rows, steps in [("short", X, 3), ("full", X, 300), ("night", X * [1, 0], 300)]:
    track(name, rows, y, steps, held_out)
found = mlflow.search_runs(output_format="list", order_by=["metrics.loss"])
for run in found:
    settings, loss = run.data.params, run.data.metrics["loss"]
    print(run.info.run_name, settings["steps"], settings["data"] == version(X, y), f"{loss:.3f}")

# %% rollback
runs = {run.info.run_name: run for run in found}
point("production", register(runs["full"]))
print("released", at("production").version, load().round(2))

point("previous", at("production").version)
point("production", register(runs["night"]))
print("promoted", at("production").version, load().round(2))

point("production", at("previous").version)
print("rolled back", at("production").version, load().round(2))
print("versions kept:", len(registry.search_model_versions("name='repay'")))

# %% three-places
files = registry.list_artifacts(runs["full"].info.run_id)
print("tracker: runs tried", len(found))
print("store: files", [file.path for file in files])
print("registry: serves version", at("production").version)

# %% serve
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel


class Applicant(BaseModel):
    income: float
    debts: float


app, weights = FastAPI(), load()  # loaded once, at the start


@app.post("/predict")
def predict(applicant: Applicant):
    row = np.array([applicant.income, applicant.debts])  # (2,)
    return {"repays": round(float(sigmoid(row @ weights)), 3)}


client = TestClient(app)
print(client.post("/predict", json={"income": 1, "debts": 0.5}).json())
refused = client.post("/predict", json={"income": 1})
print(refused.status_code, refused.json()["detail"][0]["msg"])

# %% batch
scores = sigmoid(held_out[0] @ load())  # (4000,) all rows at once
bodies = [{"income": a, "debts": b} for a, b in held_out[0][:100]]
replies = [client.post("/predict", json=body) for body in bodies]
online = [reply.json()["repays"] for reply in replies]  # 100 numbers
print("scored:", len(scores), "likely to repay:", (scores > 0.5).sum())
print("answered:", sum(reply.status_code == 200 for reply in replies))
print("the same to three decimals:", np.allclose(online, scores[:100], rtol=0, atol=0.00051))

# %% cost example="26.6"
price = 2.5  # assumed dollars for one GPU-hour
print(f"{8 * 20 * price:.0f}")  # training: 8 GPUs for 20 hours
print(f"{730 * price:.0f}")  # serving: one GPU, a month
print(f"{1000 / 8:.0f}")  # requests a second, 8 ms each
print(f"{16 * 1000 / 20:.0f}")  # batches of 16, 20 ms each

# %% batch-curve fold
fig, ax = plt.subplots(figsize=(6, 3))
sizes = np.array([1, 2, 4, 8, 16, 32, 64])
per_row = (20 - 8) / (16 - 1)  # the line through the two assumed pairs
latency = 8 + per_row * (sizes - 1)
rate = 1000 * sizes / latency
ax.plot(latency, rate, "o-", color="C0")
for size, x, height in zip(sizes, latency, rate):
    place = (6, -12) if size > 2 else (8, -4)
    ax.annotate(f"{size}", (x, height), xytext=place, textcoords="offset points", color="black")
ax.text(30, 560, "numbers: rows in a batch", color="black", fontsize=9)
ax.set(xlabel="milliseconds for a batch", ylabel="rows a second", xlim=(0, 64), ylim=(0, 1200))
alt = "A curve of seven points for batches of 1 to 64 rows. It rises steeply at first, then flattens out, while the "
alt += "milliseconds for a batch keep growing."
caption = (
    "Read from left to right: the first doublings buy many rows a second for little waiting, the last few for much."
)
figure(fig, alt=alt, caption=caption)

# %% mailing
hours = 4 * 1_000_000 / 800 / 3600  # four mailings to a million customers
print(f"scheduled: {hours * price:.2f} dollars a month")
print(f"always on: {730 * price:.0f}")

# %% tail
waits = np.random.default_rng(0).random(10_000) < 0.02  # 2 % miss the cache


def percentiles(compute, lookup):
    return np.percentile(compute + lookup * waits, [50, 95, 99])


print("p50 p95 p99:", percentiles(8, 150))
print("GPU twice as fast:", percentiles(4, 150))
print("second cache:", percentiles(8, 10))

# %% skew example="26.4"
rng = np.random.default_rng(0)
train, live = rng.normal(50, 10, 2000), rng.normal(60, 10, 2000)
bar = (55 - train.mean()) / train.std()  # the model: repays above bar


def accuracy(z):
    return f"{((z > bar) == (live > 55)).mean():.3f}"


print(accuracy((live - train.mean()) / train.std()))
print(accuracy((live - live.mean()) / live.std()))

# %% skew-figure fold
fig, axes = plt.subplots(2, 1, figsize=(6, 3.4), sharex=True, sharey=True)
for ax, by, title in zip(axes, [train, live], ["training statistics", "the batch's own"]):
    z, edge = (live - by.mean()) / by.std(), (55 - by.mean()) / by.std()
    bins = edge + 0.2 * np.arange(-16, 23)
    ax.hist(z[live > 55], bins=bins, color="C0", alpha=0.7)
    ax.hist(z[live <= 55], bins=bins, color="C1", alpha=0.7)
    ax.axvline(bar, color="black", linestyle=":")
    ax.set_title(title, fontsize=10)
    ax.set(yticks=[], ylim=(0, 190))
axes[0].text(2.6, 95, "above 55", color="C0")
axes[0].text(-2.3, 60, "55 or less", color="C1")
axes[0].text(bar - 0.08, 165, "bar", color="black", ha="right")
axes[1].set_xlabel("z")
alt = (
    "Two histograms of live incomes in z-units, coloured by whether the income is above 55, with a dotted line for the "
)
alt += "bar. Above, the line parts the colours. Below, the cloud is moved left and the line cuts through one colour."
caption = "Look left of the dotted line in the lower panel: incomes above 55 that are refused."
figure(fig, alt=alt, caption=caption)

# %% two-batches
for name, batch in [("with the old applicants:", train), ("with the new ones:", live)]:
    z = (58 - batch.mean()) / batch.std()
    print(name, z > bar)

# %% scaler
import json


class Scaler:
    def fit(self, x):
        self.mean, self.sd = float(x.mean()), float(x.std())
        return self

    def transform(self, x):
        return (x - self.mean) / self.sd

    def save(self):
        return json.dumps(vars(self))

    def load(self, text):
        vars(self).update(json.loads(text))
        return self


artefact = Scaler().fit(train).save()  # a line of text beside the weights
serving = Scaler().load(artefact)  # never fitted here
print("accuracy", accuracy(serving.transform(live)))

# %% psi-by-hand
p, q = np.array([0.5, 0.5]), np.array([0.4, 0.6])  # (2,) each
parts = (q - p) * np.log(q / p)  # (2,)
print(parts.round(4), round(parts.sum(), 4))

# %% psi example="26.1"
rng = np.random.default_rng(0)
reference = rng.normal(size=5000)
edges = np.quantile(reference, np.arange(1, 10) / 10)  # (9,)
weeks = [rng.normal(m, s, 5000) for m, s in [(0, 1), (0.25, 1), (0.5, 1.2), (1, 1)]]


def shares(x):
    counts = np.bincount(np.searchsorted(edges, x), minlength=10)  # (10,)
    return np.maximum(counts / len(x), 1e-6)


def psi_parts(x):
    p, q = shares(reference), shares(x)
    return (q - p) * np.log(q / p)  # (10,)


for week in weeks:
    print(f"{psi_parts(week).sum():.4f}")

# %% psi-figure fold
fig, axes = plt.subplots(2, 2, figsize=(6, 3.8), sharex=True, sharey="row")
for j, (k, name) in enumerate([(1, "mean up by 0.25"), (3, "mean up by 1")]):
    axes[0, j].bar(np.arange(10), shares(reference), width=0.9, color="C5", alpha=0.5)
    axes[0, j].step(np.arange(-0.5, 10), np.append(shares(weeks[k]), shares(weeks[k])[-1]), where="post", color="C0")
    axes[1, j].bar(np.arange(10), psi_parts(weeks[k]), width=0.9, color="C1")
    axes[0, j].set_title(name, fontsize=10)
    axes[1, j].set(xlabel="bin of the reference", xticks=range(10), xticklabels=range(1, 11))
axes[0, 0].text(0, 0.13, "reference", color="C5")
axes[0, 0].text(9.4, 0.2, "live", color="C0", ha="right")
axes[0, 0].set_ylabel("share")
axes[1, 0].set_ylabel("part of PSI")
alt = "Above, the ten equal shares of the reference and the steps of two live weeks, which climb to the right, in the "
alt += (
    "second steeply. Below, each bin's part of PSI: tiny bars in the first week, tall ones at both ends in the second."
)
caption = "Look at the lower right: the two end bins add more than half of the sum, bins 6 to 8 hardly anything."
figure(fig, alt=alt, caption=caption)

# %% ks example="26.2"
from scipy import stats


def ks(a, b):
    places = np.sort(np.concatenate([a, b]))  # every value of both
    below_a = np.searchsorted(np.sort(a), places, side="right") / len(a)
    below_b = np.searchsorted(np.sort(b), places, side="right") / len(b)
    return np.abs(below_a - below_b).max()


tests = [stats.ks_2samp(reference, week) for week in weeks]
for week, test in zip(weeks, tests):
    print(f"{ks(reference, week):.4f}", np.isclose(ks(reference, week), test.statistic))
print(f"p-value of the first week: {tests[0].pvalue:.2g}")

# %% million fold
rng = np.random.default_rng(0)
a, b = rng.normal(0, 1, 1_000_000), rng.normal(0.01, 1, 1_000_000)
test = stats.ks_2samp(a, b)
print(f"statistic {test.statistic:.4f}", "p below 1e-6:", test.pvalue < 1e-6)

# %% kinds example="26.3"
cases = {"same": held_out}
cases["richer"] = draw(nature, mean=(1.5, 0))
cases["crisis"] = draw(nature, law=(-0.5, -1))
print("weights", weights.round(2))
for name, (rows, repaid) in cases.items():
    p = sigmoid(rows @ weights)  # (4000,)
    right = ((p > 0.5) == repaid).mean()
    print(name, f"accuracy {right:.3f} mean {p.mean():.3f}")

# %% green
for name in ["richer", "crisis"]:
    gaps = [ks(X[:, j], cases[name][0][:, j]) for j in (0, 1)]
    print(name, f"largest KS {max(gaps):.3f}")

# %% weeks-figure fold
rng = np.random.default_rng(1)
history = []
for week in range(1, 13):
    rows, repaid = draw(rng, mean=(1.5 if week >= 5 else 0, 0), law=(2, -1) if week < 9 else (-0.5, -1))
    p = sigmoid(rows @ weights)
    history.append([((p > 0.5) == repaid).mean(), p.mean()])
history = np.array(history)  # (12, 2)
fig, ax = plt.subplots(figsize=(6, 3.2))
ax.plot(range(1, 13), history[:, 0], "o-", color="C1")
ax.plot(range(1, 13), history[:, 1], "o-", color="C0")
for x, name in [(4.5, "inputs\nmove"), (8.5, "law\nchanges")]:
    ax.axvline(x, color="black", linestyle=":", alpha=0.5)
    ax.text(x + 0.1, 0.12, name, color="black", fontsize=9)
ax.text(1, 0.85, "accuracy", color="C1")
ax.text(1, 0.41, "mean prediction", color="C0")
ax.set(xlabel="week", ylim=(0, 1), xticks=range(1, 13))
alt = "Two lines over twelve weeks. At week 5 accuracy and mean prediction both step up. At week 9 accuracy falls far "
alt += "down, and the mean prediction stays where it was."
caption = "Look at week 9: the inputs stay moved, and only the line that needs labels falls."
figure(fig, alt=alt, caption=caption)

# %% blanks
p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])  # (3,) each
parts = (q - p) * np.log(q / p)
print(parts.round(4), round(parts.sum(), 4))


# %% gate example="26.5"
def gate(old, new, rng):
    if len(old) != len(new):
        raise ValueError("both models must answer the same items")
    gain = new.astype(float) - old  # (n,) -1, 0 or 1 for each item
    picks = rng.integers(0, len(gain), (2000, len(gain)))
    low, high = np.percentile(gain[picks].mean(axis=1), [2.5, 97.5])
    return "promote" if low > 0 else "hold", f"[{low:.3f}, {high:.3f}]"


rng, n = np.random.default_rng(0), 1000
old = rng.random(n) < 0.86  # (1000,) was the champion right?
new = np.where(rng.random(n) < 0.9, old, rng.random(n) < 0.95)
verdict, interval = gate(old, new, rng)
print(f"{old.mean():.3f} {new.mean():.3f} {new.mean() - old.mean():.3f}")
print(interval)
print(verdict)

# %% equal fold
olds = rng.random((2000, n)) < 0.86  # 2,000 contests of equals
news = np.where(rng.random((2000, n)) < 0.9, olds, rng.random((2000, n)) < 0.86)
ahead = news.mean(axis=1) - olds.mean(axis=1) > 0.0055
print("share of equals:", f"{ahead.mean():.2f}")


# %% routes
def in_canary(customer, percent):
    text = f"repay canary {customer}".encode()
    return int(hashlib.sha256(text).hexdigest(), 16) % 100 < percent


chosen = np.array([in_canary(customer, 5) for customer in range(10_000)])
print("in the canary:", f"{chosen.mean():.3f}")
night = np.array(mlflow.artifacts.load_dict(registry.get_model_version("repay", 2).source)["weights"])
shadow = (held_out[0] @ night > 0) != (held_out[0] @ weights > 0)
print("other decisions:", f"{shadow.mean():.3f}")

# %% loop
rows, repaid = cases["crisis"]  # (4000, 2), (4000,) its labels have arrived
rest = rows[3000:], repaid[3000:]  # 1,000 applicants for the gate
run = track("crisis", rows[:3000], repaid[:3000], 300, rest)
point("candidate", register(run))

right = {}
for alias in ["production", "candidate"]:
    right[alias] = (rest[0] @ load(alias) > 0) == rest[1]  # (1000,)
    print(alias, at(alias).version, f"{right[alias].mean():.3f}")
verdict, interval = gate(right["production"], right["candidate"], np.random.default_rng(0))
print(verdict, interval)
if verdict == "promote":
    point("previous", at("production").version)
    point("production", at("candidate").version)
print("in production: version", at("production").version)

# %% swapped
rows, repaid = held_out
for name, columns in [("as trained:", [0, 1]), ("swapped:", [1, 0])]:
    print(name, f"{((rows[:, columns] @ weights > 0) == repaid).mean():.3f}")

# %% label-shift
rows, repaid = held_out
keep = (repaid == 1) | (np.random.default_rng(0).random(4000) < 0.25)  # fewer bad ones
p = sigmoid(rows @ weights)
print(f"repaid {repaid.mean():.3f} then {repaid[keep].mean():.3f}")
print(f"predicted {p.mean():.3f} then {p[keep].mean():.3f}")


# %% bubble
def shown_items(rng, explore, rounds=3000):
    shows, clicks = np.ones(50), np.full(50, 0.5)  # 50 equally good items
    recent = []
    for i in range(rounds):
        item = rng.integers(50) if rng.random() < explore else (clicks / shows).argmax()
        shows[item] += 1
        clicks[item] += rng.random() < 0.3
        if i >= rounds - 1000:
            recent.append(item)
    return len(set(recent))


for explore in (0, 0.1):
    print("explore", explore, "items", shown_items(np.random.default_rng(0), explore))

# %% forget
holding = version(X, y)  # the data version that holds the customer
for run in mlflow.search_runs(output_format="list", order_by=["attributes.start_time ASC"]):
    print(run.info.run_name, "retrain" if run.data.params["data"] == holding else "look at its data")

# %% checklist
again = fit(X, y, 300)
checks = {
    "data: complete, labels 0 or 1": np.isfinite(X).all() and set(y) == {0, 1},
    "model: beats a coin": log_loss(again, *held_out) < np.log(2),
    "infrastructure: run repeats": np.array_equal(again, fit(X, y, 300)),
    "monitoring: alarm goes off": psi_parts(weeks[3]).sum() > 0.25,
}
for name, holds in checks.items():
    print(bool(holds), name)

# %% ks-ties
a, b = np.array([1, 2, 2, 3]), np.array([2, 2, 4])
print(round(ks(a, b), 4), round(stats.ks_2samp(a, b).statistic, 4))
print(ks(a, a), ks(a, a + 10))


# %% point-in-time
def join(events, features, strict=True):
    rows = []
    for customer, day in events:
        known = [(d, value) for c, d, value in features if c == customer and (d < day or not strict)]
        rows.append(max(known)[1] if known else None)
    return rows


features = [("ann", 1, 0), ("ann", 9, 3), ("bob", 4, 1)]  # customer, day, late payments
events = [("ann", 5), ("ann", 9), ("bob", 2)]  # customer, day of the decision
print("before the event:", join(events, features))
print("naive:", join(events, features, strict=False))


# %% dag
def run_dag(tasks, needs):
    state = {}

    def visit(name, above=()):
        if name in above:
            raise ValueError(f"cycle through {name}")
        if name not in state:
            ready = [visit(other, (*above, name)) == "done" for other in needs.get(name, [])]
            state[name] = "blocked" if not all(ready) else "done" if tasks[name]() else "failed"
        return state[name]

    for name in tasks:
        visit(name)
    return state


tasks = {"train": lambda: True, "clean": lambda: False, "load": lambda: True, "report": lambda: True}
for name, state in run_dag(tasks, {"train": ["clean"], "clean": ["load"], "report": ["load"]}).items():
    print(name, state)
try:
    run_dag(tasks, {"train": ["clean"], "clean": ["train"]})
except ValueError as error:
    print(error)

# %% sqlite-registry
import sqlite3

book = sqlite3.connect(":memory:")
book.execute("CREATE TABLE versions (number INTEGER PRIMARY KEY, weights TEXT)")
book.execute("CREATE TABLE log (step INTEGER PRIMARY KEY, number INTEGER)")


def current():
    return book.execute("SELECT number FROM log ORDER BY step DESC").fetchone()[0]


def put_live(number):
    if not book.execute("SELECT 1 FROM versions WHERE number = ?", [number]).fetchone():
        raise ValueError(f"unknown version {number}")
    book.execute("INSERT INTO log (number) VALUES (?)", [number])


def back():
    book.execute("DELETE FROM log WHERE step = (SELECT MAX(step) FROM log)")


# %% sqlite-use
for text in ("[2, -1]", "[2, 0]", "[-0.5, -1]"):
    book.execute("INSERT INTO versions (weights) VALUES (?)", [text])
for number in (1, 2, 3):
    put_live(number)
live_versions = [current()]
for _ in range(2):
    back()
    live_versions.append(current())
print("live, then back twice:", live_versions)
try:
    put_live(9)
except ValueError as error:
    print(error)

# %% hidden-shift
rng = np.random.default_rng(0)
before, after = rng.normal(size=(2, 5000, 2))  # each (5000, 2)
after[:, 1] = 0.8 * after[:, 0] + 0.6 * after[:, 1]  # the columns now move together
print("KS a column:", *[f"{ks(before[:, j], after[:, j]):.3f}" for j in (0, 1)])
rows = np.vstack([before, after])  # (10000, 2)
pairs = np.column_stack([rows, rows[:, 0] * rows[:, 1]])  # (10000, 3)
side = np.repeat([0, 1], 5000)
order = rng.permutation(10_000)
seen, kept = order[:8000], order[8000:]
from sklearn.linear_model import LogisticRegression

guess = LogisticRegression().fit(pairs[seen], side[seen])
print("old or new, guessed:", f"{guess.score(pairs[kept], side[kept]):.2f}")
