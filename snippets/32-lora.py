"""Chapter 32: a pretrained network adapted in full and by LoRA, first by hand and then by a library."""

# %% base
import torch
from groundup.capstones import lora

base = lora.pretrained()  # the weights that ship with the book
data = lora.make_data()
x, bits = data["target train"]  # (2000, 32), (2000, 4)
print(base)
print("numbers:", lora.trainable_count(base))
print("one input:", x[0, :6].numpy().round(1), "... its bits:", bits[0].tolist())


# %% tasks
def share(model, task):
    x, bits = data[f"{task} test"]  # 1000 examples that no training sees
    return lora.accuracy(model, x, lora.classes(bits, task))


print("old task:", f"{share(base, 'source'):.3f}", "new task:", f"{share(base, 'target'):.3f}")

# %% best
from statistics import NormalDist

sign_right = NormalDist(sigma=0.3).cdf(1)  # noise smaller than the distance from 1 to 0
print("best possible:", f"{sign_right**2:.4f}")

# %% baselines tol=0.05
head, full = lora.adapt(base, "head"), lora.adapt(base, "full")
print("only the new head:", f"{head.accuracy:.2f}")
print("every number:", f"{full.accuracy:.2f}")

# %% deaf
lengths = base.first.weight.detach().norm(dim=0)  # (32,): one a column of the first layer
print(lengths[:6].numpy().round(2), "longest of the rest:", f"{lengths[6:].max():.2f}")

# %% deaf-bars fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 2.6))
colors = ["C0"] * 2 + ["C1"] * 2 + ["C5"] * 28
ax.bar(range(1, 33), lengths.tolist(), color=colors)
ax.text(2.8, 1.9, "signs of the old task", color="C0")
ax.text(2.8, 1.0, "signs of the new task", color="C1")
ax.plot([3.5, 3.5], [0.15, 0.92], color="C1", linewidth=0.8)
ax.text(13, 0.5, "noise alone", color="black", alpha=0.7)
ax.set(xlabel="input", ylabel="length of its column", xlim=(0.2, 33))
alt = "Bars for 32 inputs. The first two stand above 2; inputs 3 and 4 are as low as the 28 that hold only noise."
figure(fig, alt=alt, caption="Look at inputs 3 and 4: the first layer passes on no more of them than of noise.")

# %% probe
from groundup.capstones import lora_study

right = lora_study.linear_probe(base)
print("share right, by sign:", *(f"{s:.2f}" for s in right), "- both new ones:", f"{right[2] * right[3]:.2f}")

# %% no-decay
from dataclasses import replace

heard = lora.pretrain(replace(lora.Config(), pretrain_decay=0.0))
lengths = heard.first.weight.detach().norm(dim=0)
print("columns 3 and 4 above 0.25:", (lengths[2:4] > 0.25).all().item())
print("only the new head above 0.5:", lora.adapt(heard, "head").accuracy > 0.5)

# %% forgot
kept = torch.nn.Sequential(full.model.first, torch.nn.ReLU(), base.head)  # the old head put back
print("old task before, at least 0.99:", share(base, "source") >= 0.99)
print("after full training, below 0.85:", share(kept, "source") < 0.85)

# %% by-hand example="32.4"
from torch import nn

layer = lora.LoRALinear(nn.Linear(2, 2, bias=False), r=1, alpha=2.0)
with torch.no_grad():
    layer.base.weight.copy_(torch.eye(2))
    layer.A.copy_(torch.tensor([[1.0, 1.0]]))  # (r, in)
    layer.B.copy_(torch.tensor([[0.5], [-0.5]]))  # (out, r)
    x = torch.tensor([1.0, 2.0])
    print("narrow:", (x @ layer.A.T).tolist(), "output:", layer(x).tolist())

# %% source
import inspect
from textwrap import dedent

for part in (lora.LoRALinear.__init__, lora.LoRALinear.forward):
    print(dedent(inspect.getsource(part)).strip())

