"""Chapter 24: did the change do that? Controlled experiments, by formula and by simulation."""

# %% assignment
import numpy as np


def mean(values):
    return f"{values.mean():.3f}"


rng = np.random.default_rng(0)
keen = rng.random(40_000) < 0.3  # (40000,) would buy more often anyway
rate = np.where(keen, 0.24, 0.04)  # the page plays no part
bought = rng.random(40_000) < rate
bought_later = rng.random(40_000) < 1.2 * rate  # the week after: payday
chose = rng.random(40_000) < np.where(keen, 0.6, 0.1)  # the new page
coin = rng.random(40_000) < 0.5
print("before", mean(bought), "after", mean(bought_later))
for name, new in [("choice:", chose), ("coin:", coin)]:
    print(name, "old", mean(bought[~new]), "new", mean(bought[new]), end=" ")
    print("keen", mean(keen[~new]), mean(keen[new]))

# %% arrows fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, axes = plt.subplots(1, 2, figsize=(6, 2.5))
for ax, title in zip(axes, ["users choose", "a coin chooses"]):
    for x, y, word, colour in [(0.5, 0.85, "keen", "C1"), (0.12, 0.1, "page", "C0"), (0.88, 0.1, "buys", "C2")]:
        ax.text(x, y, word, color=colour, ha="center", va="center", fontsize=12)
    ax.text(0.12, 0.5, "coin" if ax is axes[1] else "", color="black", ha="center", va="center", fontsize=12)
    into = ((0.43, 0.75), (0.17, 0.22), "C1") if ax is axes[0] else ((0.12, 0.42), (0.12, 0.22), "black")
    links = [((0.57, 0.75), (0.83, 0.22), "C1"), ((0.24, 0.1), (0.76, 0.1), "C0"), into]
    for start, end, colour in links:
        ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2})
    ax.text(0.5, 0.17, "?", color="C0", ha="center", fontsize=12)
    ax.set_title(title, fontsize=10)
    ax.axis((0, 1, 0, 1))
    ax.axis("off")
alt = "Two diagrams with arrows from keen to buys and from page to buys. On the left another arrow leads from keen to "
alt += "page; on the right the arrow into page comes from a coin."
caption = "Look at what points to the page: on the right no road leads from keen to page any more."
figure(fig, alt=alt, caption=caption)

# %% keen-only
old, new = bought[keen & ~chose], bought[keen & chose]
print("keen users, by choice: old", mean(old), "new", mean(new))

# %% counts example="24.1"
rng = np.random.default_rng(0)
n = 2000
A = rng.random(n) < 0.10  # (2000,) did this user buy?
B = rng.random(n) < 0.12
p_a, p_b = A.mean(), B.mean()
lift = 100 * (p_b - p_a) / p_a
print(f"control={p_a:.3f} treatment={p_b:.3f} {lift:.1f}%")

# %% z-test example="24.2"
import math


def z_test(xa, na, xb, nb):
    pooled = (xa + xb) / (na + nb)
    se = np.sqrt(pooled * (1 - pooled) * (1 / na + 1 / nb))
    return se, (xb / nb - xa / na) / se


def p_value(z):
    return 1 - math.erf(abs(z) / math.sqrt(2))  # erf: the bell between -z and z


def interval(difference, se):
    return f"[{difference - 1.96 * se:.4f}, {difference + 1.96 * se:.4f}]"


se, z = z_test(A.sum(), n, B.sum(), n)
p = p_value(z)
difference = p_b - p_a
pooled = (A.sum() + B.sum()) / (2 * n)
print(f"pooled {pooled:.4f} se {se:.4f} z {z:.3f} p {p:.4f}")
print(interval(difference, se))
own_se = math.sqrt(p_a * (1 - p_a) / n + p_b * (1 - p_b) / n)
print(interval(difference, own_se), "with each arm's own rate")

# %% null
from scipy import stats

