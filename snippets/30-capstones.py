"""Chapter 30: five capstones in small, what they share and what they cost."""

# %% agent-run
from groundup.capstones import agent

asked = "What is 23 * 19 + 7?"
run = agent.run(asked, agent.default_tools(), agent.decide)
for call in run.calls:
    print(call.name, call.arguments, "->", call.result)
print(run.status, run.answer)

# %% gpt-run
import numpy as np
import torch
from groundup.capstones import gpt

torch.set_num_threads(1)
short = gpt.train(recipe=gpt.Recipe(steps=40))  # of the 240 updates of the whole recipe
print("first loss above 2.5:", short.losses[0] > 2.5)
print("after 40 updates below 1:", short.losses[-1] < 1)
model, letters = gpt.pretrained()
print(gpt.write(model, letters, "to be", 30, temperature=0))

# %% lora-run
from groundup.capstones import lora

base = lora.pretrained()
adapted = lora.adapt(base, 4)  # an adapter of rank 4
print("trained:", adapted.trained, "numbers; right on the new task:", f"{adapted.accuracy:.2f}")

# %% cnn-run
from groundup.capstones import cnn

bars = cnn.train()
print("epochs at 0.99 or more:", [epoch for epoch, share in enumerate(bars.accuracies, 1) if share >= 0.99])
print(f"held out: {bars.accuracies[-1]:.2f}")

# %% diffusion-run
from groundup.capstones import diffusion
from groundup.capstones.diffusion_shapes import radius_stats

dice = torch.Generator().manual_seed(0)
ring = diffusion.sample(diffusion.pretrained(), 500, diffusion.make_tables(), generator=dice)  # (500, 2)
print(f"mean radius {radius_stats(ring)[0]:.1f}")