# %% starts
torch.manual_seed(0)
for n_in, n_out in ((32, 32), (20, 7), (32, 48)):
    linear = nn.Linear(n_in, n_out)
    fresh, x = lora.LoRALinear(linear, r=4, alpha=8.0), torch.randn(2, 5, n_in)  # x: (2, 5, in)
    added = lora.trainable_count(fresh)
    print(n_in, "->", n_out, "equal:", torch.equal(fresh(x), linear(x)), "trained:", added, added == 4 * (n_in + n_out))

# %% stale
for name in ("asks for no gradient", "frozen by the module"):
    linear = nn.Linear(3, 3)
    steps = torch.optim.AdamW(linear.parameters(), lr=0.1, weight_decay=0.5)
    linear(torch.ones(1, 3)).sum().backward()  # a gradient from before
    linear.weight.requires_grad_(False)
    if name == "frozen by the module":
        lora.freeze(linear)  # also forgets the gradient
    before = linear.weight.clone()
    steps.step()
    print(name, "- moved:", not torch.equal(linear.weight, before))

# %% inject
import copy

model = copy.deepcopy(base)
torch.manual_seed(1)
model.head = nn.Linear(32, 4)  # new
bases = lora.inject(model, ["first"], r=4, alpha=8.0)
for name, p in model.named_parameters():
    print(f"{name:18}{tuple(p.shape)!s:10}", "trained" if p.requires_grad else "frozen")

# %% count example="32.1"
print(full.trained, lora.trainable_count(model), f"{full.trained / lora.trainable_count(model):.1f}")

# %% train
x, bits = data["target train"]
y = lora.classes(bits, "target")  # (2000,)
losses = lora.train_loop(model, lora.batches(x, y, steps=200, size=64, seed=0), lr=1e-2)
low = lora.adapt(base, 4)
print("the same losses as adapt:", losses == low.losses)
print("base as before, bit for bit:", torch.equal(model.first.base.weight, base.first.weight))

# %% both-learn example="32.2"
print("on held-out data: full", f"{full.accuracy:.2f}", "r = 4", f"{share(model, 'target'):.2f}")

# %% merge-source
print(dedent(inspect.getsource(lora.LoRALinear.merge)).strip())

# %% merged-by-hand
layer.merge()
print("as stored, (out, in):", layer.base.weight.tolist())
print("as a row times it:", layer.base.weight.T.tolist())
print("output:", layer(torch.tensor([1.0, 2.0])).tolist())

# %% merge example="32.6"
x, single = data["target test"][0], copy.deepcopy(model)  # x: (1000, 32)
with torch.no_grad():
    apart = single(x)
    single.first.merge()
    together = single(x)
    single.first.unmerge()
print("largest difference below 1e-4:", ((together - apart).abs().max() < 1e-4).item())
again, before = single.first.base.weight, base.first.weight
print("unmerged: close", torch.allclose(again, before, atol=1e-5), "- bit for bit", torch.equal(again, before))

# %% latency
wide, narrow = 32 * 32, 4 * 32 + 32 * 4
print("multiplications an input: base", wide, "unmerged", wide + narrow, "merged", wide)

# %% off example="32.8"
print("base:", f"{share(base, 'source'):.3f}")
print("adapter on, new head, below 0.4:", share(model, "source") < 0.4)
with lora.switched_off(model, bases):
    undone = nn.Sequential(model.first, nn.ReLU(), base.head)
    print("adapter off, old head:", f"{share(undone, 'source'):.3f}")

# %% file
from pathlib import Path

from groundup.capstones import training
from groundup.capstones.errors import CapstoneError

path, state = Path("adapter.safetensors"), lora.adapter_state(model)
training.save(path, state, lora.AdapterConfig(lora.fingerprint(base), r=4, alpha=8.0))
print({name: tuple(p.shape) for name, p in state.items()})
print("loaded, the same answers:", torch.equal(lora.load_adapted(base, path)(x), model(x)))
try:
    lora.load_adapted(lora.pretrain(seed=1), path)
except CapstoneError as error:
    print("on another base:", str(error).split(" the base")[0], "another")

# %% three-counts
everything = sum(p.numel() for p in model.parameters())
print(
    "in memory:", everything, "trained:", lora.trainable_count(model), "stored:", sum(p.numel() for p in state.values())
)

