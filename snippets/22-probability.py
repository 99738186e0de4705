"""Chapter 22: reasoning under uncertainty, by counting, by formula and by simulation."""

# %% people example="22.5"
people = 100_000
sick = people // 100  # one in a hundred
true_alarms = sick * 99 // 100
false_alarms = (people - sick) * 5 // 100
print(true_alarms)
print(false_alarms)
print(f"{true_alarms / (true_alarms + false_alarms):.4f}")

# %% icons fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 3.6), layout="none")
ax.set_position((0.01, 0.02, 0.98, 0.96))
ax.set(xlim=(-1, 178), ylim=(100.5, -0.5))
ax.axis("off")
dash = 72 * 3.6 * 0.96 / 101 / 2  # half the height of a person, by a line width of 2
runs = [(0, 0, 99, "C1", 1), (0, 99, 100, "black", 1), (5, 0, 95, "C0", 1), (5, 95, 100, "C5", 0.35)]
runs += [(x, 0, 100, "C0", 1) for x in range(1, 5)] + [(x, 0, 100, "C5", 0.35) for x in range(6, 100)]
for x, first, last, color, alpha in runs:  # a dashed line: each dash is a person
    ax.plot([x, x], [first, last], color=color, alpha=alpha, linewidth=2, linestyle=(0, (0.7 * dash, 0.3 * dash)))
notes = [("sick, alarm: 99", 8, (0.5, 10), "C1"), ("healthy, alarm: 495", 32, (5, 34), "C0")]
for text, y, tip, color in [*notes, ("sick, no alarm: 1", 97, (0.5, 99.5), "black")]:
    ax.annotate(text, tip, (104, y), color=color, va="center", arrowprops={"arrowstyle": "-", "color": color})
ax.text(104, 62, "healthy, no alarm:\n9,405", color="black", va="center")
alt = "A hundred columns of a hundred dashes: one orange (sick, alarm), five blue (healthy, alarm), the others pale."
figure(fig, alt=alt, caption="One dash is one of 10,000 people: compare the orange column with the blue ones.")

# %% die example="22.1"
import numpy as np

x = np.arange(1, 7)  # (6,) the faces
p = np.full(6, 1 / 6)  # (6,) their probabilities
mean = (x * p).sum()
print(round(mean, 4))
print(round(((x - mean) ** 2 * p).sum(), 4))

# %% rolls
dice = np.random.default_rng(2)
fives = dice.integers(1, 7, size=(100_000, 5))  # five rolls a row
print("mean of all:", round(fives.mean(), 2))
print("variance of all:", round(fives.var(), 1))
print("of five, ddof 0:", round(fives.var(axis=1).mean(), 1))
print("of five, ddof 1:", round(fives.var(axis=1, ddof=1).mean(), 1))
both = (fives[:, 0] == 6) & (fives[:, 1] == 6)
print("double six:", round(both.mean(), 3), "1/36:", round(1 / 36, 3))

# %% shapes fold
from scipy import stats

fig, axes = plt.subplots(2, 3, figsize=(6, 3.6))
few, line = np.arange(11), np.linspace(-3.5, 3.5, 281)
bars = {"Bernoulli(0.3)": stats.bernoulli(0.3), "binomial(10, ½)": stats.binom(10, 0.5), "Poisson(3)": stats.poisson(3)}
curves = {"normal N(0, 1)": stats.norm, "uniform(−1, 1)": stats.uniform(-1, 2)}
curves["exponential, rate 2"] = stats.expon(scale=0.5)
for ax, name in zip(axes[0], bars):
    ax.bar(few, bars[name].pmf(few), width=0.6, color="C0")
    ax.set_title(name, fontsize=10)
for ax, name in zip(axes[1], curves):
    ax.fill_between(line, curves[name].pdf(line), color="C2", alpha=0.5)
    ax.set_title(name, fontsize=10)
