"""Chapter 10: how good are the predictions?"""

# %% accuracy example="10.1"
import numpy as np

ill = np.array([1] * 5 + [0] * 95)  # (100,) 1 = ill, 0 = healthy
never = np.zeros_like(ill)  # "healthy" for everybody
print((never == ill).mean())

# %% rivals
found, missed, alarms, quiet = [1] * 4, [0], [1] * 6, [0] * 89
program_b = np.array(found + missed + alarms + quiet)  # (100,)
for name, said in [("never", never), ("B", program_b)]:
    right = (said == ill).mean()
    print(f"{name}: accuracy {right} ill found {said[ill == 1].sum()}")

# %% counts example="10.2"
truth = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])  # (10,)
flags = np.array([1, 1, 0, 0, 1, 0, 0, 0, 0, 0])

def counts(y, said):
    tp = ((said == 1) & (y == 1)).sum()
    fp = ((said == 1) & (y == 0)).sum()
    fn = ((said == 0) & (y == 1)).sum()
    tn = ((said == 0) & (y == 0)).sum()
    return tp, fp, fn, tn

tp, fp, fn, tn = counts(truth, flags)
print(f"TP={tp} FP={fp} FN={fn} TN={tn}")

# %% ratios example="10.3"
def ratios(y, said):
    tp, fp, fn, _ = counts(y, said)
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    f1 = 2 * tp / (2 * tp + fp + fn)
    return [round(float(r), 3) for r in (precision, recall, f1)]

precision, recall, f1 = ratios(truth, flags)
accuracy = (flags == truth).mean()
print("precision", precision, "recall", recall)
print("F1", f1, "accuracy", round(accuracy, 3))

# %% extremes
everybody, first = np.ones(10), np.eye(10)[0]  # (10,) each
print("flag everybody: precision, recall", ratios(truth, everybody)[:2])
print("flag the first: precision, recall", ratios(truth, first)[:2])

# %% means example="10.7"
for P, R in [(1, 0.02), (0.5, 0.5), (0.9, 0.6)]:
    harmonic = 2 * P * R / (P + R)
    print(round((P + R) / 2, 3), round(harmonic, 3))

# %% library
from sklearn import metrics

print(metrics.confusion_matrix(truth, flags))  # (2, 2) truth in rows
grades = [metrics.precision_score, metrics.recall_score, metrics.f1_score]
print("library", [round(grade(truth, flags), 3) for grade in grades])
specificity = metrics.recall_score(truth, flags, pos_label=0)
print("specificity", round(specificity, 3), round(tn / (tn + fp), 3))

# %% screening example="10.10"
people, prevalence, sensitivity, specificity = 10_000, 0.01, 0.99, 0.95
hits = people * prevalence * sensitivity
false_alarms = people * (1 - prevalence) * (1 - specificity)
print(round(hits / (hits + false_alarms), 3))
print(round(hits, 3), round(false_alarms, 3))

# %% tree fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 3.4))
n_ill, n_well = people * prevalence, people * (1 - prevalence)
names = [f"{people:,} people", f"{n_ill:.0f} ill", f"{n_well:,.0f} healthy"]
names += [f"{hits:.0f}\nflagged", f"{n_ill - hits:.0f}\nmissed"]
names += [f"{false_alarms:.0f}\nflagged", f"{n_well - false_alarms:,.0f}\ncleared"]
places = [(3, 2.6), (1.5, 1.5), (4.5, 1.5), (0.7, 0.3), (2.2, 0.3), (3.8, 0.3), (5.3, 0.3)]
colours = ["black", "C1", "C0", "C1", "C1", "C0", "C0"]
for place, name, colour in zip(places, names, colours):
    ax.text(*place, name, color=colour, ha="center", va="center", fontsize=11)