rng = np.random.default_rng(1)
bought_a, bought_b = rng.binomial(n, pooled, size=(2, 100_000))
gaps = bought_b - bought_a  # (100000,)
print(f"spread of the difference {np.std(gaps / n):.4f}, formula {se:.4f}")
extreme = np.mean(abs(gaps) >= B.sum() - A.sum())
print(f"as far apart as ours {extreme:.3f}, formula {p:.3f}")
table = [[A.sum(), n - A.sum()], [B.sum(), n - B.sum()]]
square, p_library, _, _ = stats.chi2_contingency(table, correction=False)
print("SciPy agrees:", np.isclose(square, z**2), np.isclose(p_library, p))

# %% both-inside
for lift in (0, 0.02):
    print(lift, "in the interval:", abs(difference - lift) < 1.96 * own_se)

# %% overlap fold
fig, axes = plt.subplots(2, 1, figsize=(6, 4), sharex=True)
x = np.linspace(-0.04, 0.06, 501)
for ax, users in zip(axes, (2000, 8000)):
    spread = math.sqrt(0.11 * 0.89 * 2 / users)
    none, lift = stats.norm.pdf(x, 0, spread), stats.norm.pdf(x, 0.02, spread)
    ax.fill_between(x, none, where=abs(x) >= 1.96 * spread, color="C0", alpha=0.7)
    ax.fill_between(x, lift, where=x <= 1.96 * spread, color="C1", alpha=0.35)
    ax.plot(x, none, color="C0")
    ax.plot(x, lift, color="C1")
    ax.axvline(1.96 * spread, color="black", alpha=0.5, linestyle=":")
    ax.set(yticks=[], ylim=(0, None), title=f"{users} users per arm")
    ax.text(-spread, none.max() * 0.9, "no effect", color="C0", ha="right")
    ax.text(0.02 + spread, none.max() * 0.9, "true lift 0.02", color="C1")
for place, word, colour in [((0.0135, 8), "β", "C1"), ((0.0225, 8), "α/2", "C0"), ((-0.0245, 6), "α/2", "C0")]:
    axes[0].text(*place, word, color=colour, ha="center")
alt = "Two bells around 0 and 0.02 overlap widely. With four times the users they are half as wide and nearly apart."
caption = "Compare the orange area β, the misses: four times the users nearly remove it, while α stays 5 %."
figure(fig, alt=alt, caption=caption)

# %% rule example="24.3"
p, delta = 0.10, 0.02
print(int(16 * p * (1 - p) / delta**2))

# %% sizes example="24.4"
z_alpha, z_power = stats.norm.ppf([0.975, 0.80])  # 1.96 and 0.84


def exact(p1, p2):
    mid = (p1 + p2) / 2
    same = z_alpha * math.sqrt(2 * mid * (1 - mid))
    own = z_power * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return math.ceil((same + own) ** 2 / (p2 - p1) ** 2)


half = 16 * p * (1 - p) / 0.01**2
print("rule for half the lift:", math.ceil(round(half, 6)))
print("naive ceil:", math.ceil(half))
print("exact for 10 % to 12 %:", exact(0.10, 0.12))
print("behind the 16:", f"{2 * (z_alpha + z_power) ** 2:.2f}")

# %% size-lines fold
lifts = np.geomspace(0.001, 0.05, 50)
fig, ax = plt.subplots(figsize=(6, 3.2))
for share, colour in [(0.01, "C0"), (0.10, "C1"), (0.50, "C2")]:
    needed = 16 * share * (1 - share) / lifts**2
    ax.plot(lifts, needed, color=colour)
    ax.text(0.053, needed[-1], f"p = {share:.0%}", color=colour, va="center")
ax.plot(0.02, 3600, "o", color="C1")
ax.text(0.016, 1500, "3600", color="C1")
ax.set(
    xscale="log", yscale="log", xlabel="δ, the smallest lift worth finding", ylabel="users per arm", xlim=(0.0009, 0.1)
)
ax.set_xticks([0.001, 0.01], ["0.001", "0.01"])
alt = "Three parallel falling lines on two logarithmic axes; the line for a rate of 50 % is on top, that for 1 % below."
caption = "Go left on a line to half the lift: it rises to four times the users."
figure(fig, alt=alt, caption=caption)