axes[0, 0].set_ylabel("probability")
axes[1, 0].set_ylabel("density")
alt = "Bars: two bars, a symmetric hump, a hump to the left. Areas: a bell, a block, and a fall from height 2 at zero."
figure(fig, alt=alt, caption="Bars add up to 1, areas too; the last curve rises above 1.")

# %% look-ups example="22.13"
from math import comb, erf, exp, sqrt

print(f"{comb(10, 7) / 2**10:.4f}")  # 7 heads in 10 flips
print(f"{exp(-3):.4f}")  # no event where 3 are expected
print(f"{exp(-2 * 1):.4f}")  # a wait beyond 1 at rate 2
print(*(f"{erf(k / sqrt(2)):.4f}" for k in (1, 2, 3)))  # the bell's area

# %% look-ups-drawn
draws = np.random.default_rng(3)
n = 1_000_000
waits = draws.exponential(1 / 2, n)
bell = np.abs(draws.normal(size=n))
sevens, none = draws.binomial(10, 0.5, n) == 7, draws.poisson(3, n) == 0
formulas = [stats.binom(10, 0.5).pmf(7), stats.poisson(3).pmf(0)]
formulas.append(stats.expon(scale=1 / 2).sf(1))
print("seven heads, no event, wait above 1")
print(*(round(found.mean(), 3) for found in (sevens, none, waits > 1)))
print(*(round(formula, 3) for formula in formulas))
print("1 more, given 1:", round((waits[waits > 1] > 2).mean(), 3))
print("within 1, 2, 3 sd:", *(round((bell < k).mean(), 3) for k in (1, 2, 3)))
print("density of a uniform on 0 to 0.25:", stats.uniform(0, 0.25).pdf(0.1))

# %% means example="22.2"
rng = np.random.default_rng(0)
means = rng.random((10_000, 30)).mean(axis=1)  # (10000,)
print(f"{means.mean():.3f}")
print(f"{means.std():.3f}")
print(f"{1 / np.sqrt(12 * 30):.3f}")

# %% skewed example="22.12"
waiting = np.random.default_rng(1)
averages = {}
print("n, sd, 1/√n, skewness, 2/√n")
for n in (1, 4, 30, 120):
    averages[n] = waiting.exponential(size=(20_000, n)).mean(axis=1)
    sd, skew = averages[n].std(), stats.skew(averages[n])
    print(n, f"{sd:.3f} {n**-0.5:.3f}", f"{skew:.2f} {2 * n**-0.5:.2f}")

# %% clt fold
fig, axes = plt.subplots(1, 4, figsize=(6, 2.6), sharex=True)
for i, (ax, n) in enumerate(zip(axes, averages)):
    ax.hist(averages[n], bins=np.linspace(0, 3, 46), density=True, color="C0", alpha=0.5)
    curve = np.linspace(0, 3, 121)
    ax.plot(curve, stats.norm.pdf(curve, 1, n**-0.5), color="C1")
    ax.set_title(f"n = {n}", fontsize=10)
    ax.set_xlabel("mean")
axes[0].set_ylabel("density")
axes[0].text(1.3, 0.55, "normal\ncurve", color="C1", fontsize=9)
alt = (
    "Four histograms of means, each with a bell curve. For one draw the "
    "histogram falls from the left and misses the curve; for 30 it lies "
    "close to it; for 120 it is a narrow bell."
)
caption = "From left to right the lean to one side melts away; each fourfold n halves the width."
figure(fig, alt=alt, caption=caption)

# %% spread-or-error
for n in (1_000, 100_000):
    sample = waiting.exponential(size=n)
    error = sample.std() / np.sqrt(n)
    shape = f"sd {sample.std():.1f}, skewness {stats.skew(sample):.0f}"
    print(f"n = {n}: {shape}, standard error {error:.3f}")

# %% bayes example="22.3"
prior, hit, false_alarm = 0.01, 0.99, 0.05
positive = prior * hit + (1 - prior) * false_alarm  # P(alarm)
posterior = prior * hit / positive
print(f"{posterior:.4f}")