# %% five fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, axes = plt.subplots(2, 2, figsize=(6, 5.4))
axes[0, 0].plot(short.losses, color="C0")
axes[0, 0].set(title="GPT: loss", xlabel="updates")
axes[0, 1].plot(adapted.losses, color="C1")
axes[0, 1].set(title="LoRA: loss", xlabel="updates")
pictures = [bars.images[bars.labels == label][2, 0] for label in (0, 1)]
gap = torch.full((12, 2), torch.nan)
axes[1, 0].imshow(torch.cat([pictures[0], gap, pictures[1]], 1).numpy(), cmap="gray", vmin=-1.2, vmax=1.2)
axes[1, 0].set(title="CNN: a row, a column")
axes[1, 0].axis("off")
axes[1, 1].scatter(*ring[:200].T, s=5, color="C3")
axes[1, 1].set(title="diffusion: points", aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
alt = "Two falling loss curves; pictures of a bright row and a bright column; scattered points close to a ring."
caption = "Above: training. Below: what goes into the CNN, and what comes out of diffusion."
figure(fig, alt=alt, caption=caption)

# %% changed
grown = gpt.count_params(model.config)
whole = sum(p.numel() for p in adapted.model.parameters())
print("GPT, pretraining:", grown, "of", grown)
print("LoRA, fine-tuning:", adapted.trained, "of", whole)
print("agent, inference:", 0)

# %% map-rows fold
rows = {
    "tensors, shapes (2)": "GLCD",
    "cross-entropy (7)": "GLC",
    "gradients, Adam (8)": "GLCD",
    "layers, activations (11)": "GLCD",
    "convolution (13)": "C",
    "attention (13)": "G",
    "tokens, sampling (15)": "G",
    "metrics (10)": "LC",
    "normal draws (22)": "GLCD",
    "rank of a matrix (23)": "L",
    "retrieval, tools (27)": "A",
    "fine-tuning (27)": "L",
}
for letter, name in zip("GLACD", ("GPT", "LoRA", "agent", "CNN", "diffusion")):
    print(name, sum(letter in used for used in rows.values()), "of", len(rows))

# %% map fold
fig, ax = plt.subplots(figsize=(6, 4))
for y, used in enumerate(rows.values()):
    for x, capstone in enumerate("GLACD"):
        ax.scatter(
            x, y, s=90, marker="s", color="C0" if capstone in used else "C5", alpha=1 if capstone in used else 0.15
        )
ax.set_xticks(range(5), ["GPT", "LoRA", "agent", "CNN", "diffusion"])
ax.set_yticks(range(len(rows)), rows, fontsize=9)
ax.xaxis.tick_top()
ax.set(xlim=(-0.5, 4.5), ylabel=" \n ")
ax.invert_yaxis()
ax.spines[:].set_visible(False)
ax.tick_params(length=0)
alt = "A grid of twelve ideas against five capstones. LoRA has the most filled squares, the agent one."
figure(
    fig, alt=alt, caption="Read a column: the ideas, with their chapters, that you should have met before you start."
)

# %% counts example="30.1"
print(13 * 64 + 32 * 64 + 2 * (12 * 64**2 + 13 * 64) + 2 * 64 + 64 * 13 + 13)  # GPT
print(32 * 32 + 32 + 32 * 4 + 4)  # LoRA's network, all of it
print(4 * (32 + 32) + 32 * 4 + 4)  # an adapter of rank 4, and a new head
print(8 * 9 + 8 + 8 * 16 * 9 + 16 + 144 * 2 + 2)  # CNN
print(3 * 64 + 64 + 64 * 64 + 64 + 64 * 2 + 2)  # denoiser

# %% counts-built
built = {"GPT": model, "LoRA": base, "CNN": bars.model, "denoiser": diffusion.Denoiser()}
for name, net in built.items():
    print(name, sum(p.numel() for p in net.parameters()))
print("adapter and head", lora.trainable_count(adapted.model))

# %% blanks
width = 16 * (20 // 4) ** 2
print(8 * 9 + 8 + 8 * 16 * 9 + 16 + width * 3 + 3)
print(sum(cnn.count_params(cnn.Config(side=20, n_classes=3)).values()))

# %% cnn-work
places = {"conv1": (12 * 12, 8 * 9), "conv2": (6 * 6, 16 * 8 * 9), "head": (1, 144 * 2)}
for name, (times, weights) in places.items():
    print(f"{name}: {weights} weights used at {times} places: {times * weights}")
products = sum(times * weights for times, weights in places.values())
print(f"{products} products a picture, {products / 1538:.0f} a parameter")

# %% costs
trains = {  # parameters, examples seen (with repetition), FLOPs
    "CNN": (1538, 6 * 1000, 6 * products * 6 * 1000),
    "LoRA": (1444, 200 * 64, 6 * 1444 * 200 * 64),
    "diffusion": (4546, 2000 * 256, 6 * 4546 * 2000 * 256),
    "GPT": (103821, 240 * 16 * 32, 6 * 103821 * 240 * 16 * 32),
}
print(f"{'':12}{'parameters':>12}{'examples':>10}{'FLOPs':>9}{'file kB':>9}{'memory kB':>11}")
for name, (n, seen, flops) in trains.items():
    print(f"{name:12}{n:12}{seen:10}{flops:9.0e}{4 * n / 1000:9.1f}{16 * n / 1000:11.1f}")
work = {name: flops for name, (n, seen, flops) in trains.items()}
print(f"all four: {sum(work.values()):.0e}, of which the GPT {work['GPT'] / sum(work.values()):.0%}")

# %% ladder-table
large = {"GPT-2 small": (124_439_808, 20_000 * 480 * 1024), "70 B": (70e9, 20 * 70e9)}
steps = {name: (n, seen, work[name]) for name, (n, seen, flops) in trains.items()}
steps |= {name: (n, seen, 6 * n * seen) for name, (n, seen) in large.items()}
print(f"{'':12}{'parameters':>12}{'examples':>10}{'FLOPs':>9}{'training GB':>13}{'GPU hours':>11}")
for name, (n, seen, flops) in steps.items():
    print(f"{name:12}{n:12.0e}{seen:10.0e}{flops:9.0e}{16 * n / 1e9:13.5f}{flops / 4e14 / 3600:11.0e}")

# %% ladder fold
fig, ax = plt.subplots(figsize=(6, 3.8))
names = list(steps)
for i, (what, at) in enumerate([("parameters", 0), ("examples", 1), ("FLOPs", 2)]):
    ax.semilogy(range(len(names)), [steps[name][at] for name in names], "o-", color=f"C{i}")
    ax.text(5.12, steps["70 B"][at], what, color=f"C{i}", va="center", fontsize=9)
ax.set_xticks(range(len(names)), [name.replace(" small", "\nsmall") for name in names], fontsize=9)
ax.set(
    ylabel="number, logarithmic axis",
    xlim=(-0.3, 6.3),
    ylim=(1e2, 1e25),
    yticks=[1e3, 1e6, 1e9, 1e12, 1e15, 1e18, 1e21, 1e24],
)
alt = (
    "Three lines over six models. They rise a little over the four capstones and steeply to GPT-2 and 70 B, FLOPs most."
)
figure(
    fig,
    alt=alt,
    caption="Look from GPT to 70 B: parameters, examples and FLOPs all climb, and FLOPs climb by both together.",
)

# %% meta
with torch.device("meta"):  # shapes without numbers: nothing is stored
    config, _ = gpt.preset("gpt2")
    second = gpt.GPT(config)
print(type(second) is type(model), sum(p.numel() for p in second.parameters()))
print(sum(p.numel() for p in model.parameters()))

# %% measured example="30.2"
stated = {"GPT": 11.9, "LoRA": 5, "CNN": 20, "diffusion": 15}  # seconds, of plain scripts
measured = {  # CPU seconds: import, construction, data, training, use
    "GPT": (0.84, 0.005, 0.001, 1.30, 0.022),
    "LoRA": (0.87, 0.001, 0.002, 0.191, 0.0),
    "CNN": (0.864, 0.002, 0.003, 0.186, 0.004),
    "diffusion": (0.843, 0.002, 0.0, 0.574, 0.009),
}
for name, parts in measured.items():
    print(
        f"{name}: {sum(parts):.1f} s, {stated[name] / sum(parts):.1f} times as fast, import {parts[0] / sum(parts):.0%}"
    )
print("each at least 2:", all(stated[name] / sum(parts) >= 2 for name, parts in measured.items()))
print("together below 15 s:", sum(sum(parts) for parts in measured.values()) < 15)

# %% stacked fold
fig, ax = plt.subplots(figsize=(6, 2.8))
left = np.zeros(4)
for i, phase in enumerate(["import", "construction", "data", "training", "use"]):
    widths = np.array([parts[i] for parts in measured.values()])
    ax.barh(range(4), widths, left=left, color=f"C{i}", height=0.6)
    if phase in ("import", "training"):
        ax.text(left[0] + widths[0] / 2, -0.45, phase, color=f"C{i}", ha="center")
    left += widths
ax.set_yticks(range(4), measured)
ax.invert_yaxis()
ax.set(xlabel="CPU seconds of a fresh process", ylabel=" ", ylim=(3.5, -0.8))
alt = "Four bars. Import is about as long in each; training follows, longest for the GPT."
figure(
    fig,
    alt=alt,
    caption="Look at the left part: it is nearly the same for all. Construction, data and use are thin lines.",
)

# %% fresh
import subprocess
import sys


def fresh(code):
    """What a new Python prints for this code."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


ask = "import sys; from groundup.capstones import agent as a; a.run('2 + 2?', a.default_tools(), a.decide);"
print("the agent loads PyTorch, NumPy:", *fresh(ask + "print('torch' in sys.modules, 'numpy' in sys.modules)"))
first = "import sys, torch; p = torch.nn.Parameter(torch.zeros(1)); had = len(sys.modules);"
flat = "from groundup.capstones.training import AdamW; AdamW([p], 0.1); print(len(sys.modules) - had < 100);"
library = "had = len(sys.modules); torch.optim.AdamW([p]); print(len(sys.modules) - had > 500)"
few, many = fresh(first + flat + library)
print("the book's AdamW loads fewer than 100 modules:", few)
print("the library's first optimiser more than 500:", many)

# %% wall
import time

wall, cpu = time.perf_counter(), time.process_time()
time.sleep(0.2)  # stands for a process that waits for its turn
print("wall time at least 0.2 s:", time.perf_counter() - wall >= 0.2)
print("CPU time below 0.1 s:", time.process_time() - cpu < 0.1)

# %% threads
one_two = {"GPT": (3.8, 3.1), "LoRA": (2.0, 2.1), "CNN": (1.8, 1.8), "diffusion": (2.8, 2.9)}
print("sooner with two threads:", [name for name, (one, two) in one_two.items() if two < one])


# %% seeded
def seed_everything(seed):
    np.random.seed(seed)
    torch.manual_seed(seed)  # a GPU, too


def once(seed):
    seed_everything(seed)
    return lora.fingerprint(lora.adapt(base, 4, seed=seed).model)


print("same seed, same bits:", once(0) == once(0))
print("other seed, same bits:", once(0) == once(1))

# %% order
print((0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3))

# %% two-threads volatile="depends on how the processor shares a sum"
torch.manual_seed(0)
numbers = torch.randn(100_000)
one = numbers.sum().item()
torch.set_num_threads(2)
two = numbers.sum().item()
torch.set_num_threads(1)
print("same bits:", one == two, "apart by less than 0.01:", abs(one - two) < 0.01)

# %% seeds
shares = [lora.adapt(base, 4, seed=seed).accuracy for seed in range(5)]
print("five seeds, lowest at least 0.99:", min(shares) >= 0.99, "all equal:", len(set(shares)) == 1)

# %% twice
few = cnn.Recipe(epochs=1)


def upside_down(logits, labels):
    return -torch.nn.functional.cross_entropy(logits, labels)


runs = [cnn.train(recipe=few, cross_entropy=upside_down) for _ in range(2)]
print("same bits:", lora.fingerprint(runs[0].model) == lora.fingerprint(runs[1].model))
print("better than guessing:", runs[0].accuracies[-1] > 0.6)


# %% adam
class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, self.betas, self.eps, self.t = lr, betas, eps, 0
        self.m = {name: np.zeros(shape) for name, shape in shapes.items()}
        self.v = {name: np.zeros(shape) for name, shape in shapes.items()}

    def hat(self, average, beta):
        return average / (1 - beta**self.t)

    def step(self, params, grads):
        self.t += 1
        (b1, b2), new = self.betas, {}
        for name, g in grads.items():
            self.m[name] = b1 * self.m[name] + (1 - b1) * g
            self.v[name] = b2 * self.v[name] + (1 - b2) * g**2
            m, v = self.hat(self.m[name], b1), self.hat(self.v[name], b2)
            new[name] = params[name] - self.lr * m / (np.sqrt(v) + self.eps)
        return new


first = Adam({"w": (2,)}, lr=0.1).step({"w": np.zeros(2)}, {"w": np.array([5.0, -0.02])})
print(first["w"].round(4))


# %% harness
def run_cnn(**parts):
    return {"accuracy": cnn.train(**parts).accuracies[-1]}


def run_diffusion(**parts):
    made = diffusion.train(recipe=diffusion.Recipe(updates=300), **parts)
    return {"loss": float(np.mean(made.losses[-50:]))}


def run_capstone(name, parts, budget_s=15.0):
    start = time.process_time()
    metrics = {"cnn": run_cnn, "diffusion": run_diffusion}[name](**parts)
    return metrics | {"in budget": time.process_time() - start <= budget_s}


print(run_capstone("cnn", {"optimiser": Adam}))
mine = run_capstone("diffusion", {"optimiser": Adam})
reference = run_capstone("diffusion", {})
print("diffusion, same loss within 0.001:", abs(mine["loss"] - reference["loss"]) < 0.001)


# %% mutants
class Uncorrected(Adam):
    def hat(self, average, beta):
        return average


class Swapped(Adam):
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), **more):
        super().__init__(shapes, lr, betas[::-1], **more)


class LargeEps(Adam):
    def __init__(self, shapes, lr=1e-3, **more):
        super().__init__(shapes, lr, **{**more, "eps": 0.01})


class Uphill(Adam):
    def step(self, params, grads):
        return super().step(params, {name: -g for name, g in grads.items()})


print([mutant.__name__ for mutant in Adam.__subclasses__()])


# %% plain-gradient
class PlainGradient(Adam):
    def step(self, params, grads):
        return {name: params[name] - self.lr * g for name, g in grads.items()}


print(PlainGradient({}, lr=0.1).step({"w": 1.0}, {"w": 2.0}))

# %% by-metric
reached = {}
for part in (Adam, *Adam.__subclasses__()):
    reached[part.__name__] = run_capstone("cnn", {"optimiser": part})["accuracy"]
    print(f"{part.__name__:14}at least 0.99: {reached[part.__name__] >= 0.99}")

# %% both fold
fig, ax = plt.subplots(figsize=(6, 2.9))
for y, (name, share) in enumerate(reached.items()):
    ax.barh(y, share, color="C0" if name == "Adam" else "C1", height=0.6)
    ax.text(share + 0.01, y, f"{share:.2f}", color="black", va="center")
ax.set_yticks(range(len(reached)), reached)
ax.invert_yaxis()
ax.set(xlabel="held-out accuracy of the CNN", ylabel=" ", xlim=(0, 1.15), xticks=[0, 0.5, 1])
alt = "Six bars of accuracy. Adam and three of its five mutants end at or near 1, Uphill and PlainGradient far below."
figure(fig, alt=alt, caption="Look at the long orange bars: each is a wrong part that the capstone's metric lets pass.")


# %% by-part
def path(part, steps=50):
    """How far a part is from the library after some steps down a bowl."""
    w = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64))
    opt = torch.optim.Adam([w], lr=0.01)
    own, values = part({"w": (3,)}, lr=0.01), {"w": w.detach().numpy().copy()}
    scale = np.array([1.0, 10.0, 0.1])
    for _ in range(steps):
        opt.zero_grad()
        (0.5 * torch.from_numpy(scale) * w**2).sum().backward()
        opt.step()
        values = own.step(values, {"w": scale * values["w"]})
    return np.abs(values["w"] - w.detach().numpy()).max()


for part in (Adam, *Adam.__subclasses__()):
    print(f"{part.__name__:14}agrees to 1e-6: {path(part) < 1e-6}")

# %% passes
for part in (Adam, Uncorrected):
    print(f"right: {path(part) < 1e-6}, at least 0.99: {reached[part.__name__] >= 0.99}")


# %% property
def first_step(part, g):
    new = part({"w": (1,)}, lr=0.01).step({"w": np.zeros(1)}, {"w": np.array([g])})
    return new["w"][0]


for part in (Adam, *Adam.__subclasses__()):
    sizes = [abs(first_step(part, g)) for g in (3.0, -0.001)]
    print(f"{part.__name__:14}first step is lr: {np.allclose(sizes, 0.01, rtol=1e-3)}")

# %% flat
from torch import nn

torch.manual_seed(0)
one, two = nn.Linear(6, 4), nn.Linear(6, 4)
two.load_state_dict(one.state_dict())
from groundup.capstones import training

ours = training.AdamW(one.parameters(), 0.01, weight_decay=0.1)
library = torch.optim.AdamW(two.parameters(), 0.01, weight_decay=0.1)
for _ in range(50):
    x = torch.randn(8, 6)  # (8, 6)
    for net, opt in ((one, ours), (two, library)):
        opt.zero_grad()
        net(x).square().mean().backward()
        opt.step()
print("agree to 1e-6:", all(torch.allclose(p, q, atol=1e-6) for p, q in zip(one.parameters(), two.parameters())))
print("28 numbers in one buffer:", len(ours.flat), one.weight.data_ptr() == ours.flat.data_ptr())

# %% other-bars
from groundup.capstones.cnn_images import Bars

tests = {"as trained": Bars(), "dark": Bars(height=-1.0), "three thick": Bars(thick=3), "noise 0.5": Bars(noise=0.5)}
trained, shown = cnn.pretrained(), {}
for name, task in tests.items():
    x, y = cnn.make_images(500, torch.Generator().manual_seed(1), task)  # (500, 1, 12, 12), (500,)
    shown[name] = x[y == 1][0, 0], cnn.accuracy(trained, x, y)
    print(f"{name:12}{shown[name][1]:.1f}")

# %% other-bars-figure fold
fig, axes = plt.subplots(1, 4, figsize=(6, 2.2))
for ax, (name, (picture, share)) in zip(axes, shown.items()):
    ax.imshow(picture.numpy(), cmap="gray", vmin=-1.2, vmax=1.2)
    ax.set_title(f"{name}\n{share:.1f}", fontsize=10)
    ax.axis("off")
alt = (
    "Four pictures of a column: bright, dark, three pixels wide, and in strong noise. Above each the share told right."
)
figure(
    fig,
    alt=alt,
    caption="Your eye finds a column in each, even through the noise. The network was trained on the first kind alone.",
)

# %% track
import json
from pathlib import Path

training.save(Path("cnn.safetensors"), bars.model.state_dict(), bars.model.config)
entry = {"seed": 0, "epochs": len(bars.losses), "torch": torch.__version__, "threads": torch.get_num_threads()}
entry |= {"accuracy": round(bars.accuracies[-1], 2), "weights": lora.fingerprint(bars.model)}
Path("runs.jsonl").write_text(json.dumps(entry) + "\n")
print(sorted(json.loads(Path("runs.jsonl").read_text())))

# %% card
card = f"""Model: {cnn.count_params(bars.model.config)}
Data: 1000 drawn pictures of 12 x 12, bright bars, noise 0.1, seed 0
Held out: {bars.accuracies[-1]:.2f} of 500 drawn alike; dark bars {shown["dark"][1]:.1f}
For: teaching. Fails on: dark bars, thick bars, strong noise"""
print(card)

# %% serve
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

app, served = FastAPI(), cnn.pretrained(Path("cnn.safetensors"))


@app.post("/classify")
def classify(pixels: list[float]):
    if len(pixels) != 144 or not np.isfinite(pixels).all():
        raise HTTPException(422, "wanted 144 finite numbers")
    with torch.no_grad():
        z = served(torch.tensor(pixels).reshape(1, 1, 12, 12))[0]  # (2,)
    return {"class": ["row", "column"][int(z.argmax())]}


client = TestClient(app)
for pixels in (pictures[0].flatten().tolist(), pictures[1].flatten().tolist(), [0.0] * 9):
    reply = client.post("/classify", json=pixels)
    print(reply.status_code, reply.json())

# %% load
x = bars.images[:64]  # (64, 1, 12, 12)
seconds = {}
with torch.no_grad():
    for name, pieces in (("one by one", x.split(1)), ("as a batch", [x])):
        served(pieces[0])  # the first call is not counted
        start = time.process_time()
        for piece in pieces:
            served(piece)
        seconds[name] = time.process_time() - start
print("64 pictures as a batch take less than half:", seconds["as a batch"] < seconds["one by one"] / 2)
replies = [client.post("/classify", json=piece.flatten().tolist()).status_code for piece in x]
print("64 requests answered:", replies.count(200))


# %% bench
def bench(function, repeats=5):
    function()  # the first run loads and warms up; it is not counted
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return {"least": min(times), "median": float(np.median(times)), "threads": torch.get_num_threads()}


def faster(one, other):
    if one["threads"] != other["threads"]:
        raise ValueError(f"{one['threads']} threads against {other['threads']}")
    return one["least"] < other["least"]


small, big = (bench(lambda n=n: torch.ones(n, n) @ torch.ones(n, n)) for n in (8, 512))
print("the small product is faster:", faster(small, big))
try:
    faster(small, big | {"threads": 2})
except ValueError as error:
    print(error)

# %% deeper
V, T, C, layers = 65, 64, 128, 4
print(V * C + T * C + layers * (12 * C**2 + 13 * C) + 2 * C + C * V + V)
print(gpt.count_params(gpt.preset("small", 65)[0]))

# %% choose
proves = {
    "train from scratch": {"GPT", "CNN", "diffusion"},
    "transformers and language models": {"GPT", "LoRA", "agent"},
    "fine-tune": {"LoRA"},
    "generative and agentic": {"agent", "diffusion"},
}
missing, chosen = set(proves), []
while missing:
    best = max(measured | {"agent": ()}, key=lambda name: sum(name in proves[skill] for skill in missing))
    chosen.append(best)
    missing = {skill for skill in missing if best not in proves[skill]}
print(chosen)
print("two suffice:", all({"LoRA", "diffusion"} & some for some in proves.values()))


# %% same-bits
def same_bits(run):
    return run() == run()


brief = gpt.Recipe(steps=3)
print("seed 0 twice:", same_bits(lambda: lora.fingerprint(gpt.train(recipe=brief).model)))
seeds = iter((0, 1))
print("seeds 0 and 1:", same_bits(lambda: lora.fingerprint(gpt.train(recipe=brief, seed=next(seeds)).model)))


# %% survivor
def suite(part):
    """Two properties: the first step has the size lr, and it leads downhill."""
    down = all(np.sign(first_step(part, g)) == -np.sign(g) for g in (3.0, -0.001))
    return down and np.allclose(abs(first_step(part, 0.001)), 0.01, rtol=1e-3)


print("survivors:", [part.__name__ for part in Adam.__subclasses__() if suite(part)])


def remembers(part):
    """A third: after 20 gradients of 1 and one of -1, a step still leads where most of them did."""
    own, values = part({"w": (1,)}, lr=0.01), {"w": np.zeros(1)}
    for g in [1.0] * 20 + [-1.0]:
        before, values = values["w"], own.step(values, {"w": np.array([g])})
    average = (0.9 * (1 - 0.9**20) - 0.1) / (1 - 0.9**21)  # m after correction; v stays 1
    return np.allclose(before - values["w"], 0.01 * average)


print("with the third test:", [part.__name__ for part in Adam.__subclasses__() if suite(part) and remembers(part)])
print("the reference passes:", suite(Adam) and remembers(Adam))

# %% own-part
from groundup.capstones.diffusion_parts import ddpm_step


def without_noise(x_t, eps_hat, t, betas, noise):
    return ddpm_step(x_t, eps_hat, t, betas, 0 * noise)


spreads = []
for part in (ddpm_step, without_noise):
    dice = torch.Generator().manual_seed(0)
    made = diffusion.sample(diffusion.pretrained(), 500, diffusion.make_tables(), generator=dice, ddpm_step=part)
    mean, spread = radius_stats(made)
    spreads.append(spread)
    print(f"{part.__name__}: mean radius {mean:.1f}")
print("spread of the radius, smaller without noise:", spreads[1] < spreads[0])