for i, j in [(0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (2, 6)]:
    ends = np.array([places[i], places[j]]) + [[0, -0.15], [0, 0.3]]
    ax.plot(*ends.T, color="black", alpha=0.4)
ax.set(xlim=(0, 6), ylim=(-0.1, 2.9))
ax.axis("off")
alt = "A tree: 10,000 people part into 100 ill and 9,900 healthy; 99 of the ill and 495 of the healthy are flagged."
caption = "Compare the flagged groups: a few per cent of very many outweigh nearly all of few."
figure(fig, alt=alt, caption=caption)

# %% cut fold
rng = np.random.default_rng(0)
bins, lefts = np.linspace(-4, 4.4, 43), np.linspace(-4, 4.2, 42)
humps = [np.histogram(rng.normal(centre, 1, 4000), bins, density=True)[0] for centre in (1.2, -1.2)]
fig, axes = plt.subplots(2, 1, figsize=(6, 4), sharex=True)
for ax, place in zip(axes, (-0.2, 1.0)):
    for sign, heights, colour in zip((1, -1), humps, ("C1", "C0")):
        for part, alpha in [(lefts > place - 0.1, 0.85), (lefts < place - 0.1, 0.35)]:
            ax.bar(lefts[part], sign * heights[part], 0.2, align="edge", color=colour, alpha=alpha)
    ax.axvline(place, color="black")
    for x, y, word in [(3.6, 0.2, "TP"), (-2.3, 0.2, "FN"), (3.6, -0.3, "FP"), (-3.7, -0.24, "TN")]:
        ax.text(x, y, word, color="black", fontsize=11)
    ax.text(place + 0.1, 0.46, "cut", color="black")
    ax.set(ylim=(-0.5, 0.58), yticks=[], xlim=(-4.1, 4.4))
axes[0].text(4.3, 0.42, "scores of the ill", color="C1", ha="right")
axes[0].text(4.3, -0.47, "scores of the healthy", color="C0", ha="right")
axes[1].set_xlabel("score")
alt = "The scores of the ill form a hump above the axis, those of the healthy one below it, farther left. "
alt += "A cut parts both; it stands farther right in the lower panel."
caption = "Follow the cut from the upper to the lower panel: FP shrinks, and FN grows."
figure(fig, alt=alt, caption=caption)

# %% thresholds example="10.6"
labels = np.array([1, 0, 1, 0, 1, 0])  # (6,)
scores = np.array([0.9, 0.8, 0.7, 0.4, 0.35, 0.1])
for cut in (0.3, 0.5, 0.75):
    said = (scores >= cut).astype(int)
    print(cut, *(f"{ratio:.3f}" for ratio in ratios(labels, said)))

# %% against-threshold fold
cuts = np.linspace(0, 0.9, 181)
both = np.array([ratios(labels, (scores >= cut - 1e-9).astype(int))[:2] for cut in cuts])  # (181, 2)
fig, ax = plt.subplots(figsize=(6, 3))
ax.step(cuts, both[:, 1], color="C1", linewidth=5, alpha=0.6)
ax.step(cuts, both[:, 0], color="C0", linewidth=2)
ax.text(0.12, 1.03, "recall", color="C1")
ax.text(0.13, 0.5, "precision", color="C0")
ax.set(xlabel="threshold", ylim=(0, 1.14), xlim=(0, 0.93))
alt = "Against the threshold, recall goes down in two steps. Precision goes up, down at 0.35 and 0.7, and ends at 1."
caption = "Follow each line to the right: recall never rises, precision rises and falls."
figure(fig, alt=alt, caption=caption)

# %% blanks
said = (scores >= 0.38).astype(int)  # (6,)
tp, fp, fn, tn = counts(labels, said)
print("specificity", round(tn / (tn + fp), 3))
print("F1", round(2 * tp / (2 * tp + fp + fn), 3))

# %% best-threshold
def best_threshold(y, s, cost_fp, cost_fn):
    cuts = [-np.inf, *np.unique(s), np.inf]  # flag all ... flag none
    totals = []
    for cut in cuts:
        _, fp, fn, _ = counts(y, (s >= cut).astype(int))
        totals.append(cost_fp * fp + cost_fn * fn)
    return float(cuts[np.argmin(totals)])


print("misses dear:", best_threshold(labels, scores, 1, 10))
print("alarms dear:", best_threshold(labels, scores, 10, 1))
print("scores reversed:", best_threshold(labels, -scores, 10, 1))

# %% cost-cut
rng = np.random.default_rng(0)
p = rng.random(100_000)  # honest: p of 0.2 comes true in 20 %
y = rng.random(100_000) < p
for cut in (0.1, 0.2, 0.3, 0.5):
    _, fp, fn, _ = counts(y, p >= cut)
    print("cut", cut, "cost a person", round((fp + 4 * fn) / 100_000, 2))

# %% pairs example="10.5"
def won_pairs(y, s):
    gaps = s[y == 1][:, None] - s[y == 0]  # (positives, negatives)
    return float((gaps > 0).sum() + 0.5 * (gaps == 0).sum()), gaps.size

won, pairs = won_pairs(labels, scores)
print("won", won, "of", pairs, "AUC", round(won / pairs, 3))

# %% roc
ranked = labels[np.argsort(-scores)]  # (6,) labels, best score first
tpr = np.append(0, np.cumsum(ranked == 1)) / (ranked == 1).sum()  # (7,)
fpr = np.append(0, np.cumsum(ranked == 0)) / (ranked == 0).sum()
print(tpr.round(3).tolist())
print(fpr.round(3).tolist())
steps, heights = np.diff(fpr), (tpr[1:] + tpr[:-1]) / 2  # (6,) each
print("area", round((steps * heights).sum(), 3))

# %% tie
tied = np.array([0.9, 0.8, 0.7, 0.4, 0.4, 0.1])  # (6,) 0.4 twice
won, pairs = won_pairs(labels, tied)
print("won", won, "AUC", round(won / pairs, 3))
keep = [0, 1, 2, 3, 5, 6]  # no stop between the tied two
print("trapezoids", round(np.trapezoid(tpr[keep], fpr[keep]), 3))
for name, s in [("library", tied), ("log", np.log(tied)), ("minus", -tied)]:
    print(name, round(metrics.roc_auc_score(labels, s), 3))

# %% average-precision
at = np.arange(1, 7)  # (6,) ranks
precisions = np.cumsum(ranked) / at  # (6,) after each person
print("precision", precisions.round(3).tolist())
print("AP", round(precisions[ranked == 1].mean(), 3))
print("library", round(metrics.average_precision_score(labels, scores), 3))

# %% curves fold
fig, (left, right) = plt.subplots(1, 2, figsize=(6, 3.2), sharey=True)
left.fill_between(fpr, tpr, color="C0", alpha=0.25)
left.plot(fpr, tpr, "o-", color="C0", clip_on=False)
left.plot([0, 1], [0, 1], color="black", alpha=0.4, linestyle=":")
left.text(0.45, 0.15, "shaded: AUC", color="C0")
left.text(0.62, 0.48, "coin", color="black")
left.set(xlabel="false positive rate", ylabel="recall", xlim=(0, 1.03), ylim=(0, 1.05))
left.set_title("ROC curve", fontsize=10)
right.plot(tpr[1:], precisions, "o-", color="C1", clip_on=False)
right.axhline(labels.mean(), color="black", alpha=0.4, linestyle=":")
right.text(0.05, 0.43, "base rate", color="black")
right.set(xlabel="recall", ylabel="precision", xlim=(0, 1.03))
right.set_title("PR curve", fontsize=10)
alt = "Left: a staircase from the lower left to the upper right, shaded below, beside a dotted diagonal. "
alt += "Right: precision starts at 1 and goes down and up to one half at recall 1."
caption = "Left: each ill person is a step up, each healthy one a step right. Right: the dots show the six cuts."
figure(fig, alt=alt, caption=caption)

# %% rare
rng = np.random.default_rng(0)
fraud = (np.arange(100_000) < 100).astype(int)  # base rate 0.1 %
s = rng.normal(size=100_000) + 3 * fraud  # fraud scores higher
print("ROC-AUC", round(metrics.roc_auc_score(fraud, s), 3))
print("average precision", round(metrics.average_precision_score(fraud, s), 3))
print("precision, recall at 2:", ratios(fraud, (s >= 2).astype(int))[:2])
same = np.zeros(100_000)  # one score for everybody
print("know nothing: ROC-AUC", metrics.roc_auc_score(fraud, same))
print("know nothing: AP", metrics.average_precision_score(fraud, same))

# %% regression example="10.4"
y = np.array([3.0, -0.5, 2.0, 7.0])  # (4,)
guess = np.array([2.5, 0.0, 2.0, 8.0])

def regression(y, guess):
    e = guess - y
    mae, rmse = np.abs(e).mean(), np.sqrt((e**2).mean())
    r2 = 1 - (e**2).sum() / ((y - y.mean()) ** 2).sum()
    return [round(float(number), 3) for number in (mae, rmse, r2)]

print(regression(y, guess))
print("library R²", round(metrics.r2_score(y, guess), 3))

# %% worse example="10.9"
y = np.array([1.0, 2.0, 3.0])  # (3,)
for guess in ([2, 2, 2], [3, 2, 1]):
    print(regression(y, np.array(guess))[2])
y = np.array([5.0, 6.0, 7.0, 8.0])  # (4,) any targets will do
for errors in ([1, 1, 1, 1], [0, 0, 0, 4]):
    print(tuple(regression(y, y + np.array(errors))[:2]))

# %% correlation
x, y = np.arange(4.0), np.array([1.0, 3.0, 2.0, 5.0])  # (4,) each
line = np.polyval(np.polyfit(x, y, 1), x)  # least squares
for name, guess in [("fitted", line), ("shifted", line + 2)]:
    squared = np.corrcoef(y, guess)[0, 1] ** 2
    print(name, round(squared, 3), regression(y, guess)[2])

# %% classes example="10.8"
truth_3 = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 2])  # (10,)
said_3 = np.array([0, 0, 0, 0, 0, 1, 1, 1, 0, 1])
f1s = []
for c in range(3):  # each class against the rest
    tp, fp, fn, _ = counts(truth_3 == c, said_3 == c)
    f1s.append(2 * tp / (2 * tp + fp + fn))