# %% sweep example="32.3" tol=0.05
swept = {how: lora.adapt(base, how) for how in ("head", 1, 2, 4, 8, "full")}
print(f"untouched {share(base, 'target'):.3f}")
for how, a in swept.items():
    print(f"{how!s:6}{a.trained:6}{a.accuracy:8.3f}")

# %% sweep-curve fold
fig, ax = plt.subplots(figsize=(6, 3.2))
counts, reached = [a.trained for a in swept.values()], [a.accuracy for a in swept.values()]
ax.semilogx(counts, reached, "o-", color="C0")
ax.axhline(0.25, color="black", linestyle="--", alpha=0.6)
ax.text(420, 0.28, "guessing", color="black")
places = {"head": (6, 8), 1: (8, -8), 2: (-8, -18), 4: (-8, -18), 8: (-8, -18), "full": (-12, -18)}
for how, at, height in zip(swept, counts, reached):
    name = f"r = {how}" if isinstance(how, int) else how
    ax.annotate(name, (at, height), places[how], textcoords="offset points", color="black")
ax.set(xlabel="trained numbers (logarithmic)", ylabel="held-out accuracy", ylim=(0.15, 1.08))
ax.set_xticks([132, 196, 260, 388, 644, 1188], ["132", "196", "260", "388", "644", "1188"])
ax.minorticks_off()
alt = "Accuracy against trained numbers: head near guessing, r = 1 below 0.9, then flat near 1 from r = 2 to full."
figure(
    fig, alt=alt, caption="Look at the two steps: from the head to r = 1, and from r = 1 to r = 2. Then nothing rises."
)

# %% one-direction
import numpy as np


def missed(gap):  # the noise is larger than the gap
    return NormalDist(sigma=0.3).cdf(-gap)


angles = np.linspace(0.1, 0.75, 200)
hits = [1 - missed(np.sin(a)) - missed(np.cos(a) - np.sin(a)) / 2 for a in angles]
print("best with one direction:", f"{max(hits):.2f}")

# %% longer
for updates in (200, 2000):
    a = lora.adapt(base, 1, replace(lora.Config(), adapt_steps=updates))
    print("rank 1,", updates, "updates, between 0.8 and 0.9:", 0.8 < a.accuracy < 0.9)

# %% regions fold
grid = torch.linspace(-2, 2, 81)
across, up = torch.meshgrid(grid, grid, indexing="xy")  # (81, 81)
inputs = torch.zeros(81 * 81, 32)
inputs[:, :2] = 1.0  # the old signs, both held at +1
inputs[:, 2:4] = torch.stack([across.flatten(), up.flatten()], dim=1)
fig, axes = plt.subplots(2, 2, figsize=(6, 6), layout="tight")
nets = {"before": base, "new head": swept["head"].model, "r = 1": swept[1].model, "r = 2": swept[2].model}
for ax, (name, net) in zip(axes.flat, nets.items()):
    with torch.no_grad():
        chosen = net(inputs).argmax(1).view(81, 81).numpy()
    for c in range(4):
        if (chosen == c).any():
            ax.contourf(grid, grid, chosen == c, levels=[0.5, 1.5], colors=[f"C{c}"], alpha=0.35)
        ax.text(1 if c > 1 else -1, 1 if c % 2 else -1, str(c), color="black", ha="center", va="center", fontsize=13)
    ax.set(aspect="equal", xticks=[-1, 1], yticks=[-1, 1], title=name, xlabel="input 3", ylabel="input 4")
alt = "Four maps. Before and new head: one class nearly everywhere. r = 1: four slanted stripes. r = 2: four quarters."
caption = (
    "Colour: the chosen class. Digit: the class that belongs there. Look how close the borders come to the digits."
)
figure(fig, alt=alt, caption=caption)

# %% spectra example="32.7"
spectra = {}
for how in ("full", 4):
    change = lora_study.update(base.first, swept[how].model.first, 32)  # (32, 32): after minus before
    s = spectra[how] = torch.linalg.svdvals(change)  # (32,), largest first
    energy = (s[:2] ** 2).sum() / (s**2).sum()
    print(how, "energy of the top two above 0.6:", (energy > 0.6).item(), "above 0.98:", (energy > 0.98).item())