# %% power example="24.5"
def power(p1, p2, n):
    mid = (p1 + p2) / 2
    cut = z_alpha * math.sqrt(2 * mid * (1 - mid) / n)
    spread = math.sqrt((p1 * (1 - p1) + p2 * (1 - p2)) / n)
    return stats.norm.sf(cut, abs(p2 - p1), spread)  # the area beyond the cut


rng = np.random.default_rng(0)
for users in (2000, 3600, exact(0.10, 0.12)):
    x_a, x_b = rng.binomial(users, [[0.10], [0.12]], size=(2, 20_000))
    found = abs(z_test(x_a, users, x_b, users)[1]) > 1.96
    lift = (x_b - x_a)[found].mean() / users
    print(users, f"{power(0.10, 0.12, users):.3f}", end=" ")
    print("simulated", mean(found), f"lift if found {lift:.3f}")

# %% bigger example="24.6"
rng = np.random.default_rng(0)
a = rng.random(10_000) < 0.10
b = rng.random(10_000) < 0.12
_, z = z_test(a.sum(), 10_000, b.sum(), 10_000)
print(a.mean(), b.mean(), f"z {z:.3f} p {p_value(z):.6f}")
own_se = np.sqrt((a.var() + b.var()) / 10_000)  # var of 0s and 1s: p(1 - p)
print(interval(b.mean() - a.mean(), own_se))

# %% ideas
rng = np.random.default_rng(0)
users = exact(0.10, 0.12)
good = rng.random(20_000) < 0.1  # (20000,) one idea in ten works
x_a = rng.binomial(users, 0.10, 20_000)
x_b = rng.binomial(users, np.where(good, 0.12, 0.10))
significant = abs(z_test(x_a, users, x_b, users)[1]) > 1.96
print("of the real ones, significant:", mean(significant[good]))
print("of the significant ones, real:", mean(good[significant]))

# %% peeking example="24.7"
rng = np.random.default_rng(0)
a, b = rng.random((2, 2000, 2000)) < 0.10  # each (2000 tests, 2000 users)
at = np.arange(200, 2001, 200)  # (10,) looks
x_a, x_b = (arm.cumsum(axis=1)[:, at - 1] for arm in (a, b))
se_looks, z_looks = z_test(x_a, at, x_b, at)  # each (2000, 10)
alarms = abs(z_looks) > 1.96
print("at any look", alarms.any(axis=1).mean())
print("at the last look", alarms[:, -1].mean())

# %% running fold
steps = np.arange(100, 2001, 20)
fig, ax = plt.subplots(figsize=(6, 3.4))
for i in range(30, 40):
    c_a, c_b = a[i].cumsum()[steps - 1], b[i].cumsum()[steps - 1]
    p_now = 2 * stats.norm.sf(abs(z_test(c_a, steps, c_b, steps)[1]))
    dips = p_now.min() < 0.05
    colour, alpha = ("C1", 0.9) if dips else ("C0", 0.45)
    ax.plot(steps, p_now, color=colour, alpha=alpha, linewidth=1.6 if dips else 1)
ax.axhline(0.05, color="black", linestyle=":")
ax.text(2010, 0.05, "0.05", color="black", va="center")
ax.yaxis.labelpad = 10
ax.set(xlabel="users per arm so far", ylabel="p-value", ylim=(0, 1), xlim=(100, 2000))
alt = "Ten wandering lines between 0 and 1. Several, drawn in orange, dip below a dotted line at 0.05 and come back."
caption = "Follow the orange lines: each dips under 0.05 at some moment, though no experiment has an effect."
figure(fig, alt=alt, caption=caption)

# %% looks
for every in (10, 5, 2, 1):
    seen = alarms[:, every - 1 :: every]  # (2000, looks)
    print("looks:", seen.shape[1], "alarms:", mean(seen.any(axis=1)))

# %% srm example="24.8"
for first, second in [(5200, 4800), (520, 480), (52, 48)]:
    half = (first + second) / 2
    square = (first - half) ** 2 / half + (second - half) ** 2 / half
    print(f"{square:.2f} {math.erfc(math.sqrt(square / 2)):.6f}")