sizes = np.bincount(truth_3)  # (3,)
print("F1", np.round(f1s, 3).tolist())
print("macro", round(np.mean(f1s), 3))
print("weighted", round(np.average(f1s, weights=sizes), 3))
print("micro", metrics.f1_score(truth_3, said_3, average="micro"))
print("accuracy", (truth_3 == said_3).mean())

# %% ranking example="10.11"
relevant = np.array([3, 0, 2, 0, 1])  # (5,) in the order shown

def dcg(rels, k):
    top = np.asarray(rels)[:k]
    return ((2.0**top - 1) / np.log2(np.arange(2, len(top) + 2))).sum()

best = dcg(np.sort(relevant)[::-1], 3)  # the ideal order
print(dcg(relevant, 3), round(best, 3), round(dcg(relevant, 3) / best, 3))
hits = (relevant[:3] > 0).sum()
print(round(hits / 3, 3), round(hits / (relevant > 0).sum(), 3))

# %% swapped
print("truth first:", ratios(truth, flags))
print("swapped:", ratios(flags, truth))

# %% zeros
tp, fp, _, _ = counts(ill, never)
try:
    print(int(tp) / int(tp + fp))
except ZeroDivisionError as error:
    print("precision without alarms:", error)
decreed = metrics.precision_score(ill, never, zero_division=0)
print("by decree:", decreed)
percent = metrics.mean_absolute_percentage_error([0.0, 2.0], [0.1, 2.0])
print("percentage error above a million:", percent > 1e6)