print("4: from the fifth on below 1e-4:", (s[4:] < 1e-4).all().item())

# %% spectra-bars fold
fig, axes = plt.subplots(1, 2, figsize=(6, 2.8))
for ax, (how, s), color in zip(axes, spectra.items(), ("C0", "C1")):
    ax.bar(range(1, 9), s[:8].tolist(), color=color)
    ax.axvline(2.5, color="black", linestyle="--", alpha=0.7)
    ax.set_title("full update" if how == "full" else "update of r = 4", fontsize=10)
    ax.set(xlabel="number", xticks=range(1, 9))
axes[0].set_ylabel("singular value")
axes[1].text(2.7, spectra[4][0] * 0.85, "needed:\nleft of the line", color="black")
alt = "Eight bars each, two tall ones left of a dashed line. Full: a falling tail after them; r = 4: almost nothing."
figure(fig, alt=alt, caption="Look left of the dashed line: two large bars in both updates, for two new directions.")

# %% alpha
for r, alpha in ((1, 1.0), (1, 16.0), (2, 1.0), (2, 16.0)):
    a = lora.adapt(base, r, alpha=alpha)
    print("r", r, "α", alpha, "trained", a.trained, "at least 0.98:", a.accuracy >= 0.98)

# %% doubled
torch.manual_seed(0)
a, b = (lora.LoRALinear(nn.Linear(20, 7), 3, alpha) for alpha in (6.0, 12.0))
b.load_state_dict(a.state_dict() | {"B": torch.randn(7, 3)})
a.B.data.copy_(b.B)
x = torch.randn(4, 20)
print("added part doubled:", torch.allclose(b(x) - b.base(x), 2 * (a(x) - a.base(x)), atol=1e-5))


# %% mutants
class BothZero(lora.LoRALinear):
    def __init__(self, base, r, alpha):
        super().__init__(base, r, alpha)
        nn.init.zeros_(self.A)


class BothRandom(lora.LoRALinear):
    def __init__(self, base, r, alpha):
        super().__init__(base, r, alpha)
        nn.init.normal_(self.A)
        nn.init.normal_(self.B)


print(BothZero.__name__, BothRandom.__name__)


# %% more-mutants
class NotFrozen(lora.LoRALinear):
    def __init__(self, base, r, alpha):
        super().__init__(base, r, alpha)
        base.requires_grad_(True)


class NoScale(lora.LoRALinear):
    def __init__(self, base, r, alpha):
        super().__init__(base, r, 0.0)


class Transposed(lora.LoRALinear):
    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.B @ self.A)


print(NotFrozen.__name__, NoScale.__name__, Transposed.__name__)

# %% broken
x = data["target test"][0]
print("               learns  starts as base  trained  base kept")
for part in (lora.LoRALinear, BothZero, BothRandom, NotFrozen, NoScale, Transposed):
    net = copy.deepcopy(base)
    torch.manual_seed(0)
    lora.inject(net, ["first"], 4, 8.0, part)
    starts = torch.equal(net(x), base(x))
    a = lora.adapt(base, 4, layer=part)
    same = torch.equal(a.bases["first"].weight, base.first.weight)
    print(f"{part.__name__:15}{a.accuracy > 0.9!s:8}{starts!s:16}{a.trained:<9}{same}")

# %% rectangular
for part in (lora.LoRALinear, Transposed):
    try:
        print(part.__name__, tuple(part(nn.Linear(20, 7), 3, 6.0)(torch.randn(2, 20)).shape))
    except RuntimeError:
        print(part.__name__, "fails on 20 -> 7")

# %% sizes example="32.5"
for n, r in ((32, 4), (64, 4), (4096, 4), (4096, 8), (4096, 64)):
    print(f"{n:5} r = {r:2}: {n * n / (r * (n + n)):.1f}")
print("equal for 32 at r =", next(r for r in range(1, 33) if r * (32 + 32) >= 32 * 32))

# %% saves
for n in (8, 32, 4096):
    print("width", n, "layer", n * n, "adapter of rank 8:", 8 * (n + n))