library = stats.chisquare([520, 480]).pvalue
print("SciPy agrees:", np.isclose(library, math.erfc(math.sqrt(1.60 / 2))))
fair = np.random.default_rng(0).binomial(10_000, 0.5, 2_000_000)
print(f"as lopsided by luck: {np.mean(abs(fair - 5000) >= 200):.5f}")

# %% simpson example="24.9"
solved = np.array([[81, 192], [234, 55]])  # rows: A, B; columns: easy, hard
asked = np.array([[87, 263], [270, 80]])
mix = asked.sum(axis=0) / asked.sum()  # (2,) easy and hard among all
for name, s, t in zip("AB", solved, asked):
    rates = [*(s / t), s.sum() / t.sum()]
    print(name, *(f"{x:.3f}" for x in rates), f"same mix {mix @ (s / t):.3f}")

# %% dots fold
fig, ax = plt.subplots(figsize=(6, 3.4))
for kind, colour in enumerate(["C0", "C1"]):
    height = solved[:, kind] / asked[:, kind]
    ax.scatter([0, 1], height, s=4 * asked[:, kind], color=colour, alpha=0.5)
    ax.annotate("", (1, height[1]), (0, height[0]), arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2})
total = solved.sum(axis=1) / asked.sum(axis=1)
ax.annotate("", (1, total[1]), (0, total[0]), arrowprops={"arrowstyle": "->", "color": "black", "linewidth": 2})
ax.text(0.5, 0.93, "easy", color="C0", ha="center")
ax.text(0.5, 0.67, "hard", color="C1", ha="center")
ax.text(0.5, 0.83, "all", color="black", ha="center")
ax.set_xticks([0, 1], ["A", "B"])
ax.yaxis.labelpad = 10
ax.set(xlim=(-0.3, 1.3), ylim=(0.6, 1), ylabel="share solved")
alt = "Blue and orange dots at A and B, joined by arrows that both fall from A to B. A black arrow between the totals "
alt += "rises. A's orange dot and B's blue dot are the large ones."
caption = "Each total lies near its own large dot: A is judged mostly on hard tickets, B on easy ones."
figure(fig, alt=alt, caption=caption)

# %% units
rng = np.random.default_rng(0)
taste = rng.beta(1, 9, size=(2, 2000, 200))  # arms, A/A tests, users
clicks = rng.binomial(20, taste)  # each user sees 20 pages
views = 200 * 20
totals = clicks.sum(axis=2)  # (2, 2000)
by_view = z_test(totals[0], views, totals[1], views)[1]
own = clicks / 20  # each user's own rate
own_se = np.sqrt(own.var(axis=2, ddof=1).sum(axis=0) / 200)
by_user = (own[1].mean(axis=1) - own[0].mean(axis=1)) / own_se
for name, z in [("per view", by_view), ("per user", by_user)]:
    print(name, f"false alarms {np.mean(abs(z) > 1.96):.3f}")

# %% cuped example="24.10"
rng = np.random.default_rng(0)
pre_a, pre_b = rng.normal(10, 3, n), rng.normal(10, 3, n)  # spent before
y_a = pre_a + rng.normal(0, 2, n)  # spent during the test
y_b = pre_b + 0.2 + rng.normal(0, 2, n)
x, y = np.r_[pre_a, pre_b], np.r_[y_a, y_b]  # (4000,)
theta = np.cov(x, y)[0, 1] / x.var(ddof=1)
variances = []
for name, values in [("raw", y), ("adjusted", y - theta * (x - x.mean()))]:
    a, b = values[:n], values[n:]
    gap, variance = b.mean() - a.mean(), (a.var(ddof=1) + b.var(ddof=1)) / n
    print(name, f"{gap:.3f} {variance**0.5:.4f} {gap / variance**0.5:.2f}")
    variances.append(variance)
rho2, ratio = np.corrcoef(x, y)[0, 1] ** 2, variances[1] / variances[0]
print(f"theta {theta:.3f} rho2 {rho2:.3f} ratio {ratio:.3f}")

