"""Chapter 35: a diffusion model on the unit circle, from noise to points that can be judged."""

# %% whole
import torch
from groundup.capstones import diffusion
from groundup.capstones import diffusion_shapes as shapes


def dice(seed=0):
    return torch.Generator().manual_seed(seed)


net, tables = diffusion.pretrained(), diffusion.make_tables()  # the weights that ship with the book
points = diffusion.sample(net, 500, tables, generator=dice())  # (500, 2)
mean, sd = shapes.radius_stats(points)
print(sum(p.numel() for p in net.parameters()), "parameters")
print(tuple(points.shape), f"mean radius {mean:.2f}")

# %% watched
from groundup.capstones import diffusion_parts as parts

seen = {}


def watch(x_t, eps_hat, t, betas, noise):
    seen[t] = x_t
    return parts.ddpm_step(x_t, eps_hat, t, betas, noise)


x = diffusion.sample(net, 100, tables, generator=dice(), ddpm_step=watch)
print(len(seen), "clouds of", len(x), "points, the first at t =", max(seen))

# %% two-rows fold
import matplotlib.pyplot as plt
import numpy as np
from groundup.book import figure

torch.manual_seed(0)
ring = shapes.make_points("ring", 100)[0].numpy()  # (100, 2)
noise = np.random.default_rng(0).normal(size=ring.shape)
fig, axes = plt.subplots(2, 4, figsize=(6, 3.5), sharex=True, sharey=True)
for column, t in enumerate((0, 10, 25, 49)):
    axes[0, column].plot(*parts.add_noise(ring, t, noise, tables.abar).T, "o", color="C0", markersize=1.6)
    axes[1, column].plot(*seen[t].T, "o", color="C1", markersize=1.6)
    axes[0, column].set_title(f"t = {t}", fontsize=10)
for ax in axes.flat:
    ax.set(xlim=(-3, 3), ylim=(-3, 3), xticks=[], yticks=[], aspect="equal")
axes[0, 0].set_ylabel("forward →", color="C0")
axes[1, 0].set_ylabel("← reverse", color="C1")
alt = (
    "Upper row: a thin ring of dots at t = 0 spreads to a cloud at 49. Lower row: alike, with a rougher ring at t = 0."
)
figure(fig, alt=alt, caption="Read the upper row to the right, where noise comes in, and the lower one to the left.")

# %% one-step
x0, eps, alpha = np.array([0.6, 0.8]), np.array([1.0, -1.0]), 0.64
x1 = np.sqrt(alpha) * x0 + np.sqrt(1 - alpha) * eps
print(x1.round(2))

# %% two-steps
signal, variance = 1.0, 0.0
for step in (1, 2):
    signal, variance = signal * np.sqrt(alpha), alpha * variance + (1 - alpha)
    print(step, f"signal {signal:.2f} variance {variance:.4f}")
print(f"in one jump: {np.sqrt(alpha**2):.2f} {1 - alpha**2:.4f}")

# %% make-schedule
betas = np.linspace(0.0001, 0.1, 50)  # (50,)
abar = np.cumprod(1 - betas)
print("the same as the module's:", np.allclose(betas, tables.betas), np.allclose(abar, tables.abar))

# %% compose example="35.5"
signal, variance = 1.0, 0.0
for beta in betas[:25]:
    signal, variance = signal * np.sqrt(1 - beta), (1 - beta) * variance + beta
print(f"{signal:.6f} {np.sqrt(abar[24]):.6f}")
print(f"{variance:.6f} {1 - abar[24]:.6f}")


# %% rows example="35.3"
def row(t):
    kept = abar[t]
    return f"{betas[t]:.4f} {kept:.4f} {kept**0.5:.4f} {(1 - kept) ** 0.5:.4f} {kept / (1 - kept):.3f}"


print("t  beta   abar   signal noise  SNR")
for t in (0, 9):
    print(t, row(t))

# %% late-rows example="35.4"
for t in (24, 49):
    print(t, row(t))