# %% two-paths fold
fig, ax = plt.subplots(figsize=(6, 3.3))
ax.add_patch(plt.Rectangle((0, 0), 4096, 4096, color="C5", alpha=0.4, linewidth=0))
ax.text(2048, 2048, "W, frozen\n4096 × 4096", color="black", ha="center", va="center")
ax.add_patch(plt.Rectangle((5000, 2044), 4096, 8, color="C1", linewidth=0.6))
ax.text(7048, 2250, "A: 8 × 4096", color="C1", ha="center")
ax.add_patch(plt.Rectangle((9900, 0), 8, 4096, color="C0", linewidth=0.6))
ax.text(9750, 500, "B: 4096 × 8", color="C0", ha="right")
ax.set(xlim=(-50, 10100), ylim=(-100, 4200), aspect="equal")
ax.axis("off")
alt = (
    "A large grey square W, a thin horizontal line A of the same width, and a thin vertical line B of the same height."
)
figure(fig, alt=alt, caption="Drawn to scale. Look at the two thin lines: they are all that is trained.")

# %% memory
from groundup.capstones import gpt

small = gpt.count_params(gpt.Config())
models = [("chapter 31", small, 64, 2), ("7 billion", 7e9, 4096, 32), ("70 billion", 70e9, 8192, 80)]
print("training memory in GB")
print("             adapter    share     full     LoRA    QLoRA")
for name, n, width, blocks in models:
    a = blocks * 2 * 8 * (width + width)  # queries and values, r = 8
    gb = [16 * n / 1e9, (2 * n + 16 * a) / 1e9, (n / 2 + 16 * a) / 1e9]
    print(f"{name:11}{a:10,}{a / n:8.2%} ", *(f"{m:8.4f}" if m < 0.1 else f"{m:8.1f}" for m in gb))
tokens = 8 * 1024
print("block inputs,", tokens, "tokens, 70 billion:", round(2 * tokens * 8192 * 80 / 1e9, 1))

# %% memory-bars fold
fig, ax = plt.subplots(figsize=(6, 2.8))
a = 32 * 2 * 8 * 2 * 4096
parts = {"full": [28, 28, 56], "LoRA": [14 + 4 * a / 1e9, 4 * a / 1e9, 8 * a / 1e9]}
parts["QLoRA"] = [3.5 + 4 * a / 1e9, 4 * a / 1e9, 8 * a / 1e9]
for row, sizes in enumerate(parts.values()):
    left = 0
    for color, size in zip(("C5", "C1", "C0"), sizes):
        ax.barh(row, size, left=left, color=color)
        left += size
for at, name in ((14, "weights"), (42, "gradients"), (84, "Adam's averages")):
    ax.text(at, -0.62, name, ha="center", color="black")
ax.set_yticks(range(3), parts)
ax.set(xlabel="GB for 7 billion numbers, r = 8", xlim=(0, 116), ylim=(2.5, -1))
alt = "Stacked bars. Full: 112 GB, half of it Adam's averages. LoRA: about 14, QLoRA: about 4, nearly all weights."
figure(fig, alt=alt, caption="Look at the two lower bars: nearly all that is left is the frozen weights.")

# %% cost
print("             GPU hours: full  LoRA   GB for 100 tasks: full  LoRA")
for name, n, width, blocks in models[1:]:
    a = blocks * 2 * 8 * (width + width)
    hours = [k * n * 10e6 / 4e14 / 3600 for k in (6, 4)]  # ten million tokens
    kept = [100 * 2 * n / 1e9, (2 * n + 100 * 2 * a) / 1e9]
    print(f"{name:11}{hours[0]:16.2f}{hours[1]:6.2f}{kept[0]:24.0f}{kept[1]:6.0f}")

# %% peft
import os
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")  # peft 0.21 with transformers 5
import peft

torch.manual_seed(1)
ours = copy.deepcopy(base)
ours.head = nn.Linear(32, 4)
recipe = peft.LoraConfig(r=4, lora_alpha=8, target_modules=["first"], modules_to_save=["head"])
theirs = peft.get_peft_model(copy.deepcopy(ours), recipe)
lora.inject(ours, ["first"], 4, 8.0)
print("trained:", lora.trainable_count(ours), theirs.get_nb_trainable_parameters()[0])