# %% covariates
rng = np.random.default_rng(0)
treated = np.arange(4000) >= 2000  # (4000,)
results = {"none": [], "before": [], "during": []}
for _ in range(400):
    before = rng.normal(10, 3, 4000)
    y = before + 0.2 * treated + rng.normal(0, 2, 4000)
    during = y + rng.normal(0, 1, 4000)  # moved by the treatment too
    for name, x in zip(results, (np.zeros(4000), before, during)):
        theta = np.cov(x, y)[0, 1] / max(x.var(ddof=1), 1e-12)
        adjusted = y - theta * (x - x.mean())
        gap = adjusted[treated].mean() - adjusted[~treated].mean()
        results[name].append(gap)
for name, found in results.items():
    print(name, f"mean {np.mean(found):.2f} spread {np.std(found):.3f}")

# %% thompson example="24.11"
rates = np.array([0.05, 0.10, 0.15])
rng = np.random.default_rng(0)
s, f = np.ones(3), np.ones(3)  # one success and one failure to begin with
for _ in range(3000):
    arm = rng.beta(s, f).argmax()  # one plausible rate per arm
    reward = rng.random() < rates[arm]
    s[arm] += reward
    f[arm] += 1 - reward
pulls = (s + f - 2).astype(int)
print(f"[{pulls[0]} {pulls[1]} {pulls[2]}]", int(s.sum() - 3))
print("an equal split expects", round(rates.mean() * 3000))


# %% clean
def play(choose):
    s, f = np.ones((2, 400, 3))  # 400 bandits at once
    regret, each = np.zeros(3000), np.arange(400)
    for step in range(3000):
        arm = choose(s, f)  # (400,)
        reward = rng.random(400) < rates[arm]
        s[each, arm] += reward
        f[each, arm] += 1 - reward
        regret[step] = (rates.max() - rates[arm]).mean()
    return s - 1, f - 1, regret


wins, misses, thompson = play(lambda s, f: rng.beta(s, f).argmax(axis=1))
worst = wins[:, 0] / np.maximum(wins + misses, 1)[:, 0]
split = rng.binomial(1000, 0.05, 400) / 1000  # what an equal split finds
for name, found in [("bandit", worst), ("equal split", split)]:
    print(f"worst arm, {name}: mean", mean(found), f"spread {found.std():.3f}")


# %% regret-curves fold
def greedy(s, f):
    best = (s / (s + f)).argmax(axis=1)
    return np.where(rng.random(400) < 0.1, rng.integers(0, 3, 400), best)


fig, ax = plt.subplots(figsize=(6, 3))
curves = {"equal split": np.full(3000, 0.05), "ε-greedy": play(greedy)[2], "Thompson sampling": thompson}
for (name, regret), colour in zip(curves.items(), ("C0", "C1", "C2")):
    ax.plot(np.arange(1, 3001), regret.cumsum(), color=colour)
    ax.text(3030, regret.sum() + (5 if name == "ε-greedy" else -4), name, color=colour, va="center")
ax.set(xlabel="visitors", ylabel="regret, in sales", xlim=(0, 4300), ylim=(0, 160))
ax.set_xticks([0, 1000, 2000, 3000])
ax.yaxis.labelpad = 10
alt = "Equal split is a steep straight line. ε-greedy bends, then climbs slowly; Thompson sampling ends lowest, flat."
caption = "Look at the right end of each curve: learning makes it bend, and only the equal split goes on as steeply."
figure(fig, alt=alt, caption=caption)

# %% plan
users, daily = 3600, 900
days = math.ceil(2 * users / daily)
print(days, "days, so", 7 * math.ceil(days / 7))

# %% blanks
p, delta = 0.05, 0.01
users = math.ceil(round(16 * p * (1 - p) / delta**2, 6))
days = math.ceil(2 * users / 1200)
print(users, "per arm,", days, "days, so", 7 * math.ceil(days / 7))