print(f"variance at 49: {abar[49] / 2 + 1 - abar[49]:.4f}")
long = parts.schedule(1000, 1e-4, 0.02)[2]  # of 1000 steps
print(f"abar after 1000 small steps: {long[-1]:.2e}")

# %% coefficients fold
fig, ax = plt.subplots(figsize=(6, 2.6))
ax.plot(np.sqrt(abar), color="C0")
ax.plot(np.sqrt(1 - abar), color="C1")
ax.plot(betas, color="C2")
for at, words, colour in [
    ((1, 1.05), "signal coefficient", "C0"),
    ((29, 1.0), "noise coefficient", "C1"),
    ((27, 0.1), "β", "C2"),
]:
    ax.text(*at, words, color=colour)
ax.set(xlabel="t", ylim=(0, 1.2))
alt = "Over t, the signal coefficient falls from 1 to about 0.27, the noise coefficient rises to nearly 1; β stays low."
figure(fig, alt=alt, caption="Look at t = 49: each single β is small, and yet the signal has lost most of its size.")

# %% jump example="35.6"
x24 = np.sqrt(abar[24]) * x0 + np.sqrt(1 - abar[24]) * eps
print(x24.round(4), "module:", parts.add_noise(x0[None], 24, eps[None], abar)[0].round(4))
print(((x24 - np.sqrt(1 - abar[24]) * eps) / np.sqrt(abar[24])).round(4))

# %% beta-or-abar
print(f"noise variance at t = 24: beta {betas[24]:.3f} says too little, 1 - abar is {1 - abar[24]:.3f}")
print(f"and x keeps the signal times {abar[24] ** 0.5:.3f}, the root, where abar is {abar[24]:.3f}")


# %% moved-ring
def moved(x, t):  # the exact denoiser of a ring around (2, 0), explained below
    away = np.sqrt(abar[t.numpy()])[:, None] * np.array([2.0, 0.0])
    return shapes.optimal_eps(x - torch.tensor(away), t, abar)


x = diffusion.sample(lambda x, t: moved(x, t).float(), 10_000, tables, generator=dice())
print(f"left half: {(x[:, 0] < 2).double().mean():.2f}, wanted 0.50")

# %% network
import inspect
from textwrap import dedent

print(net.layers)
source = dedent(inspect.getsource(diffusion.Denoiser.forward)).split('"""')
print(source[0].strip() + source[2].rstrip())  # all but its docstring
h = 64
print("by hand:", (3 + 1) * h + (h + 1) * h + (h + 1) * 2)

# %% loop
from torch.nn import functional as F

torch.manual_seed(0)
mine = diffusion.Denoiser()
adam = torch.optim.Adam(mine.parameters(), lr=1e-3)
kept = torch.tensor(abar, dtype=torch.float32)  # (50,)
losses = []
for _ in range(5):
    angle = 2 * torch.pi * torch.rand(256)
    x0 = torch.stack([angle.cos(), angle.sin()], 1)  # (256, 2)
    t = torch.randint(0, 50, (256,))
    eps = torch.randn_like(x0)
    x_t = kept[t].sqrt()[:, None] * x0 + (1 - kept[t]).sqrt()[:, None] * eps
    loss = F.mse_loss(mine(x_t, t), eps)  # t goes in beside x
    losses.append(loss.item())
    adam.zero_grad()
    loss.backward()
    adam.step()
print(f"first loss {losses[0]:.2f}")

# %% same-losses
short = diffusion.train(recipe=diffusion.Recipe(updates=5))
print("the first five losses agree:", np.allclose(losses, short.losses, atol=1e-3))

# %% trained example="35.1" tol=0.02
trained = diffusion.train()
points = diffusion.sample(trained.model, 500, tables)  # from the same dice
print(*(f"{loss:.4f}" for loss in trained.losses[::500]))
print(f"mean of the last 200: {np.mean(trained.losses[-200:]):.3f}")