# %% noise
for n in (100, 10_000):
    print(n, "cases:", round(np.sqrt(0.9 * 0.1 / n), 3))

# %% calibration
rng = np.random.default_rng(0)
p = rng.random(20_000)  # honest: p of 0.2 comes true in 20 %
y = (rng.random(20_000) < p).astype(int)
loud = p**3 / (p**3 + (1 - p) ** 3)  # same side of one half, overdone
reached = {}
for name, said in [("honest", p), ("loud", loud)]:
    bins = np.minimum((said * 10).astype(int), 9)
    size = np.bincount(bins)
    claim = np.bincount(bins, said) / size  # (10,) mean claim
    reached[name] = claim, np.bincount(bins, y) / size
    ece = (size * np.abs(claim - reached[name][1])).sum() / len(y)
    print(name, "accuracy", round(((said >= 0.5) == y).mean(), 2))
    print("  Brier", round(((said - y) ** 2).mean(), 2), "ECE", round(ece, 2))

# %% calibration-curve fold
fig, ax = plt.subplots(figsize=(6, 3.2))
ax.plot([0, 1], [0, 1], color="black", alpha=0.3, linestyle=":")
ax.plot(*reached["honest"], "o-", color="C0")
ax.plot(*reached["loud"], "o-", color="C1")
ax.text(0.36, 0.28, "honest", color="C0")
ax.text(0.9, 0.6, "loud", color="C1")
ax.set(xlabel="claimed probability", ylabel="share that came true")
alt = "Share that came true against claimed probability. One line follows the diagonal; the other is flatter."
caption = "Look at the right end of the flat line: sure claims come true less often than they say."
figure(fig, alt=alt, caption=caption)