# %% prevalence fold
fig, ax = plt.subplots(figsize=(6, 3.2))
rates = np.logspace(-4, np.log10(0.5), 200)
for i, (alarm_rate, spot) in enumerate(zip((0.001, 0.01, 0.05), (0.0014, 0.014, 0.09))):
    true_share = rates * 0.99 / (rates * 0.99 + (1 - rates) * alarm_rate)
    ax.plot(rates, true_share, color=f"C{i}")
    height = spot * 0.99 / (spot * 0.99 + (1 - spot) * alarm_rate)
    ax.text(
        spot / 1.15, height + 0.02, "false alarms " * (i == 0) + f"{100 * alarm_rate:g}%", color=f"C{i}", ha="right"
    )
ax.plot(prior, posterior, "o", color="black")
ax.set_xscale("log")
ax.set_xticks([1e-4, 1e-3, 1e-2, 1e-1, 0.5], ["0.01%", "0.1%", "1%", "10%", "50%"])
ax.minorticks_off()
ax.set(xlabel="prevalence", ylabel="P(sick | alarm)", ylim=(0, 1.03))
alt = (
    "Three rising curves; the fewer the false alarms, the earlier the rise. A dot marks the town at 1 % and one sixth."
)
figure(fig, alt=alt, caption="Follow a curve from right to left: the test stays, its alarms lose their worth.")

# %% second-test example="22.6"
again = posterior * hit / (posterior * hit + (1 - posterior) * false_alarm)
print(f"{again:.4f}")


# %% bayes-update
def bayes_update(prior, hit, false_alarm):
    evidence = prior * hit + (1 - prior) * false_alarm
    if evidence == 0:
        raise ValueError("this evidence cannot occur")
    return prior * hit / evidence


certain = [bayes_update(prior, 0.99, 0.05) for prior in (0, 1)]
print("certain before:", *certain)
print("useless test:", round(bayes_update(0.3, 0.2, 0.2), 4))
chain = bayes_update(bayes_update(0.01, 0.99, 0.05), 0.99, 0.05)
print("two alarms:", round(chain, 4))

# %% town
town = np.random.default_rng(4)
ill = town.random(2_000_000) < 0.01  # (2000000,)
rate = np.where(ill, 0.99, 0.05)  # each person's chance of an alarm
first, second = town.random((2, 2_000_000)) < rate
print("sick, given one alarm:", round(ill[first].mean(), 3))
twice = ill[first & second]
print("sick, given two alarms:", round(twice.mean(), 3))
print("standard error of that:", round(twice.std() / np.sqrt(len(twice)), 3))

# %% mle example="22.7"
grid = np.arange(1, 10) / 10  # (9,)
log_likelihood = 7 * np.log(grid) + 3 * np.log(1 - grid)
best = log_likelihood.argmax()
print(grid[best])
print(f"{log_likelihood[best]:.4f}")
print(f"{-log_likelihood[best] / 10:.4f}")

# %% likelihood
flips = draws.binomial(10, grid, size=(100_000, 9))  # a column for each p
sevens = (flips == 7).mean(axis=0)  # (9,)
print("seven of ten is commonest at p =", grid[sevens.argmax()])
total = stats.binom.pmf(np.arange(11), 10, 0.7).sum()
print("all counts at p = 0.7:", round(total, 3))
fine = np.linspace(0, 1, 10_001)
print("area over all p:", round(stats.binom.pmf(7, 10, fine).mean(), 3))

# %% gaussian example="22.8"
data = np.array([1.0, 2.0, 4.0, 5.0])  # (4,)
for mu in (2.5, 3.0, 3.5):
    squares = ((data - mu) ** 2).sum()
    nll = len(data) / 2 * np.log(2 * np.pi) + squares / 2
    print(squares, f"{nll:.4f}")

# %% agree
from sklearn.metrics import log_loss