# %% two-places
a, s, x = 0.8, 0.6, 0.5  # signal and noise coefficient, and what we see
places = np.array([-1.0, 1.0])
weights = np.exp(-((x - a * places) ** 2) / (2 * s**2))
weights /= weights.sum()
x0_mean = weights @ places
print("chances", weights.round(3), "mean", round(x0_mean, 3))
print("noise", ((x - a * places) / s).round(3), "best guess", round((x - a * x0_mean) / s, 3))

# %% ring-weights
from scipy import special

angle = 2 * np.pi * np.arange(360) / 360
circle = np.stack([np.cos(angle), np.sin(angle)], 1)  # (360, 2)
a, s, x = np.sqrt(abar[24]), np.sqrt(1 - abar[24]), np.array([0.3, -0.4])
weights = np.exp(-((x - a * circle) ** 2).sum(1) / (2 * s**2))
crude = (x - a * weights @ circle / weights.sum()) / s
r = np.linalg.norm(x)
k = a * r / s**2
formula = (x - a * special.i1e(k) / special.i0e(k) * x / r) / s
ours = shapes.optimal_eps(torch.tensor(x)[None], torch.tensor([24]), abar)[0].numpy()
print(crude.round(4), formula.round(4), ours.round(4))

# %% floor example="35.8"
floor = shapes.optimal_loss(abar, 100_000, dice())  # (50,)
print(f"floor {floor.mean():.2f}, within 0.003 of 0.323: {abs(floor.mean() - 0.323) < 0.003}")
for t in (0, 12, 49):
    print(t, f"{floor[t]:.2f}")
print("highest at about 12:", 9 <= floor.argmax() <= 15)
gap = np.mean(trained.losses[-200:]) - floor.mean()
print(f"network above the floor by less than 0.04: {0 < gap < 0.04}")

# %% by-step fold
torch.set_grad_enabled(False)
ours = []
for t in range(50):
    x0, eps = shapes.make_points("ring", 20_000)[0], torch.randn(20_000, 2)
    x_t = kept[t].sqrt() * x0 + (1 - kept[t]).sqrt() * eps
    ours.append(F.mse_loss(net(x_t, torch.full((20_000,), t)), eps).item())
fig, ax = plt.subplots(figsize=(6, 2.8))
ax.plot(floor, color="black")
ax.plot(ours, color="C0")
ax.text(3, 0.4, "floor", color="black")
ax.text(4, 0.66, "network", color="C0")
ax.set(xlabel="t", ylabel="mean squared error", ylim=(0, None))
alt = "The floor stays near 0.5, then falls towards 0. The network lies close to it, but well above at the first t."
figure(fig, alt=alt, caption="Look at the left end: where the noise is low, the network is furthest from the floor.")

# %% no-noise-left
sure = floor.argmin()
print(f"lowest floor: {floor[sure]:.2f} at t = {sure}")

# %% field fold
grid = torch.stack(torch.meshgrid(*[torch.linspace(-1.75, 1.75, 8)] * 2, indexing="xy"), -1).reshape(-1, 2)  # (64, 2)
fig, axes = plt.subplots(1, 3, figsize=(6, 2.4), sharey=True)
for ax, t in zip(axes, (10, 25, 45)):
    arrows = -net(grid, torch.full((64,), t)).numpy() * np.sqrt(1 - abar[t])
    ax.quiver(*grid.T, *arrows.T, color="C0", angles="xy", scale_units="xy", scale=1.5, width=0.009)
    ax.plot(*np.sqrt(abar[t]) * circle.T, color="C1", linewidth=1)
    ax.set(xticks=[], yticks=[], xlim=(-2, 2), ylim=(-2, 2), aspect="equal")
    ax.set_title(f"t = {t}", fontsize=10)
alt = "Arrows on a grid, and a ring that shrinks from t = 10 to 45. At 10 they meet at the ring, at 45 in the middle."
figure(
    fig, alt=alt, caption="Look inside the ring: at low noise arrows point outwards to it, at high noise to the middle."
)