# %% mcnemar
from scipy.stats import binomtest

only_a, only_b = 15, 5  # cases that one model alone got right
p_value = binomtest(only_a, only_a + only_b).pvalue
print("as uneven by chance:", round(p_value, 3))

# %% balanced
for name, said in [("never", never), ("B", program_b)]:
    balanced = metrics.balanced_accuracy_score(ill, said)
    mcc = metrics.matthews_corrcoef(ill, said)
    print(name, "balanced", round(balanced, 3), "MCC", round(mcc, 3))

# %% utility
print("cost of a miss, total of never, total of B")
for cost_fn in (1, 1.5, 5):
    totals = []
    for said in (never, program_b):
        _, fp, fn, _ = counts(ill, said)
        totals.append(float(fp + cost_fn * fn))
    print(cost_fn, *totals)

# %% goodhart
for goal in (0.5, 0.95):
    cut = np.quantile(s[fraud == 1], 1 - goal)
    said = (s >= cut).astype(int)
    print("recall", ratios(fraud, said)[1], "alarms", said.sum())

# %% slices
truth_s = np.array([1] * 10 + [0] * 90)  # (100,)
said_s = np.array([1] * 7 + [0] * 93)
site = np.repeat(["north", "south", "north", "south"], [8, 2, 60, 30])
for name in ("north", "south"):
    here = site == name
    right = (said_s[here] == truth_s[here]).mean()
    found = said_s[here & (truth_s == 1)].mean()
    print(name, "accuracy", round(right, 3), "recall", found)

# %% mails
tp, fp = 120, 30  # of 150 flagged mails
fn, tn = 200 - tp, 800 - fp
P, R = tp / (tp + fp), tp / (tp + fn)
print("precision", P, "recall", R)
print("F1", round(2 * P * R / (P + R), 3))
print("F2", round(5 * P * R / (4 * P + R), 3))  # β = 2
print("specificity", tn / (tn + fp), "accuracy", (tp + tn) / 1000)

# %% pr-curve
def average_precision(y, s):
    order = np.argsort(-s)
    y, s = y[order], s[order]
    last = np.append(np.diff(s) != 0, True)  # the end of each tied group
    hits, flagged = np.cumsum(y)[last], np.flatnonzero(last) + 1
    gains = np.diff(hits, prepend=0) / y.sum()  # recall gained
    return (gains * hits / flagged).sum()

print(round(average_precision(labels, scores), 3))
level = np.array([0.9, 0.8, 0.7, 0.7, 0.35, 0.1])  # (6,) 0.7 twice
print(round(average_precision(labels, level), 3))
print("library", round(metrics.average_precision_score(labels, level), 3))

# %% ndcg-guarded
def ndcg(rels, k):
    best = dcg(np.sort(rels)[::-1], k)
    return round(float(dcg(rels, k) / best), 3) if best > 0 else 0.0

print(ndcg([3, 0, 2, 0, 1], 3), ndcg([3, 0, 2, 0, 1], 99))
print(ndcg([0, 0, 0], 2))

# %% bootstrap
def bootstrap_ci(metric, y, said, rng):
    n = len(y)
    draws = []
    for _ in range(2000):
        rows = rng.integers(n, size=n)  # with repeats
        draws.append(metric(y[rows], said[rows]))
    return np.quantile(draws, [0.025, 0.975])

y = np.ones(100, dtype=int)
said = np.array([1] * 90 + [0] * 10)  # 90 of 100 right
rng = np.random.default_rng(0)
low, high = bootstrap_ci(lambda a, b: (a == b).mean(), y, said, rng)
print("from", round(low, 2), "to", round(high, 2))