x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 7.0])
slopes = np.linspace(0, 4, 4001)  # (4001,) candidates
fit = stats.norm.logpdf(y, slopes[:, None] * x, 1).sum(axis=1)
least = np.linalg.lstsq(x[:, None], y)[0][0]
print("slope:", round(slopes[fit.argmax()], 3), round(least, 3))
labels = np.array([1] * 7 + [0] * 3)  # (10,)
product = [np.prod(np.where(labels == 1, p, 1 - p)) for p in grid]
losses = [log_loss(labels, np.full(10, p)) for p in grid]
print("p:", grid[np.argmax(product)], grid[np.argmin(losses)])
print("same loss:", np.allclose(-np.log(product) / 10, losses))
rates = 10 * grid
counted = -stats.poisson.logpmf(3, rates) - (rates - 3 * np.log(rates))
print("Poisson, a constant apart:", np.allclose(counted, counted[0]))

# %% prior example="22.9"
ridge = [(x @ y) / (x @ x + strength) for strength in (0, 1, 10)]
print(*(f"{w:.4f}" for w in ridge))
print(f"{8 / 12:.4f} {9 / 14:.4f}")

# %% map
from sklearn.linear_model import Lasso, Ridge

print("λ, Gaussian prior, Ridge, Laplace prior, Lasso")
for s in (1, 10):
    bell = stats.norm(0, 1 / np.sqrt(s)).logpdf(slopes)  # (4001,)
    peak = stats.laplace(0, 1 / s).logpdf(slopes)
    l2 = Ridge(alpha=s, fit_intercept=False).fit(x[:, None], y).coef_
    l1 = Lasso(alpha=s / 3, fit_intercept=False).fit(x[:, None], y).coef_
    tops = [slopes[(fit + log_prior).argmax()] for log_prior in (bell, peak)]
    print(s, f"{tops[0]:.3f} {l2[0]:.3f} {tops[1]:.3f} {l1[0]:.3f}")

# %% keep-sevens
coins = np.random.default_rng(5)
chance = coins.beta(2, 2, size=1_000_000)  # a million coins from the prior
kept = chance[coins.binomial(10, chance) == 7]
print("mean of the kept:", round(kept.mean(), 2))
print("middle 95 %:", np.percentile(kept, [2.5, 97.5]).round(2))
print("by formula: ", stats.beta(9, 5).ppf([0.025, 0.975]).round(2))

# %% posterior-figure fold
fig, ax = plt.subplots(figsize=(6, 3))
places = np.linspace(0, 1, 101)
likelihood = 11 * stats.binom.pmf(7, 10, places)  # scaled to area 1, so that the shapes compare
curves = {
    "prior Beta(2, 2)": (stats.beta(2, 2).pdf(places), 0.06, 1.4),
    "likelihood,\nscaled": (likelihood, 0.84, 2.4),
    "posterior Beta(9, 5)": (stats.beta(9, 5).pdf(places), 0.27, 2.75),
}
for i, (name, (curve, left, top)) in enumerate(curves.items()):
    ax.plot(places, curve, color=f"C{i}")
    ax.text(left, top, name, color=f"C{i}")
band = np.linspace(*stats.beta(9, 5).ppf([0.025, 0.975]), 50)
ax.fill_between(band, stats.beta(9, 5).pdf(band), color="C2", alpha=0.15)
ax.set(xlabel="p", ylabel="density", xlim=(0, 1.05), ylim=(0, 3.4))
alt = (
    "A low symmetric arch, a bell with its top at 0.7, and between them a "
    "bell with its top at two thirds and a shaded middle."
)
caption = "The posterior's top lies between those of the prior and the likelihood; 95 % of its area is shaded."
figure(fig, alt=alt, caption=caption)

# %% six-splits
from itertools import combinations

values = [1, 2, 4, 5]  # old page: 1 and 2; new page: 4 and 5
gaps = []
for new in combinations(values, 2):
    gaps.append((sum(new) - (sum(values) - sum(new))) / 2)
print("gaps:", gaps)
far = sum(abs(gap) >= 3 for gap in gaps)
print("at least 3 either way:", far, "of", len(gaps))

