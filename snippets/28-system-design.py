"""Chapter 28: from one sentence to a whole system."""

# %% clock
minutes = {"clarify": 5, "frame": 5, "data, features": 8}
minutes |= {"model": 8, "evaluation": 7, "serving": 7}
start = 0
for part, share in minutes.items():
    print(f"{start:2d} {part}")
    start += share
print(start, "end")

# %% questions fold
boxes = [
    ("1 requirements", "Which number of the\nbusiness should move?"),
    ("2 framing", "What is predicted,\nfor whom, and when?"),
    ("3 labels", "Who or what says\nthat it went well?"),
    ("4 features", "Is it known at the\nmoment of asking?"),
    ("5 model", "What is the baseline,\nand what does it miss?"),
    ("6 evaluation", "Which result would\nstop the launch?"),
    ("7 serving", "What breaks first,\nand who notices?"),
]

# %% canvas fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 4))
for i, (name, question) in enumerate(boxes):
    x, y, width = (i % 2) * 3, 3 - i // 2, 5.8 if i == 6 else 2.8
    ax.add_patch(plt.Rectangle((x, y), width, 0.9, color=f"C{i % 6}", alpha=0.2))
    ax.text(x + 0.1, y + 0.66, name, color="black", fontsize=11, weight="bold")
    ax.text(x + 0.1, y + 0.1, question, color="black", fontsize=10.5)
ax.set(xlim=(0, 5.8), ylim=(-0.02, 3.95))
ax.axis("off")
asked = [f"{name}: {question}".replace("\n", " ") for name, question in boxes]
alt = "Seven boxes, two in a row and the last one alone. " + " ".join(asked)
figure(fig, alt=alt, caption="Read row by row. The box for the model is the fifth of seven.")

# %% three-speeds
seconds = {"linear": 1e-6, "trees": 20e-6, "large net": 1e-3}  # assumed
for model, each in seconds.items():
    quick, night = round(0.15 / each), round(8 * 3600 / each)
    print(f"{model}: {quick} in 150 ms, {night} overnight")

# %% envelope example="28.1"
users, loads, day = 10_000_000, 5, 86_400  # assumed: five loads a day
qps = users * loads / day
peak = 3 * qps  # assumed: the busiest time is three times the average
fresh, candidates, each = 100_000, 500, 20e-6  # 20 microseconds: assumed
print("average QPS", round(qps))
print("peak QPS", round(peak))
print(f"rank all {fresh * each:.1f} s")
print(f"rank candidates {candidates * each * 1000:.0f} ms")
print(f"vectors {fresh * 128 * 4 / 1e6:.1f} MB")  # 128 float32 each

# %% budget
steps = {"network": 30, "user features": 10, "retrieval": 10}  # assumed ms
steps |= {"article features": 20, "ranking": 10, "rules": 5, "answer": 15}
print("sum", sum(steps.values()), "left", 150 - sum(steps.values()))

# %% tail
import numpy as np

rng = np.random.default_rng(0)
means = np.array(list(steps.values()))  # (7,)
times = rng.gamma(2, means / 2, size=(100_000, 7))  # assumed spread
total = times.sum(axis=1)  # (100000,)
print("average", round(total.mean()), "p99", round(np.percentile(total, 99)))
print("late", round((total > 150).mean(), 3))

# %% latency-hist fold
fig, ax = plt.subplots(figsize=(6, 3))
ax.hist(total, bins=np.arange(0, 301, 5), color="C0", alpha=0.6)
for x, name, y in [(total.mean(), "average", 7900), (150, "promised", 6300), (np.percentile(total, 99), "p99", 4700)]:
    ax.plot([x, x], [0, y + 500], color="black", linestyle=":")
    ax.text(x + 3, y, name, color="black", fontsize=11)
ax.set(xlabel="milliseconds", ylabel="requests", xlim=(0, 300), ylim=(0, 8700))
alt = (
    "A hump of answer times with a long right tail. From left to right: a line at the average, at its middle; a line "
    "at the promised 150 milliseconds, in the tail; a line at p99, further out."
)
figure(fig, alt=alt, caption="Look to the right of the line “promised”: these requests come too late.")