# %% three-targets
a, s = np.sqrt(abar[24]), np.sqrt(1 - abar[24])
x0, eps = np.array([0.6, 0.8]), np.array([1.0, -1.0])
x_t, v = a * x0 + s * eps, a * eps - s * x0
print("x0 from eps and from v:", ((x_t - s * eps) / a).round(4), (a * x_t - s * v).round(4))
for t in (0, 24, 49):
    print(f"t = {t}: 1 wrong in eps is {((1 - abar[t]) / abar[t]) ** 0.5:.2f} wrong in x0")

# %% step-source
source = inspect.getsource(parts.ddpm_step).split('"""')
print(source[0].strip() + source[2].rstrip())

# %% step-back
mean = (x_t - betas[24] / np.sqrt(1 - abar[24]) * eps) / np.sqrt(1 - betas[24])
print("x24", x_t.round(4), "mean of x23", mean.round(4))
still = np.zeros((1, 2))
print("module:", parts.ddpm_step(x_t[None], eps[None], 24, betas, still)[0].round(4))

# %% variances example="35.7"
for t in (1, 25):
    print(f"{betas[t] * (1 - abar[t - 1]) / (1 - abar[t]):.6f} {betas[t]:.6f}")

# %% generated example="35.2" tol=0.02
mean, sd = shapes.radius_stats(points)
print(f"mean {mean:.3f} sd {sd:.3f}")
print("as wanted:", abs(mean - 1) <= 0.03, sd <= 0.13)

# %% oracle example="35.9"
from functools import partial

exact = partial(shapes.optimal_eps, abar=abar)
for variance in ("beta", "posterior"):
    x = diffusion.sample(exact, 20_000, tables, variance=variance, generator=dice())
    mean, sd = shapes.radius_stats(x)
    print(f"{variance:10} mean {mean:.4f} sd below 0.001: {sd < 0.001}")

# %% coverage example="35.10" tol=0.02
many = diffusion.sample(net, 20_000, tables, generator=dice())
print(shapes.angle_histogram(many).round(3))

# %% quadrant
angle = 0.5 * torch.pi * torch.rand(5000, generator=dice())
corner = torch.stack([angle.cos(), angle.sin()], 1)
mean, sd = shapes.radius_stats(corner)
print(f"mean {mean:.3f} sd {sd:.3f}", shapes.angle_histogram(corner, 4).round(2))

# %% three-samplers fold
fig, axes = plt.subplots(2, 3, figsize=(6, 3.6), sharey="row")
for column, variance in enumerate(("beta", "posterior", "none")):
    x = many if variance == "beta" else diffusion.sample(net, 20_000, tables, variance=variance, generator=dice())
    axes[0, column].hist(x.norm(dim=1).numpy(), bins=np.linspace(0.5, 1.5, 26), color="C0")
    axes[0, column].set_title(
        {"beta": "variance β", "posterior": "posterior", "none": "no noise"}[variance], fontsize=10
    )
    axes[1, column].bar(range(1, 9), shapes.angle_histogram(x), color="C1")
    axes[1, column].axhline(1 / 8, color="black", linestyle="--", linewidth=1)
    axes[0, column].set(yticks=[], xticks=[0.7, 1.3], xlabel="radius")
    axes[1, column].set(xticks=[1, 4, 8], xlabel="octant")
axes[1, 0].set_ylabel("share")
alt = "Radius histograms become narrower from left to right. Octant bars are nearly level twice; then one stands out."
figure(fig, alt=alt, caption="Compare the last column with the first: a narrower radius above, uneven octants below.")

# %% ddim example="35.11" tol=0.02
for few in (50, 25, 10, 5, 2):
    x = diffusion.ddim_sample(net, 20_000, tables, steps=few, generator=dice())
    mean, sd = shapes.radius_stats(x)
    print(f"{few:2} steps mean {mean:.3f} sd {sd:.3f}")