# %% permutation example="22.4"
a = rng.normal(0, 1, 50)
b = rng.normal(0.6, 1, 50)
observed = b.mean() - a.mean()
pool = np.concatenate([a, b])  # (100,)
shuffled = np.empty(20_000)
for i in range(20_000):
    mixed = rng.permutation(pool)
    shuffled[i] = mixed[50:].mean() - mixed[:50].mean()
p_value = (np.abs(shuffled) >= abs(observed)).mean()
print(f"{observed:.3f}")
print(f"{p_value:.4f}")

# %% null-figure fold
fig, ax = plt.subplots(figsize=(6, 3))
edges = np.concatenate([np.linspace(-0.9, -observed, 11), np.linspace(-observed, observed, 28)[1:-1]])
edges = np.concatenate([edges, np.linspace(observed, 0.9, 11)])
heights, _, bars = ax.hist(shuffled, bins=edges, color="C0", alpha=0.45)
for bar, left in zip(bars, edges):
    if left < -observed - 1e-9 or left >= observed - 1e-9:
        bar.set(color="C1", alpha=1)
for side in (-observed, observed):
    ax.axvline(side, color="black", linestyle=":")
ax.text(observed + 0.02, heights.max() * 0.75, "observed", color="black")
ax.text(-observed - 0.02, heights.max() * 0.75, "as far the\nother way", color="black", ha="right")
ax.text(0.56, heights.max() * 0.2, "tails:\nthe p-value", color="C1")
ax.set(xlabel="difference after a shuffle", ylabel="shuffles", xlim=(-0.9, 0.9))
alt = (
    "A symmetric hump of shuffled differences around 0. Dotted lines stand "
    "far out on both sides, and the thin tails beyond them are orange."
)
caption = "Look at the orange tails: so few shuffles go at least as far as the real labels."
figure(fig, alt=alt, caption=caption)

# %% ideas
lab = np.random.default_rng(6)
works = lab.random(100_000) < 0.1  # one idea in ten is any good
z = lab.normal(2.0 * works, 1)  # a useless idea has mean 0
significant = 2 * stats.norm.sf(np.abs(z)) < 0.05  # area of both tails
print("significant among the useless:", round(significant[~works].mean(), 2))
useless = ~works[significant]
print("useless among the significant:", round(useless.mean(), 2))

# %% classic example="22.10"
average_variance = (a.var(ddof=1) + b.var(ddof=1)) / 2
error = np.sqrt(average_variance * 2 / 50)
t = observed / error
p_classic = 2 * stats.t.sf(t, 98)  # degrees of freedom: 100 readings, 2 means
half = 1.96 * np.sqrt(a.var(ddof=1) / 50 + b.var(ddof=1) / 50)
print(f"{t:.3f} {p_classic:.4f}")
print(f"{observed / np.sqrt(average_variance):.3f}")
print(f"{observed - half:.3f} {observed + half:.3f}")
print("library agrees:", np.allclose(stats.ttest_ind(b, a), (t, p_classic)))

# %% size
for d, n in [(0.02, 54_000), (0.8, 11)]:
    z = d / np.sqrt(2 / n)  # difference by its standard error, sd 1
    print(f"d = {d}, n = {n} each: p {2 * stats.norm.sf(z):.4f}")

# %% coverage
trial = np.random.default_rng(8)
old = trial.normal(0, 1, size=(10_000, 50))
new = trial.normal(0.6, 1, size=(10_000, 50))
gap = new.mean(axis=1) - old.mean(axis=1)  # (10000,)
variances = old.var(axis=1, ddof=1) + new.var(axis=1, ddof=1)
covers = np.abs(gap - 0.6) < 1.96 * np.sqrt(variances / 50)
print(f"spread of the gaps {gap.std():.2f}, by formula {np.sqrt(2 / 50):.2f}")
print("intervals that cover 0.6:", round(covers.mean(), 2))

# %% bootstrap
boot = np.random.default_rng(7)
again_a = boot.choice(a, size=(5_000, 50))  # drawn with repeats
again_b = boot.choice(b, size=(5_000, 50))
for statistic in (np.mean, np.median):
    gaps = statistic(again_b, axis=1) - statistic(again_a, axis=1)
    low, high = np.percentile(gaps, [2.5, 97.5])
    print(statistic.__name__, f"{low:.2f} to {high:.2f}")