# %% fading fold
rng = np.random.default_rng(0)
day = np.arange(1, 43)
curves = {"novelty": 0.03 * np.exp(-day / 5), "primacy": 0.02 * (1 - np.exp(-day / 9))}
fig, ax = plt.subplots(figsize=(6, 3))
for (name, true), colour in zip(curves.items(), ("C1", "C0")):
    a, b = rng.binomial(4000, 0.10, 42) / 4000, rng.binomial(4000, 0.10 + true) / 4000
    ax.plot(day, b - a, "o", color=colour, alpha=0.35, markersize=4)
    ax.plot(day, true, color=colour)
    print(name, f"week 1: {true[:7].mean():.3f} week 6: {true[-7:].mean():.3f}")
ax.axhline(0, color="black", alpha=0.4, linestyle=":")
ax.text(3, 0.0235, "novelty", color="C1")
ax.text(34, 0.0225, "primacy", color="C0")
ax.set(xlabel="day", ylabel="lift of that day")
alt = "Noisy daily lifts with two smooth curves. One starts high and falls to zero, the other starts at zero and rises."
caption = "Read off where each curve ends: the first days promise the wrong lift in both."
figure(fig, alt=alt, caption=caption)

# %% triggered
rng = np.random.default_rng(0)
reached = rng.random((2, 50_000)) < 0.2  # (2 arms, 50000 users)
buys = rng.random((2, 50_000)) < np.where(reached, [[0.20], [0.22]], 0.15)
for name, keep in [("all users", np.ones_like(reached)), ("exposed only", reached)]:
    na, nb = keep.sum(axis=1)
    xa, xb = (buys & keep).sum(axis=1)
    se, z = z_test(xa, na, xb, nb)
    print(name, f"lift {xb / nb - xa / na:.4f} se {se:.4f} z {z:.2f}")

# %% delta
rng = np.random.default_rng(0)


def day_of_users(size):
    pages = rng.poisson(rng.gamma(2, 5, size)) + 1
    return pages, rng.binomial(pages, rng.beta(1, 9, size))


many = [day_of_users(500) for _ in range(1000)]
print(f"true spread {np.std([c.sum() / v.sum() for v, c in many]):.4f}")
naive, delta = [], []
for v, c in many:
    r = c.sum() / v.sum()
    naive.append(math.sqrt(r * (1 - r) / v.sum()))
    delta.append(np.std(c - r * v, ddof=1) / v.mean() / math.sqrt(500))
print(f"as if each page were alone {np.mean(naive):.4f}")
print(f"delta method {np.mean(delta):.4f}")


# %% interference
def sales(eagerness, stock, rng):
    queue = rng.permutation(len(eagerness))
    wants = rng.random(len(eagerness)) < eagerness
    served = [user for user in queue if wants[user]][:stock]
    return np.bincount(served, minlength=len(eagerness))  # (users,)


rng = np.random.default_rng(0)
new = rng.random(10_000) < 0.5
sold = sales(np.where(new, 0.36, 0.30), 2500, rng)
print("split users: old", mean(sold[~new]), "new", mean(sold[new]))
for name, eager in [("all old", 0.30), ("all new", 0.36)]:
    print(name, mean(sales(np.full(10_000, eager), 2500, rng)))

# %% sequential
rng = np.random.default_rng(0)
k = np.arange(1, 11)  # looks
walk = np.abs(rng.normal(size=(100_000, 10)).cumsum(axis=1)) / np.sqrt(k)
constant = np.quantile(walk.max(axis=1), 0.95)
early = np.quantile((walk * np.sqrt(k / 10)).max(axis=1), 0.95)
print(f"one bar for every look: {constant:.2f}")
print(f"a falling bar: {early * np.sqrt(10):.2f} to {early:.2f}")
tau = 0.02**2  # how large lifts may be, squared
part = tau / (se_looks**2 + tau)  # (2000, 10)
ratio = np.sqrt(1 - part) * np.exp(part * z_looks**2 / 2)
bars = {"one bar": abs(z_looks) > constant}
bars["falling bar"] = abs(z_looks) > early * np.sqrt(10 / k)
bars["always valid"] = ratio > 1 / 0.05
for name, alarm in bars.items():
    print(name, f"false alarms {alarm.any(axis=1).mean():.3f}")