x = diffusion.ddim_sample(exact, 20_000, tables, steps=2, generator=dice())
print(f"oracle, 2 steps: mean {shapes.radius_stats(x)[0]:.3f}")
inside, first = torch.tensor([[0.5, 0.0]]), torch.tensor([0])  # a step of 0.5 leads to the ring
step = [-eps(inside, first)[0, 0].item() * (1 - abar[0]) ** 0.5 for eps in (exact, net)]
print(f"at t = 0 from (0.5, 0): oracle {step[0]:.2f} outwards, network below 0.1: {step[1] < 0.1}")

# %% same-network
before = torch.cat([p.flatten() for p in net.parameters()])
starts = [diffusion.ddim_sample(net, 5, tables, steps=n, generator=dice()) for n in (50, 50, 25)]
after = torch.cat([p.flatten() for p in net.parameters()])
print("weights unchanged:", torch.equal(before, after))
print("same start, same point:", torch.equal(starts[0], starts[1]))
print("half the steps, nearly the same:", (starts[0] - starts[2]).abs().max().item() < 0.1)


# %% breakers
def broken(late=False, quiet=False, scale=np.sqrt, shrink=True, denominator=lambda beta, kept: np.sqrt(1 - kept)):
    def step(x_t, eps_hat, t, betas, noise):
        beta, kept = betas[t], np.prod(1 - betas[: t + 1])
        x = x_t - beta / denominator(beta, kept) * eps_hat
        x = x / np.sqrt(1 - beta) if shrink else x
        if t == 0:
            noise = np.random.default_rng(0).normal(size=x.shape) if late else 0
        return x if quiet else x + scale(beta) * noise

    return step


steps = {"right": broken(), "noise at t = 0": broken(late=True), "no noise": broken(quiet=True)}
steps |= {"variance for sd": broken(scale=lambda beta: beta), "no division": broken(shrink=False)}
steps["root of beta"] = broken(denominator=lambda beta, kept: np.sqrt(beta))
print(len(steps), "samplers")

# %% judged tol=0.02
print(f"{'':16}mean   sd     octants")
for name, step in steps.items():
    x = diffusion.sample(net, 10_000, tables, generator=dice(), ddpm_step=step)
    (mean, sd), shares = shapes.radius_stats(x), shapes.angle_histogram(x)
    print(f"{name:15} {mean:.3f}  {sd:.3f}  {shares.min():.2f} to {shares.max():.2f}")


# %% halfway tol=0.02
def size_at_25(step):
    found = []

    def spy(x_t, eps_hat, t, betas, noise):
        if t == 24:
            found.append((x_t**2).sum(1).mean())
        return step(x_t, eps_hat, t, betas, noise)

    x = diffusion.sample(exact, 5000, tables, generator=dice(), ddpm_step=spy)
    return found[0], shapes.radius_stats(x)[1]


print(f"wanted {abar[24] + 2 * (1 - abar[24]):.2f}")
for name, step in steps.items():
    size, sd = size_at_25(step)
    print(f"{name:15} {size:.2f}  ring hit: {sd < 0.001}")

# %% direct
rng = np.random.default_rng(0)
x, e, z = rng.normal(size=(3, 100, 2))
for name, step in steps.items():
    far = max(np.abs(step(x, e, t, betas, z) - parts.ddpm_step(x, e, t, betas, z)).max() for t in range(50))
    print(f"{name:15} agrees: {far < 1e-9}")


# %% other-nets
def blind(model, x, t, label=None):
    return model(x, torch.zeros_like(t))


def straight(model, x, t, label=None):  # the three linear layers, without the bends between
    return model.layers[::2](torch.cat([x, t[:, None] / 50], 1))


def from_x0(model, x, t, label=None):  # the network tells the clean points
    a, s = kept[t].sqrt()[:, None], (1 - kept[t]).sqrt()[:, None]
    return (x - a * model(x, t)) / s


print([f.__name__ for f in (blind, straight, from_x0)])

# %% removed
recipe, reached = diffusion.Recipe(updates=500, lr=5e-3), {}
for part in (diffusion.predict, blind, straight, from_x0):
    with torch.enable_grad():
        run = diffusion.train(recipe=recipe, predict=part)
    x = diffusion.sample(partial(part, run.model), 5000, tables, generator=dice())
    reached[part.__name__] = np.mean(run.losses[-200:]), *shapes.radius_stats(x)