# %% many example="22.11"
print(f"{1 - 0.95**20:.4f}")
print(f"{0.05 / 20:.4f}")

# %% many-drawn
luck = np.random.default_rng(9)
z = luck.normal(size=(20_000, 20))  # 20,000 reports, 20 true nulls each
p_values = 2 * stats.norm.sf(np.abs(z))
for level in (0.05, 0.05 / 20):
    hits = p_values < level
    family = hits.any(axis=1).mean()
    print(f"{level:.4f}: one test {hits.mean():.4f}, any of 20 {family:.2f}")

# %% add-one
count = round(p_value * 20_000)
print("with the add-one:", f"{(count + 1) / (20_000 + 1):.4f}")
error = np.sqrt(p_value * (1 - p_value) / 20_000)
print("Monte-Carlo error:", f"{error:.4f}")

# %% bootstrap-fails
wild = np.random.default_rng(10)
for name, statistic, truth, n in [
    ("mean, n = 50", np.mean, 0.5, 50),
    ("mean, n = 4", np.mean, 0.5, 4),
    ("maximum, n = 50", np.max, 1.0, 50),
]:
    covered = 0
    for _ in range(400):
        sample = wild.random(n)
        again = statistic(wild.choice(sample, (500, n)), axis=1)
        low, high = np.percentile(again, [2.5, 97.5])
        covered += low <= truth <= high
    print(f"{name}: covers {covered / 400:.2f}")

# %% false-discoveries
ps = np.array([0.001, 0.018, 0.022, 0.03, 0.3, 0.6])  # (6,)


def benjamini_hochberg(ps, q):
    order = np.argsort(ps)
    below = ps[order] <= q * np.arange(1, len(ps) + 1) / len(ps)
    keep = np.zeros(len(ps), dtype=bool)
    if below.any():
        last = np.flatnonzero(below)[-1]
        keep[order[: last + 1]] = True  # all up to the last
    return keep


print("plain:", ps[ps < 0.05])
print("Bonferroni:", ps[ps < 0.05 / 6])
print("Benjamini-Hochberg:", ps[benjamini_hochberg(ps, 0.05)])
real = luck.random((5_000, 20)) < 0.3
p_values = 2 * stats.norm.sf(np.abs(luck.normal(3.0 * real, 1)))
kept = np.array([benjamini_hochberg(row, 0.05) for row in p_values])
share = (kept & ~real).sum(axis=1) / np.maximum(kept.sum(axis=1), 1)
print("false share of discoveries below 0.05:", share.mean() < 0.05)

# %% cauchy
heavy = np.random.default_rng(11)
tails = {}
for n in (1, 4, 30, 120):
    tails[n] = heavy.standard_cauchy(size=(20_000, n)).mean(axis=1)
    low, high = np.percentile(tails[n], [25, 75])
    print(n, "middle half has width", round(high - low, 1))
apart = heavy.exponential(size=(20_000, 120))
common = heavy.exponential(size=(20_000, 1))  # one number for a whole row
for name, rows in (("independent", apart), ("shared noise", apart + common)):
    average = rows.mean(axis=1)
    print(f"{name}: sd {average.std():.1f}, skewness {stats.skew(average):.0f}")

# %% cauchy-figure fold
fig, axes = plt.subplots(1, 4, figsize=(6, 2.4), sharex=True, sharey=True)
for ax, n in zip(axes, tails):
    ax.hist(tails[n], bins=np.linspace(-6, 6, 41), density=True, color="C3", alpha=0.6)
    ax.set_title(f"n = {n}", fontsize=10)
    ax.set_xlabel("mean")
axes[0].set_ylabel("density")
alt = "Four histograms of means of Cauchy draws: four pointed humps of the same width."
caption = "The histogram refuses to narrow: averaging 120 such draws is worth no more than one."
figure(fig, alt=alt, caption=caption)