# %% more-machines
for cores in (20, 40):  # a request keeps one core busy for 10 ms
    done = 10 * (np.arange(200) // cores + 1)  # (200,) ms until each is answered
    print(cores, "cores: first", done[0], "ms, all", done[-1], "ms")

# %% click-or-dwell
article = np.array(["A"] * 5 + ["B"] * 5)
dwell = np.array([4, 6, 0, 5, 40, 0, 65, 0, 90, 0])  # s; 0 is no click
for name in ("A", "B"):
    seconds_read = dwell[article == name]  # (5,)
    ctr, engaged = (seconds_read > 0).mean(), (seconds_read >= 30).mean()
    print(f"{name} CTR {ctr:.1f} engaged {engaged:.1f}")

# %% position example="28.4"
rng, n = np.random.default_rng(0), 20_000
examined = np.array([1, 0.5, 0.33, 0.25, 0.2])  # chance to be seen
quality = np.array([0.2, 0.2, 0.2, 0.2, 0.4])  # click if seen
seen = rng.random((n, 5)) < examined
clicks = seen & (rng.random((n, 5)) < quality)  # (20000, 5)
ctr = clicks.mean(axis=0)
print("CTR", ctr.round(3))
print("CTR / examined", (ctr / examined).round(3))

# %% position-bars fold
fig, axes = plt.subplots(1, 2, figsize=(6, 2.7), sharey=True)
for ax, heights, colour, title in zip(
    axes, [ctr, ctr / examined], ["C0", "C1"], ["clicks / shown", "divided by\nexamination"]
):
    bars = ax.bar(np.arange(1, 6), heights, color=colour)
    ax.bar_label(bars, [f"{h:.2f}" for h in heights], color="black", fontsize=9)
    ax.set_title(title, fontsize=11)
    ax.set(xlabel="slot", ylim=(0, 0.47), xticks=range(1, 6))
alt = (
    "Two rows of five bars, one for each slot. Left, the first bar is the tallest and the last is less "
    "than half as tall. Right, four bars are about equal and the last is twice as tall."
)
figure(fig, alt=alt, caption="Compare the first bar and the last in both panels.")

# %% same-article
alike = seen & (rng.random((n, 5)) < 0.2)  # one quality in every slot
print("CTR", alike.mean(axis=0).round(3))

# %% one-day-articles fold
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

topic = np.repeat(np.arange(300), 100)  # article of each row, by age
liked = rng.random(30_000) < rng.beta(2, 8, 300)[topic]  # clicks


def auc(train, test):
    shown = np.bincount(topic[train], minlength=300)
    rate = np.bincount(topic[train], liked[train], 300) / np.maximum(shown, 1)
    return round(roc_auc_score(liked[test], rate[topic[test]]), 2)


# %% split
rows = np.arange(30_000)  # the last 50 articles are not published yet
past, live = rows[:25_000], rows[25_000:]
train, test = train_test_split(past, stratify=liked[past], random_state=0)
print("stratified", auc(train, test))
print("by time", auc(past[:20_000], past[20_000:]))
print("live", auc(past, live))

# %% retrieve example="28.3"
rng = np.random.default_rng(0)
items = rng.standard_normal((100_000, 32)).astype(np.float32)
items /= np.linalg.norm(items, axis=1, keepdims=True)
user = rng.standard_normal(32).astype(np.float32)
user /= np.linalg.norm(user)
dots = items @ user  # (100000,) what the retriever sees
truth = dots + 0.1 * rng.standard_normal(100_000)  # what the ranker sees
wanted, by_dot = np.argsort(-truth)[:20], np.argsort(-dots)
for k in (20, 100, 500, 2000, 5000):
    print(k, f"{np.isin(wanted, by_dot[:k]).mean():.2f}")

# %% knee fold
ks = np.unique(np.geomspace(20, 5000, 60).astype(int))
recalls = [np.isin(wanted, by_dot[:k]).mean() for k in ks]
fig, ax = plt.subplots(figsize=(6, 3.2))
ax.plot(ks, recalls, color="C0")
ax.text(75, 0.62, "recall", color="C0", fontsize=11, ha="right")
ax.axvline(500, color="black", linestyle=":")
ax.set(xscale="log", xlabel="candidates", ylabel="recall of the true top 20", ylim=(0, 1.05))
right = ax.twinx()
right.plot(ks, ks * each * 1000, color="C1", linestyle="--")
right.text(560, 50, "ranking time", color="C1", fontsize=11)
right.set(ylabel="ms, assumed", ylim=(0, 105))
ax.set_xticks([20, 100, 500, 2000, 5000], ["20", "100", "500", "2000", "5000"])
ax.minorticks_off()
alt = (
    "Over a logarithmic axis of candidates, recall climbs from about 0.2 and flattens towards 1; ranking time stays "
    "low at first and shoots up at the right end. A dotted line at 500 stands before the steep part."
)
figure(fig, alt=alt, caption="At the dotted line three quarters are found and the time curve is still low.")

# %% one-stage
short, pool = by_dot[:20], by_dot[:500]
ranked = pool[np.argsort(-truth[pool])][:20]  # the ranker orders the pool
print("retriever alone", np.isin(wanted, short).mean())
print("retriever, then ranker", np.isin(wanted, ranked).mean())

# %% funnel fold
fig, ax = plt.subplots(figsize=(6, 3))
bars = {"100,000 fresh": (100_000, 1.0), "500 candidates": (500, np.isin(wanted, pool).mean())}
bars["20 shown"] = (20, np.isin(wanted, ranked).mean())
for i, (name, (count, recall)) in enumerate(bars.items()):
    width = np.log10(count)
    ax.barh(-i, width, left=-width / 2, color=f"C{i}", alpha=0.35, height=0.6)
    ax.text(0, -i + 0.13, name, color="black", fontsize=10, ha="center", va="center", weight="bold")
    ax.text(0, -i - 0.13, f"recall {recall:.2f}", color="black", fontsize=10, ha="center", va="center")
for y, step in ((-0.5, "retrieval 10 ms"), (-1.5, "ranking 10 ms")):
    ax.text(0, y, step, color="black", fontsize=10, ha="center", va="center")
ax.set(xlim=(-2.6, 2.6), ylim=(-2.4, 0.4))
ax.axis("off")
alt = (
    "Three bars, one below the other and each narrower: 100,000 fresh articles with recall 1.00; after retrieval in "
    "10 ms, 500 candidates with recall 0.75; after ranking in 10 ms, 20 shown with recall 0.75."
)
figure(fig, alt=alt, caption="Widths are logarithms, times assumed. Compare recall before and after the first cut.")

# %% towers
rng = np.random.default_rng(0)
tower_u, tower_a = rng.normal(size=(6, 4)), rng.normal(size=(9, 4))
person, shelf = rng.normal(size=6), rng.normal(size=(1000, 9))
index = np.tanh(shelf @ tower_a)  # (1000, 4) hourly, before anyone asks
scores = index @ np.tanh(person @ tower_u)  # (1000,) at the request
one = np.tanh(person @ tower_u) @ np.tanh(shelf[7] @ tower_a)
print("same score:", np.isclose(scores[7], one))
print("multiplications at the request:", 6 * 4 + 1000 * 4)
print("with nothing computed ahead:", 6 * 4 + 1000 * (9 * 4 + 4))

# %% rules
ranking, feed = ["a1", "a2", "a3", "b1", "a4", "c1", "b2"], []
for candidate in ranking:
    if sum(chosen[0] == candidate[0] for chosen in feed) < 2:
        feed.append(candidate)
feed.insert(3, "new")  # a slot kept for exploration
print(feed)

# %% cold
old_lucky_new = np.array([[40, 400], [3, 5], [0, 0]])  # clicks, shown
got, shown = old_lucky_new.T
print("raw", (got / np.maximum(shown, 1)).round(3))
print("smoothed", ((got + 50 * 0.12) / (shown + 50)).round(3))

# %% ndcg example="28.2"
from sklearn.metrics import ndcg_score

rels = np.array([3, 0, 2, 1, 0])  # grades in the order shown
discount = np.log2(np.arange(2, 7))  # (5,)
dcg = ((2**rels - 1) / discount).sum()
ideal = ((2 ** np.sort(rels)[::-1] - 1) / discount).sum()
print(f"{dcg:.4f} {ideal:.4f} {dcg / ideal:.4f}")
library = ndcg_score([2**rels - 1], [[5, 4, 3, 2, 1]])
print("library agrees:", np.isclose(library, dcg / ideal))

# %% downsampled example="28.5"
said, w = 0.2, 0.1
print(f"{said / (said + (1 - said) / w):.4f}")

# %% auc-blind
rng = np.random.default_rng(0)
p = rng.beta(1, 40, 100_000)  # (100000,) true chances
y = rng.random(100_000) < p
sample = p / (p + w * (1 - p))  # a model trained on the sample
fixed = sample / (sample + (1 - sample) / w)
for name, q in (("sample", sample), ("corrected", fixed)):
    print(name, "AUC", round(roc_auc_score(y, q), 3), "mean", round(q.mean(), 3))
print("clicked", round(y.mean(), 3))

# %% ship-it
appeal, worth = rng.random((2, 2000, 10))  # 2,000 pages of 10 articles
clicked = rng.random((2000, 10)) < appeal
stays = clicked & (rng.random((2000, 10)) < worth)  # read to the end
for name, score in (("old", appeal * worth), ("new", appeal)):
    top = np.argsort(-score, axis=1)[:, :3]
    engaged = np.take_along_axis(stays, top, axis=1).sum(axis=1).mean()
    print(name, "NDCG@3", round(ndcg_score(clicked, score, k=3), 2), "read", round(engaged, 2))

# %% storage
impressions = users * loads * 20  # a day, 20 articles a load
log_tb = impressions * 100 * 90 / 1e12  # 100 bytes a row, 90 days: assumed
print("log TB", log_tb)
print("user vectors GB", users * 128 * 4 / 1e9)
links = fresh * 32 * 4  # assumed: 32 neighbours of 4 bytes in the index
print("index MB", (fresh * 128 * 4 + links) / 1e6)

# %% cost
hour, month = 0.05, 730  # $ a core-hour, assumed; hours a month
for name, ranked_items in (("candidates", candidates), ("all", fresh)):
    cores = peak * ranked_items * each / 0.6  # at most 60 % busy: assumed
    dollars = cores * hour * month
    print(name, round(cores), "cores", round(dollars), "$ a month")
disk = log_tb * 1000 * 0.02  # $ a GB-month, assumed
print("disk", round(disk), "$")
per_thousand = (peak * candidates * each / 0.6 * hour * month + disk) / (users * loads * 30 / 1000)
print(f"cents a thousand loads {100 * per_thousand:.3f}")

# %% envelope-blanks
songs, listeners, mixes = 50_000_000, 2_000_000, 3
peak_mix = 3 * listeners * mixes / 86_400
print("peak QPS", round(peak_mix))
print("vectors GB", songs * 64 * 4 / 1e9)


# %% search-design
docs, searches = 50_000_000, 20_000_000  # assumed, as all below
print("peak QPS", round(3 * searches / 86_400))
exact, codes = docs * 128 * 4 / 1e9, docs * 64 / 1e9
print("vectors GB", exact, "as 64-byte codes", codes)
share = 1 / np.arange(1, 1_000_001)  # the r-th query comes 1/r as often
share /= share.sum()
hit = share[:10_000].sum()  # the most frequent 1 % are cached
print("cache hits", round(hit, 2))
print("peak QPS behind the cache", round(3 * searches / 86_400 * (1 - hit)))

# %% fraud-scores
rng = np.random.default_rng(0)
n, stolen, annoyed, look = 200_000, 120, 30, 2  # payments a day; $, assumed
fraud = rng.random(n) < 0.001
z = rng.normal(size=n) + 3.5 * fraud  # the model's score
cuts = np.linspace(1, 7, 121)
missed = np.array([(fraud & (z < c)).sum() for c in cuts])
blocked = np.array([(z >= c).sum() for c in cuts])
caught = fraud.sum() - missed
costs = stolen * missed + annoyed * (blocked - caught)
best = costs.argmin()
print("frauds", fraud.sum(), "cost if none is blocked", stolen * fraud.sum())
print("accuracy of “all fine”", round(1 - fraud.mean(), 3))
print("best cut costs", costs[best])
print("precision", round(caught[best] / blocked[best], 2), "recall", round(caught[best] / fraud.sum(), 2))

# %% fraud-queue
team = 600  # reviews that the team can do in a day, assumed
queue = np.argsort(-z)[:team]  # the highest scores go to people
by_hand = fraud[queue].sum()
print("frauds among the reviewed", by_hand)
print("cost with people", stolen * (fraud.sum() - by_hand) + look * team)
for days in (7, 30, 60):  # chargebacks take 30 days on average, assumed
    print("known after", days, "days:", round(1 - np.exp(-days / 30), 2))

# %% auction
for name, bid, told in (("A", 1.0, 0.5), ("B", 3.0, 0.2)):
    honest = told / (told + (1 - told) / 0.1)
    print(name, "as told", round(bid * told, 2), "corrected", round(bid * honest, 3))
a_day = 1_000_000_000  # assumed impressions, 1 % clicked
kept = a_day * 0.01 + a_day * 0.99 * 0.1
print("rows kept", round(kept / a_day, 3))

# %% moderation
rng = np.random.default_rng(0)
posts, seconds_each, shift = 5_000_000, 60, 6 * 3600  # assumed
print("reviewers for all", round(posts * seconds_each / shift))
risk = rng.beta(0.02, 1.2, 500_000)  # assumed, and calibrated
bad = rng.random(500_000) < risk
remove, ask = risk >= 0.95, (risk >= 0.3) & (risk < 0.95)
print("bad", round(bad.mean(), 4), "asked", round(ask.mean(), 4))
print("reviewers", round(ask.mean() * posts * seconds_each / shift))
print("wrongly removed", round((~bad[remove]).mean(), 3))
print("found", round((bad & (remove | ask)).sum() / bad.sum(), 2))

# %% assistant
tickets, passages, answer = 20_000, 5, 250  # a day; tokens of an answer
tokens_in = 400 + passages * 300 + 150  # rules, passages, question
price_in, price_out = 1.0, 4.0  # $ a million tokens: all assumed
each_ticket = (tokens_in * price_in + answer * price_out) / 1e6
print("tokens in", tokens_in, "$ a ticket", round(each_ticket, 5))
print("$ a day", round(tickets * each_ticket))
print("seconds until the end", 0.05 + 0.4 + answer * 0.02)
wrong, asked = 8, 200  # of an evaluation set
rate = wrong / asked
half_width = 1.96 * np.sqrt(rate * (1 - rate) / asked)
print("wrong", rate, "plus or minus", round(half_width, 3))

# %% loop fold
rng = np.random.default_rng(0)


def histories(explore, runs=200, articles=20, days=100):
    rate = rng.uniform(0.05, 0.25, (runs, articles))
    got, seen = rng.binomial(10, rate), np.full((runs, articles), 10)
    row = np.arange(runs)[:, None]
    for _ in range(days):
        order = np.argsort(-got / seen, axis=1)  # best estimate first
        chosen = order[:, :3].copy()
        if explore:  # the third slot shows any other article
            other = rng.integers(2, articles, runs)
            chosen[:, 2] = order[row[:, 0], other]
        got[row, chosen] += rng.binomial(20, rate[row, chosen])
        seen[row, chosen] += 20
    order = np.argsort(-got / seen, axis=1)[:, :3]
    return (order == rate.argmax(axis=1)[:, None]).any(axis=1).mean()


# %% loop-run
print("always the best known:", round(histories(explore=False), 2))
print("one slot explores:", round(histories(explore=True), 2))

# %% weighted-training
rng = np.random.default_rng(0)
X = rng.normal(size=(3000, 10, 4))  # queries, slots, features
quality = 1 / (1 + np.exp(2 - X @ np.array([1.0, -1.0, 0.5, 0.0])))
old = np.argsort(-X[..., 3], axis=1)  # the old ranker used a useless feature
X = np.take_along_axis(X, old[..., None], axis=1)
quality = np.take_along_axis(quality, old, axis=1)
look_at = 1 / np.arange(1, 11) ** 1.5  # (10,) examination
clicks = rng.random((3000, 10)) < look_at * quality

# %% weighted-fit
from sklearn.linear_model import LogisticRegression

true_grades = (rng.random((3000, 10)) < quality).astype(int)  # if all were seen
flat = X.reshape(-1, 4)
for name, weight in (("plain", np.ones(10)), ("weighted", 1 / look_at)):
    per_row = np.where(clicks, weight, 1.0).ravel()
    fit = LogisticRegression().fit(flat, clicks.ravel(), sample_weight=per_row)
    new = fit.decision_function(flat).reshape(3000, 10)
    print(name, "NDCG@10", round(ndcg_score(true_grades, new), 2))
print("old ranker", round(ndcg_score(true_grades, X[..., 3]), 2))

# %% objectives
rng = np.random.default_rng(0)
reads, reports = rng.random(200), rng.beta(1, 12, 200)  # two predictions
for penalty in (0, 2, 8):
    best = np.argsort(-(reads - penalty * reports))[:20]
    print("weight", penalty, reads[best].mean().round(2), reports[best].mean().round(3))
allowed = np.flatnonzero(reports < 0.05)
best = allowed[np.argsort(-reads[allowed])[:20]]
print("limit", reads[best].mean().round(2), reports[best].mean().round(3))

# %% capacity
loads_a_month = users * loads * 30
sent = loads_a_month * 20 * 2_000 / 1e12  # 20 articles of 2 kB: assumed
print("network TB a month", sent, "peak MB a second", round(peak * 40_000 / 1e6))
popular = 1 / np.arange(1, users + 1) ** 0.8  # how often users come: assumed
popular /= popular.sum()
for part in (0.01, 0.1, 0.3):
    print("cached", part, "hits", round(popular[: int(part * users)].sum(), 2))


# %% recalibrate
def recalibrate(p, w):
    p = np.asarray(p, dtype=float)
    return p / (p + (1 - p) / w)


print(recalibrate([0, 0.2, 1], 0.1).round(4))
print(recalibrate([0, 0.2, 1], 1))


# %% ndcg-all
def dcg(rels):
    rels = np.asarray(rels, dtype=float)
    return ((2**rels - 1) / np.log2(np.arange(2, len(rels) + 2))).sum()


def ndcg(rels, k, among=None):
    every = rels if among is None else among
    best = dcg(sorted(every, reverse=True)[:k])  # of all items, then cut
    return dcg(rels[:k]) / best if best > 0 else 0.0


print(round(ndcg([3, 0, 2, 1, 0], 5), 4), round(ndcg([1, 0, 0, 3], 2), 4))
print(round(ndcg([3, 0], 9), 4), ndcg([0, 0, 0], 2))
print(ndcg([2, 1], 2), round(ndcg([2, 1], 2, among=[3, 2, 1, 0]), 4))


# %% two-stage
def two_stage(user, items, retrieve_k, ranker, final_k):
    pool = np.argsort(-(items @ user), kind="stable")[:retrieve_k]
    scores = np.array([ranker(item) for item in pool])
    return pool[np.argsort(-scores, kind="stable")][:final_k]


def recall_at_k(relevant, ranked, k):
    relevant = set(relevant)
    return len(relevant & set(ranked[:k])) / len(relevant) if relevant else 0.0


calls = []


def counting(item):
    calls.append(item)
    return truth[item]


found = two_stage(user, items, 500, counting, 20)
print("calls", len(calls), "recall", recall_at_k(wanted, found, 20))
print("k above n:", len(two_stage(user, items[:30], 500, counting, 20)))


# %% ips
def ips_ctr(clicks, propensities, clip):
    safe = np.maximum(propensities, clip)  # no division by zero either
    return clicks.mean(axis=0) / safe


rng = np.random.default_rng(0)
rare = np.array([1, 0.2, 0.01, 0])  # chance to be seen, true quality 0.2
for clip in (1e-9, 0.05):
    runs = rng.random((500, 1000, 4)) < 0.2 * rare
    est = np.array([ips_ctr(one, rare, clip) for one in runs])  # (500, 4)
    print("clip", clip, est.mean(axis=0).round(2), "spread", est.std(axis=0).round(2))

# %% own-prompt
design = {
    "requirements": "pick a restaurant; 300 ms; 1 M users in one city",
    "framing": "P(order | user, restaurant, hour), ranking",
    "labels": "order and no complaint within a day",
    "features": "distance now, past orders, opening hours",
    "model": "nearest open ones by orders; then boosted trees",
    "evaluation": "NDCG@10 by time; orders; guardrail: waiting time",
    "serving": "2,000 restaurants: one stage is enough",
}
print("boxes filled:", sum(map(bool, design.values())))
print(f"rank all {2_000 * 20e-6 * 1000:.0f} ms")
print("peak QPS", round(3 * 1_000_000 * 2 / 86_400))

# %% by-user-time
events = [("u1", 1), ("u2", 2), ("u1", 5), ("u2", 7), ("u1", 9)]  # user, day


def time_split(events, cut):
    train = [event for event in events if event[1] < cut]
    test = [event for event in events if event[1] >= cut]
    known = {user: sum(u == user for u, _ in train) for user, _ in events}
    return train, test, known


train, test, known = time_split(events, cut=6)
print(len(train), len(test), known)