whole = reached["predict"]
for name in ("blind", "straight"):
    loss, mean, sd = reached[name]
    print(
        f"{name:9} loss higher: {loss > whole[0] + 0.03}, radius lower: {mean < whole[1] - 0.1}, wider: {sd > whole[2]}"
    )

# %% small-difference
loss, mean, sd = reached["from_x0"]
print("loss of from_x0 higher:", loss > whole[0], "spread smaller:", sd < whole[2])

# %% digits
from sklearn.datasets import load_digits

pictures = load_digits().images[:100] / 8 - 1  # (100, 8, 8), from -1 to 1
b, _, left = parts.schedule(200, 1e-4, 0.1)
rng = np.random.default_rng(0)
x = rng.normal(size=(6, 8, 8))
drawn = [x]
for t in reversed(range(200)):
    far = ((x[:, None] - left[t] ** 0.5 * pictures) ** 2).sum((2, 3)) / (2 - 2 * left[t])  # (6, 100)
    w = special.softmax(-far, axis=1)
    eps_hat = (x - left[t] ** 0.5 * np.tensordot(w, pictures, 1)) / (1 - left[t]) ** 0.5
    x = parts.ddpm_step(x, eps_hat, t, b, rng.normal(size=x.shape))
    if t in (30, 0):
        drawn.append(x)
print(x.shape)

# %% nearest
far = np.abs(x[:, None] - pictures).max((2, 3))  # (6, 100)
print("copies of training pictures:", (far.min(1) < 1e-6).sum(), "of", len(x))

# %% drawn fold
fig, axes = plt.subplots(3, 6, figsize=(6, 3.1))
for line, words, rows in zip(axes, ("start", "t = 30", "end"), drawn):
    for ax, picture in zip(line, rows):
        ax.pcolormesh(picture[::-1], cmap="gray", vmin=-1.5, vmax=1.5)
        ax.set(xticks=[], yticks=[], aspect="equal")
    line[0].set_ylabel(words, color="black")
alt = "Three rows of six 8 by 8 pictures: grey noise, noisy outlines, and clean handwritten digits."
figure(fig, alt=alt, caption="Look at the middle row: digits show through the noise before they are clean.")