# %% interleaving
rng = np.random.default_rng(0)
size = 1_000_000
need = rng.normal(0, 3, size)  # how good a result must be for a click
like_a, like_b = rng.normal(0, 1, size), rng.normal(0.1, 1, size)
click_a, click_b = like_a > need, like_b > need
shown = np.maximum(like_a, like_b) > need  # one list, one click
credit = shown * np.sign(like_b - like_a)  # 1 for B's result, -1 for A's
factor = (z_alpha + z_power) ** 2
lift = click_b.mean() - click_a.mean()
separate = 2 * factor * (click_a.var() + click_b.var()) / lift**2
together = factor * credit.var() / credit.mean() ** 2
print(f"fewer sessions by a factor of {separate / together:.0f}")

# %% by-hand
se, z = z_test(100, 1000, 130, 1000)
print(f"se {se:.5f} z {z:.2f} p {p_value(z):.3f}")
own_se = math.sqrt(0.10 * 0.90 / 1000 + 0.13 * 0.87 / 1000)
print(interval(0.03, own_se))


# %% three-arms
def srm_check(counts, ratios, alpha=0.001):
    counts, ratios = np.array(counts), np.array(ratios, dtype=float)
    if counts.shape != ratios.shape or (ratios <= 0).any():
        raise ValueError("one positive ratio per arm")
    expected = counts.sum() * ratios / ratios.sum()
    square = ((counts - expected) ** 2 / expected).sum()
    p = stats.chi2.sf(square, len(counts) - 1)
    return p, bool(p < alpha)


for counts in ([8000, 1000, 1000], [8000, 1100, 900], [8030, 1020, 950]):
    p, alarm = srm_check(counts, [80, 10, 10])
    print(counts, f"p {p:.6f}", "alarm" if alarm else "fine")


# %% robust
def sample_size(p, delta, alpha=0.05, power=0.80):
    if delta == 0 or not 0 < p < 1 or not 0 < p + delta < 1:
        raise ValueError("delta is 0, or a rate is not between 0 and 1")
    z_a, z_b = stats.norm.ppf([1 - alpha / 2, power])
    q, mid = p + delta, p + delta / 2
    same = z_a * math.sqrt(2 * mid * (1 - mid))
    own = z_b * math.sqrt(p * (1 - p) + q * (1 - q))
    return math.ceil(round((same + own) ** 2 / delta**2, 6))  # no naive ceil


def safe_z_test(xa, na, xb, nb):
    if xa + xb in (0, na + nb):
        return 0.0, 1.0  # all alike: no evidence either way
    z = z_test(xa, na, xb, nb)[1]
    return z, p_value(z)


print(sample_size(0.10, 0.02), sample_size(0.12, -0.02))
print(safe_z_test(0, 50, 0, 50))
z, p = safe_z_test(210, 2000, 236, 2000)
print("swapped:", np.allclose(safe_z_test(236, 2000, 210, 2000), (-z, p)))

# %% offline
from sklearn.metrics import roc_auc_score

clicked = np.array([1, 1, 1, 0, 0, 0])  # (6,) offline labels
worth = np.array([5, 1, 1, 0, 0, 0])  # euros if it is shown
for name, score in [("old", [6, 2, 3, 5, 4, 1]), ("new", [3, 6, 5, 4, 2, 1])]:
    slots = np.argsort(score)[-2:]  # the page has two places
    auc = roc_auc_score(clicked, score)
    print(name, f"AUC {auc:.2f} euros {worth[slots].sum()}")

# %% ramp-up
rng = np.random.default_rng(0)
print("day, A, B")
sold, sent = np.zeros(2), np.zeros(2)
for day, base, share in [("Friday", 0.06, 0.1), ("Saturday", 0.12, 0.5)]:
    users = (10_000 * np.array([1 - share, share])).astype(int)  # (2,)
    wins = rng.binomial(users, [base, base - 0.015])  # B is worse
    print(day, (wins / users).round(3))
    sold, sent = sold + wins, sent + users
print("both", (sold / sent).round(3))