# %% agree
start = theirs.base_model.model.first.lora_A["default"].weight
start.data.copy_(ours.first.A)  # the same A
x, bits = data["target train"]
y = lora.classes(bits, "target")
both = [lora.train_loop(net, lora.batches(x, y, 200, 64, seed=0), lr=1e-2) for net in (ours, theirs)]
print("200 losses agree:", np.allclose(*both, rtol=0, atol=1e-4))
merged = theirs.merge_and_unload()
ours.first.merge()
print("merged weights agree:", torch.allclose(merged.first.weight, ours.first.base.weight, atol=1e-4))

# %% tiny example="32.9"
from transformers import DistilBertConfig, DistilBertForSequenceClassification


def tiny(**others):
    torch.manual_seed(0)
    sizes = {"vocab_size": 100, "dim": 32, "hidden_dim": 64, "n_layers": 2, "n_heads": 4}
    net = DistilBertForSequenceClassification(DistilBertConfig(**sizes, max_position_embeddings=32, num_labels=2))
    usual = {"target_modules": ["q_lin", "v_lin"], "task_type": "SEQ_CLS"}
    return peft.get_peft_model(net, peft.LoraConfig(r=4, lora_alpha=8, **usual | others))


trained, everything = tiny().get_nb_trainable_parameters()
print(trained, everything, f"{100 * trained / everything:.4f}")

# %% tiny-parts
for name, p in tiny().named_parameters():
    if p.requires_grad and "layer.1" not in name:
        print(name.removeprefix("base_model.model.").removeprefix("distilbert.transformer."), tuple(p.shape))

# %% frozen-head example="32.10"
for task in (None, "SEQ_CLS"):
    with torch.device("meta"):  # shapes without numbers
        net = DistilBertForSequenceClassification(DistilBertConfig(num_labels=2))
        recipe = peft.LoraConfig(r=8, lora_alpha=16, target_modules=["q_lin", "v_lin"], task_type=task)
        trained, everything = peft.get_peft_model(net, recipe).get_nb_trainable_parameters()
    print(task, "trained", trained, f"percent {100 * trained / everything:.2f}")

# %% gpt tol=0.1
result = lora_study.adapt_gpt(steps=150)  # queries and values of both blocks, r = 8
print("trained", result.trained, "of", gpt.count_params(gpt.Config()))
for when, (old, new) in (("before", result.before), ("adapter on", result.on), ("adapter off", result.off)):
    print(f"{when:12} old text {old:.2f}  new text {new:.2f}")
print("off is before, exactly:", result.off == result.before)

# %% rows
adapted = [lora.adapt(base, 4, seed=seed).model for seed in (0, 1)]  # two customers
A, B = (torch.stack([getattr(net.first, name) for net in adapted]) for name in "AB")  # (2, 4, 32), (2, 32, 4)
W, b = (torch.stack([getattr(net.head, name) for net in adapted]) for name in ("weight", "bias"))
whose = torch.tensor([0, 1, 1, 0, 1])  # which customer sent each row
x = data["target test"][0][:5]  # (5, 32)
added = torch.einsum("nor,nri,ni->no", B[whose], A[whose], x)  # (5, 32)
h = torch.relu(base.first(x) + 2.0 * added)  # α/r = 2
logits = torch.einsum("nco,no->nc", W[whose], h) + b[whose]  # (5, 4)
alone = torch.stack([adapted[who](row) for who, row in zip(whose, x)])
print("one batch, each row as alone:", torch.allclose(logits, alone, atol=1e-4))


# %% gate
def release(adapted):
    checks = {
        "learned": adapted.accuracy >= 0.99,
        "undone by switching off": adapted.old_off == share(base, "source"),
        "small": adapted.trained <= 400,
    }
    return [name for name, holds in checks.items() if not holds] or "released"


for name in (1, 2, 8, "full"):
    print(name, release(swept[name]))