# %% latent
print("numbers in a picture:", 512 * 512 * 3, "in its latent:", 64 * 64 * 4)
print("ratio:", 512 * 512 * 3 // (64 * 64 * 4))

# %% scale
print("                  parameters  memory    FLOPs a sample  training   GPU hours")
n = diffusion.count_params(diffusion.CONFIG)
plans = [("ring", n, 2 * n, 50, 2000 * 256)]
for name, blocks, width, tokens in (("picture 256", 28, 1152, 256), ("picture 1024", 56, 2304, 4096)):
    n = blocks * (12 * width**2 + 13 * width)
    one = 2 * n * tokens + 4 * tokens**2 * width * blocks  # one pass: layers, then attention's scores and sums
    plans.append((name, n, one, 100, 10**9))
for name, n, one, passes, examples in plans:
    work = 3 * one * examples
    print(f"{name:15}{n:14,}{16 * n / 1e9:8.4f} GB{one * passes:12.1e}{work:13.1e}{work / 4e14 / 3600:11.1f}")


# %% average
def noisy(n):
    x0, t, eps = shapes.make_points("ring", n)[0], torch.randint(0, 50, (n,)), torch.randn(n, 2)
    return kept[t].sqrt()[:, None] * x0 + (1 - kept[t]).sqrt()[:, None] * eps, t, eps


torch.manual_seed(0)
fast, slow = diffusion.Denoiser(), diffusion.Denoiser()
slow.load_state_dict(fast.state_dict())
adam = torch.optim.Adam(fast.parameters(), lr=1e-2)
for _ in range(800):
    x_t, t, eps = noisy(64)
    adam.zero_grad()
    with torch.enable_grad():
        F.mse_loss(fast(x_t, t), eps).backward()
    adam.step()
    for old, new in zip(slow.parameters(), fast.parameters()):
        old.lerp_(new, 0.01)  # old + 0.01 (new - old)
x_t, t, eps = noisy(50_000)
losses = [F.mse_loss(f(x_t, t), eps).item() for f in (fast, slow)]
print("averaged weights have a lower loss:", losses[1] < losses[0], "above the floor:", losses[1] > floor.mean())


# %% gate
def verdict(eps, **how):
    x = diffusion.sample(eps, 10_000, tables, generator=dice(), **how)
    (mean, sd), shares = shapes.radius_stats(x), shapes.angle_histogram(x)
    tests = {"mean": abs(mean - 1) <= 0.03, "sd": sd <= 0.13, "octants": 0.09 <= shares.min() <= shares.max() <= 0.16}
    return [name for name, good in tests.items() if not good] or "ship"


print("network:", verdict(net))
print("untrained:", verdict(diffusion.Denoiser()))
for name in ("no noise", "variance for sd", "root of beta"):
    print(f"{name}:", verdict(net, ddpm_step=steps[name]))

# %% command
from groundup.capstones.training import CapstoneError

code = diffusion.main(["--load", str(diffusion.WEIGHTS), "--points", "2000", "--ddim", "10"])
print("exit code", code)
for bad in ({"shape": "cube"}, {"beta_end": 1.5}):
    try:
        diffusion.Config(**bad)
    except CapstoneError as error:
        print(error)


# %% score
def log_density(x, t):  # of the noisy ring, up to a constant
    k = abar[t] ** 0.5 * x.norm(dim=1) / (1 - abar[t])
    return torch.log(torch.special.i0e(k)) + k - (x**2).sum(1) / (2 - 2 * abar[t])


x = torch.tensor([[0.3, -0.4], [1.2, 0.5]], dtype=torch.float64, requires_grad=True)
with torch.enable_grad():
    log_density(x, 24).sum().backward()
print(x.grad.numpy().round(4).tolist())
print((-exact(x.detach(), torch.tensor([24, 24])) / (1 - abar[24]) ** 0.5).numpy().round(4).tolist())


# %% flow
def velocity(x, s):  # the mean of noise - clean, given x = (1 - s) clean + s noise
    r = x.norm(dim=1, keepdim=True)
    k = (1 - s) * r / s**2
    return (x - torch.special.i1e(k) / torch.special.i0e(k) * x / r) / s


for steps_taken in (2, 5, 10, 50):
    x, times = torch.randn(10_000, 2, generator=dice(), dtype=torch.float64), np.linspace(1, 0, steps_taken + 1)
    for start in times[:-1]:
        x = x - velocity(x, start) / steps_taken
    mean, sd = shapes.radius_stats(x)
    print(f"{steps_taken:2} steps mean {mean:.3f} sd {sd:.3f}")


# %% cosine
def cosine(T, start, end):
    level = np.cos((np.arange(T + 1) / T + 0.008) / 1.008 * np.pi / 2) ** 2
    alphas = np.clip(level[1:] / level[:-1], 0.001, 1)
    return 1 - alphas, alphas, np.cumprod(alphas)


for T in (10, 25, 50):
    ends = [s(T, 1e-4, 0.1)[2][-1] ** 0.5 for s in (parts.schedule, cosine)]
    print(T, *(f"{name} {end:.4f}" for name, end in zip(("linear", "cosine"), ends)))

# %% bias
with torch.enable_grad():
    runs = [diffusion.train(diffusion.Config(T=10), recipe=recipe, schedule=s) for s in (parts.schedule, cosine)]
bias = [abs(shapes.radius_stats(diffusion.sample(r.model, 5000, r.tables, generator=dice()))[0] - 1) for r in runs]
print("radius bias at T = 10: cosine larger:", bias[1] > bias[0])

# %% student
z = torch.randn(3000, 2, generator=dice(1))  # the noise that the teacher starts from
told = diffusion.ddim_sample(net, 3000, tables, steps=25, generator=dice(1))
torch.manual_seed(0)
student = torch.nn.Sequential(*diffusion.Denoiser().layers)
student[0] = torch.nn.Linear(2, 64)
adam = torch.optim.Adam(student.parameters(), lr=3e-3)
with torch.enable_grad():
    for _ in range(400):
        some = torch.randint(3000, (256,))
        adam.zero_grad()
        F.mse_loss(student(z[some]), told[some]).backward()
        adam.step()
fresh = torch.randn(5000, 2, generator=dice(2))
mean, sd = shapes.radius_stats(student(fresh))
once = shapes.radius_stats(diffusion.ddim_sample(net, 5000, tables, steps=1, generator=dice(2)))[0]
print("student, one pass: mean above 0.95:", mean > 0.95, "DDIM, one pass: below 0.5:", once < 0.5)

# %% two-rings
with torch.enable_grad():
    told = diffusion.train(diffusion.Config(shape="two-rings", classes=2), recipe=recipe)
inner = {}
for strength in (1, 4):
    eps = diffusion.guided(told.model, 0, strength)
    x = diffusion.sample(eps, 3000, told.tables, variance="posterior", generator=dice())
    inner[strength] = shapes.radius_stats(x)[0], shapes.angle_histogram(x, 16).max()
print("radius smaller:", inner[4][0] < inner[1][0], "fullest of 16 sectors fuller:", inner[4][1] > inner[1][1])


# %% blanks
def back(x_t, eps_hat, t, noise):
    mean = (x_t - betas[t] / np.sqrt(1 - abar[t]) * eps_hat) / np.sqrt(1 - betas[t])
    return mean if t == 0 else mean + np.sqrt(betas[t]) * noise


x, e, z = np.random.default_rng(0).normal(size=(3, 4, 2))
print(all(np.allclose(back(x, e, t, z), parts.ddpm_step(x, e, t, betas, z)) for t in range(50)))

# %% constant-beta
n = np.log(0.01) / np.log(1 - 0.1)
print(f"{n:.1f} steps, so", int(np.ceil(n)))
print(f"{0.9**43:.4f} {0.9**44:.4f}")


# %% no-guess
x0, eps = shapes.make_points("ring", 20_000)[0], torch.randn(20_000, 2)
print(f"loss {F.mse_loss(torch.zeros_like(eps), eps):.1f}")
x = diffusion.sample(lambda x, t: torch.zeros_like(x), 5000, tables, generator=dice())
print(f"mean radius {shapes.radius_stats(x)[0]:.0f}")


# %% own-ddim
def jump(x, eps_hat, t, to):  # to = -1: clean
    x0 = (x - np.sqrt(1 - abar[t]) * eps_hat) / np.sqrt(abar[t])
    left = 1.0 if to < 0 else abar[to]
    return np.sqrt(left) * x0 + np.sqrt(1 - left) * eps_hat


x = torch.randn(100, 2, generator=dice()).numpy()
for t, to in ((49, 37), (37, 24), (24, 12), (12, 0), (0, -1)):
    x = jump(x, net(torch.tensor(x, dtype=torch.float32), torch.full((100,), t)).numpy(), t, to)
again = diffusion.ddim_sample(net, 100, tables, steps=5, generator=dice()).numpy()
print(np.allclose(x, again, atol=1e-3))

# %% moons
with torch.enable_grad():
    run = diffusion.train(diffusion.Config(shape="two-moons"), recipe=recipe)
x, true = diffusion.sample(run.model, 3000, run.tables, generator=dice()), shapes.make_points("two-moons", 3000)[0]
apart = torch.cdist(x, true).min(1).values
missed = torch.cdist(true, x).min(1).values
print("typical distance to a true point below 0.15:", apart.median().item() < 0.15)
print("true points without a neighbour within 0.15, below 2 %:", (missed > 0.15).double().mean().item() < 0.02)