# %% conjugate
alpha, beta = 2, 2
for batch in ([1, 1, 0], [1, 1, 1, 0], [1, 1, 0]):
    alpha += sum(batch)
    beta += len(batch) - sum(batch)
    print(f"Beta({alpha}, {beta}), mean {alpha / (alpha + beta):.3f}")

# %% zero-correlation
side = np.random.default_rng(12).normal(size=1_000_000)
square = side**2
covariance = ((side - side.mean()) * (square - square.mean())).mean()
correlation = np.corrcoef(side, square)[0, 1]
print("covariance:", abs(round(covariance, 1)))
print("correlation:", abs(round(correlation, 1)))
print("square above 4:", round((square > 4).mean(), 2))
print("given side above 2:", round((square[side > 2] > 4).mean(), 2))


# %% expectation-variance
def expectation_variance(values, probs):
    values, probs = np.asarray(values, float), np.asarray(probs, float)
    if (probs < 0).any() or abs(probs.sum() - 1) > 1e-9:
        raise ValueError("probabilities must be at least 0 and sum to 1")
    mean = (values * probs).sum()
    return mean, ((values - mean) ** 2 * probs).sum()


mean, variance = expectation_variance([0, 10], [0.9, 0.1])
print(round(mean, 4), round(variance, 4))
tickets = dice.choice([0, 10], size=1_000_000, p=[0.9, 0.1])
print(round(tickets.mean(), 1), round(tickets.var(), 0))
try:
    expectation_variance([0, 10], [0.9, 0.2])
except ValueError as error:
    print(error)


# %% permutation-function
def permutation_pvalue(a, b, n, rng, stat=np.mean):
    pool = np.concatenate([a, b])  # a copy: a and b stay as they are
    observed = abs(stat(b) - stat(a))
    count = 0
    for _ in range(n):
        mixed = rng.permutation(pool)
        gap = abs(stat(mixed[len(a) :]) - stat(mixed[: len(a)]))
        count += gap >= observed - 1e-12  # ties count as extreme
    return (count + 1) / (n + 1)


def gap(b, a, axis):
    return b.mean(axis=axis) - a.mean(axis=axis)


ours = permutation_pvalue(a[:25], b, 4_000, luck)
theirs = stats.permutation_test((b, a[:25]), gap, n_resamples=4_000, rng=luck)
print("25 against 50:", round(ours, 2), round(theirs.pvalue, 2))
print("equal groups:", permutation_pvalue(np.ones(5), np.ones(9), 100, luck))


# %% stable-likelihood
def log_likelihood_bernoulli(p, y):
    y = np.asarray(y)
    ones, zeros = (y == 1).sum(), (y == 0).sum()
    total = 0.0
    for count, chance in [(ones, p), (zeros, 1 - p)]:
        if count > 0:
            total += count * np.log(chance) if chance > 0 else -np.inf
    return total


print(round(log_likelihood_bernoulli(0.7, labels), 4))
for flips in ([1, 1], [1, 0]):
    print(log_likelihood_bernoulli(1.0, flips))


# %% auc-interval
def auc(scores, labels):
    gaps = scores[labels == 1][:, None] - scores[labels == 0]
    return ((gaps > 0) + 0.5 * (gaps == 0)).mean()


def bootstrap_ci(scores, labels, n, level, rng):
    ones, zeros = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    found = []
    for _ in range(n):
        picked = [rng.choice(ones, len(ones)), rng.choice(zeros, len(zeros))]
        rows = np.concatenate(picked)
        found.append(auc(scores[rows], labels[rows]))
    tail = 100 * (1 - level) / 2
    return np.percentile(found, [tail, 100 - tail])


truth = np.repeat([0, 1], [60, 20])  # (80,)
scores = lab.normal(1.0 * truth, 1)
print("AUC:", round(auc(scores, truth), 2))
print("95 %:", bootstrap_ci(scores, truth, 2_000, 0.95, lab).round(2))
print("constant scores:", bootstrap_ci(np.ones(80), truth, 200, 0.95, lab))