# %% settings
for name, others in {
    "plain": {},
    "rsLoRA": {"use_rslora": True},
    "DoRA": {"use_dora": True},
    "all-linear": {"target_modules": "all-linear", "exclude_modules": ["pre_classifier", "classifier"]},
    "saved by name": {"task_type": None, "modules_to_save": ["pre_classifier", "classifier"]},
    "PiSSA start": {"init_lora_weights": "pissa"},
}.items():
    net = tiny(**others)
    q = net.base_model.model.distilbert.transformer.layer[0].attention.q_lin
    zero = not q.lora_B["default"].weight.any()
    print(f"{name:14} trained {net.get_nb_trainable_parameters()[0]} scale {q.scaling['default']} B zero {zero}")

# %% named
net = tiny().eval()
net.add_adapter("second", peft.LoraConfig(r=2, lora_alpha=4, target_modules=["q_lin"], task_type="SEQ_CLS"))
ids, said = torch.arange(10)[None], {}
with torch.no_grad():
    for name, p in net.named_parameters():
        if "lora_B" in name:
            p.normal_()  # as if trained
    for name in ("default", "second"):
        net.set_adapter(name)
        said[name] = net(ids).logits  # (1, 2)
    print(list(net.peft_config), "differ:", not torch.allclose(said["default"], said["second"]))
    net.set_adapter("default")
    with net.disable_adapter():
        print("switched off, as its base:", torch.allclose(net(ids).logits, tiny().eval()(ids).logits, atol=1e-5))
    merged = net.merge_and_unload()
    print(type(merged).__name__, "as adapted:", torch.allclose(merged(ids).logits, said["default"], atol=1e-4))


# %% four-bits
def rounded(w, bits):
    top = 2 ** (bits - 1) - 1
    scale = w.abs().amax(1, keepdim=True) / top  # one a row
    return (w / scale).round() * scale


for bits in (8, 4, 2):
    coarse = copy.deepcopy(base)
    coarse.first.weight.data = rounded(base.first.weight.data, bits)
    found = [lora.adapt(coarse, r).accuracy for r in (1, 2)]
    print(bits, "bits: r = 1 at least 0.98", found[0] >= 0.98, "- r = 2", found[1] >= 0.98)

# %% blanks
torch.manual_seed(0)
linear, A, B = nn.Linear(20, 7), torch.randn(3, 20), torch.randn(7, 3)
x, alpha = torch.randn(5, 20), 6.0
y = linear(x) + alpha / 3 * (x @ A.T @ B.T)
print(tuple(y.shape), torch.allclose(y, x @ (linear.weight + alpha / 3 * B @ A).T + linear.bias, atol=1e-4))

# %% wide-layer
print("adapter:", 16 * (1024 + 4096), "layer:", 1024 * 4096, "ratio:", 1024 * 4096 / (16 * (1024 + 4096)))
print("equal at r =", 1024 * 4096 / (1024 + 4096))


# %% own-layer
class Mine(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.base, self.scale = base.requires_grad_(False), alpha / r
        self.A = nn.Parameter(0.01 * torch.randn(r, base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, r))

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A.T) @ self.B.T


a = lora.adapt(base, 2, layer=Mine)
print("learns:", a.accuracy >= 0.99, "trained:", a.trained, "as ours:", a.losses == swept[2].losses)

# %% cut
u, s, vt = torch.linalg.svd(lora_study.update(base.first, full.model.first, 32))
for k in (0, 1, 2, 3):
    net = copy.deepcopy(full.model)  # with its new head
    net.first.weight.data = base.first.weight.data + u[:, :k] * s[:k] @ vt[:k]
    found = share(net, "target")
    print("rank", k, "above 0.9:", found > 0.9, "below 0.4:", found < 0.4)

# %% own-task
x, bits = data["target train"]
x_test, bits_test = data["target test"]
for name, label in {"sign 3": lambda b: b[:, 2], "signs 1 and 3": lambda b: 2 * b[:, 0] + b[:, 2]}.items():
    net = copy.deepcopy(base)
    torch.manual_seed(1)
    net.head = nn.Linear(32, 4)
    lora.inject(net, ["first"], 1, 2.0)
    lora.train_loop(net, lora.batches(x, label(bits), 200, 64, seed=0), lr=1e-2)
    print(name, "with rank 1 at least 0.98:", lora.accuracy(net, x_test, label(bits_test)) >= 0.98)
