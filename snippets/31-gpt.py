"""Chapter 31: a GPT, piece by piece, from ids to a served text."""

# %% whole example="31.1"
import numpy as np
import torch
from groundup.capstones import gpt

model, letters = gpt.pretrained()  # the weights that ship with the book
print(len(letters), repr(letters))
print(gpt.count_params(model.config))
rng = np.random.default_rng(0)
print(gpt.write(model, letters, "t", 60, rng=rng))

# %% forward
torch.set_grad_enabled(False)  # nothing is trained yet
ids = gpt.encode("to be or", letters)[None]  # (1, 8)
x = model.tokens(ids) + model.positions.weight[:8]  # (1, 8, 64)
for block in model.blocks:
    x = block(x)  # (1, 8, 64)
logits = model.logits(model.norm(x))  # (1, 8, 13)
print(ids[0].tolist(), tuple(x.shape), tuple(logits.shape))
print("the same as model(ids):", torch.equal(logits, model(ids)))

# %% stream fold
import matplotlib.pyplot as plt
from groundup.book import figure

fig, ax = plt.subplots(figsize=(6, 3))
stages = ["ids\n(B, T)", "tokens +\npositions", "blocks: x\n(B, T, 64)", "norm,\nhead", "logits\n(B, T, 13)"]
for at, stage in zip([0.4, 1.9, 3.6, 5.2, 6.7], stages):
    ax.text(at, 2.1, stage, ha="center", va="center", color="black", fontsize=9, linespacing=1.6)
for start in (0.9, 2.62, 4.4, 5.7):
    ax.annotate("", (start + 0.4, 2.1), (start, 2.1), arrowprops={"arrowstyle": "->", "color": "black"})
ax.plot([0, 7.1], [0.2, 0.2], color="C0", linewidth=3)
ax.text(0, 0.32, "x", color="C0", fontsize=11)
for start, name in [(0.7, "norm, attention"), (3.9, "norm, MLP")]:
    ax.plot([start, start, start + 2.3, start + 2.3], [0.2, 1.05, 1.05, 0.2], color="C1")
    ax.text(start + 1.15, 1.15, name, color="C1", ha="center")
    ax.text(start + 2.3, 0.12, "+", color="C1", ha="center", va="top", fontsize=14)
ax.set(xlim=(-0.3, 7.5), ylim=(-0.35, 2.5))
ax.axis("off")
alt = "Above: ids, tokens and positions, blocks, norm and head, logits. Below: a line that two branches leave and join."
caption = "Below is one block. Follow the thick line, x: nothing interrupts it, the branches add to it."
figure(fig, alt=alt, caption=caption)

# %% batch
text = gpt.encode("to be or not", letters)  # (12,)
inputs, targets = gpt.get_batch(text, torch.tensor([0, 3]), T=5)  # (2, 5) each
for name, rows in [("inputs", inputs), ("targets", targets)]:
    print(name, ["".join(letters[i] for i in row) for row in rows])

# %% one-pass
from torch.nn import functional as F

inputs, targets = gpt.get_batch(text, torch.tensor([0]), T=7)  # (1, 7) each
costs = F.cross_entropy(model(inputs)[0], targets[0], reduction="none")  # (7,)
for t, cost in enumerate(costs.tolist(), 1):
    print(repr("to be or"[:t]), "->", repr("to be or"[t]), f"{cost:.2f}")

# %% by-hand example="31.6"
from groundup.capstones import gpt_parts

rows = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # (3, 2)
mask = torch.ones(3, 3, dtype=torch.bool).tril()  # True: may look
weights = gpt_parts.attention(rows, rows, torch.eye(3), mask)  # (3, 3)
outputs = gpt_parts.attention(rows, rows, rows, mask)  # (3, 2)
print(weights.numpy().round(3))
print(outputs.numpy().round(3))
q = rows[None]  # (1, 3, 2)
fused = F.scaled_dot_product_attention(q, q, q, is_causal=True)
print("the library agrees:", torch.allclose(fused[0], outputs))

# %% attention-source
import inspect
from textwrap import dedent

print(dedent(inspect.getsource(gpt.CausalAttention.forward)).strip())

# %% causal
one, other = (gpt.encode(t, letters)[None] for t in ("to be or", "to be on"))
same = torch.isclose(model(one), model(other), atol=1e-4)  # (1, 8, 13)
print(same[0].all(-1).int().tolist())

# %% layer-norm example="31.10"
row = torch.tensor([1.0, 2.0, 3.0, 4.0])
ones, zeros = torch.ones(4), torch.zeros(4)
normed = gpt_parts.layer_norm(row, ones, zeros)
print(normed.numpy().round(4))
print(((row - row.mean()) / row.std()).numpy().round(4), "with n - 1: wrong")
print("agrees:", torch.allclose(normed, torch.layer_norm(row, (4,), ones, zeros)))

# %% block-source
print(dedent(inspect.getsource(gpt.Block.forward)).strip())

# %% library-block fold
from torch import nn

block, attn = model.blocks[0], model.blocks[0].attn
how = {"activation": "gelu", "batch_first": True, "norm_first": True}
library = nn.TransformerEncoderLayer(64, 4, 256, dropout=0, **how)
same = {"self_attn.out_proj": attn.proj, "linear1": block.up, "linear2": block.down}
same |= {"norm1": block.norm1, "norm2": block.norm2}
state = {}
for kind in ("weight", "bias"):
    state |= {f"{name}.{kind}": getattr(part, kind) for name, part in same.items()}
    three = [getattr(f, kind) for f in (attn.q, attn.k, attn.v)]
    state[f"self_attn.in_proj_{kind}"] = torch.cat(three)
library.load_state_dict(state)
x = model.tokens(ids) + model.positions.weight[:8]  # (1, 8, 64)
hide = nn.Transformer.generate_square_subsequent_mask(8)  # (8, 8)
print("with the mask:", torch.allclose(library(x, hide), block(x), atol=1e-4))
print("without:", torch.allclose(library(x), block(x), atol=1e-4))

# %% view-order
joined = x @ state["self_attn.in_proj_weight"].T  # (1, 8, 192): q, k, v
right = joined.view(1, 8, 3, 4, 16)[:, :, 0]  # queries, (1, 8, 4, 16)
wrong = joined.view(1, 8, 4, 3, 16)[:, :, :, 0]  # (1, 8, 4, 16) too
print("same shape:", right.shape == wrong.shape)
print("same numbers:", torch.allclose(right, wrong))

# %% spy
looks = []


def spy(q, k, v, mask):
    every = torch.eye(k.shape[2]).expand(*k.shape[:3], -1)  # (B, H, T, T)
    looks.append(gpt_parts.attention(q, k, every, mask)[0])  # (H, T, T)
    return gpt_parts.attention(q, k, v, mask)


spied, _ = gpt.pretrained(attention=spy)
spied(gpt.encode("to be or not", letters)[None])
print(len(looks), "blocks:", tuple(looks[0].shape))
print("rows sum to 1:", torch.allclose(looks[0].sum(-1), torch.ones(4, 12)))
print("weight on later positions:", looks[0].triu(1).sum().item())

# %% maps fold
fig, axes = plt.subplots(2, 2, figsize=(6, 5.6))
window = "to be or not".replace(" ", "␣")
for i, ax in enumerate(axes.flat):
    for row, column in (looks[0][i] > 0.04).nonzero().tolist():
        dark = looks[0][i, row, column].item()
        ax.add_patch(plt.Rectangle((column, 11 - row), 1, 1, color="C0", alpha=dark**0.7, linewidth=0))
    ax.plot([0, 12], [12, 0], color="black", alpha=0.3, linewidth=0.8)
    for place, letter in enumerate(window):
        ax.text(-0.3, 11.5 - place, letter, color="black", fontsize=7, ha="right", va="center")
        ax.text(place + 0.5, -0.3, letter, color="black", fontsize=7, ha="center", va="top")
    ax.text(11.5, 10.5, f"head {i + 1}", color="black", fontsize=10, ha="right")
    ax.set(xlim=(-1, 12), ylim=(-1.2, 12), aspect="equal")
    ax.axis("off")
alt = (
    "Four square maps of the first block's weights, all empty above the diagonal, with dark cells in different places."
)
caption = "Look at one row in all four: each head spreads the same character's weight over others."
figure(fig, alt=alt, caption=caption)

# %% count
V, T, C, L = 13, 32, 64, 2
attention, mlp, norms = 4 * C * C + 4 * C, 8 * C * C + 5 * C, 4 * C
print("tokens", V * C, "positions", T * C)
print("attention", attention, "MLP", mlp, "norms", norms, "block", attention + mlp + norms)
print("final norm", 2 * C, "head", C * V + V)
total = V * C + T * C + L * (12 * C * C + 13 * C) + 2 * C + C * V + V
print("total", total, "built:", sum(p.numel() for p in model.parameters()))

# %% heads
from dataclasses import replace

for heads in (4, 8):
    print(heads, "heads of size", C // heads, gpt.count_params(gpt.Config(heads=heads)))

# %% gpt2 example="31.8"
config, _ = gpt.preset("gpt2")
print(config)
print(gpt.count_params(config))
untied = replace(config, tied=False)
print("tying saves", gpt.count_params(untied) - gpt.count_params(config))

# %% doubled
for T in (32, 64):
    wide = gpt.Config(context=T)
    scores = wide.layers * wide.heads * T * T
    print(T, "parameters", gpt.count_params(wide), "scores", scores)

# %% scale
large = gpt.Config(vocab_size=100_000, context=8192, width=8192, layers=80, heads=64)
sizes = {"toy": (gpt.Config(), 240 * 16 * 32), "GPT-2 small": (config, 20_000 * 480 * 1024)}
sizes["large"] = (large, 20 * gpt.count_params(large))
print("             parameters       tokens training GB    FLOPs  GPU hours")
for name, (shape, tokens) in sizes.items():
    n = gpt.count_params(shape)
    flops = 6 * n * tokens  # a product and a sum a weight: once forwards, twice back
    hours = flops / 4e14 / 3600
    print(f"{name:12}{n / 1e6:10,.1f}M{tokens / 1e6:12,.1f}M{16 * n / 1e9:12,.3f}{flops:9.0e}{hours:11,.1g}")
print("large, on 1000 GPUs:", round(hours / 1000 / 24), "days")

# %% guess example="31.4"
print(f"{np.log(13):.3f}")
torch.manual_seed(0)
fresh = gpt.GPT(gpt.Config())  # untrained
data = gpt.encode(gpt.TEXT, letters)  # (2400,)
print("untrained, within 0.3:", abs(gpt.evaluate(fresh, data) - np.log(13)) < 0.3)

# %% small-floor
after_a = -(0.5 * np.log(0.5) + 0.5 * np.log(0.5))  # nats: a or b, equally likely
after_b = 0.0  # surely a
print(round(2 / 3 * after_a + 1 / 3 * after_b, 4))
print(gpt.entropy_floor("aab", context=3).round(4) + 0.0)

# %% floor example="31.5"
from collections import Counter

floor = gpt.entropy_floor()  # (32,) for the line of 40 characters
print("first three:", *(f"{f:.4f}" for f in floor[:3]))
print("mean:", f"{floor.mean():.4f}")
shares = np.array(list(Counter(gpt.LINE).values())) / 40
print("by letter counts alone:", f"{-(shares * np.log(shares)).sum():.4f}")

# %% rate
print(gpt.TOY)
for step in (0, 19, 130, 239):
    print(step, f"{gpt.lr_at(step, gpt.TOY):.5f}")


# %% tiny
def by_position(net):
    x, y = gpt.get_batch(data, torch.arange(40), net.config.context)  # (40, T)
    with torch.no_grad():
        return F.cross_entropy(net(x).transpose(1, 2), y, reduction="none").mean(0)  # (T,)


torch.set_grad_enabled(True)
small = gpt.Config(context=16, width=32, layers=1, heads=2)
recipe = gpt.Recipe(steps=160, lr=1e-2)
torch.manual_seed(0)
net, stages = gpt.GPT(small), {}
stages[0] = by_position(net)


def keep(done, *_):
    stages[done] = by_position(net)


trained = gpt.train(small, recipe=recipe, model=net, every=40, report=keep)
target = gpt.entropy_floor(context=16)  # (16,)
print("parameters:", gpt.count_params(small), "floor:", f"{target.mean():.4f}")
for done in (0, 40, 160):
    print(done, "nats above the floor:", f"{stages[done].mean() - target.mean():.1f}")


# %% loop
from groundup.capstones import training


def learn(net, optimiser, updates, draw, T, rate=None):
    losses = []
    for step in range(updates):
        x, y = gpt.get_batch(data, draw(), T)  # (B, T) each
        cost = F.cross_entropy(net(x).flatten(0, 1), y.flatten())
        optimiser.zero_grad()
        cost.backward()
        optimiser.lr = rate(step) if rate else optimiser.lr
        optimiser.step()
        losses.append(cost.item())
    return losses


print("places to draw from:", len(data) - small.context)

# %% same-losses
torch.manual_seed(0)
twin, dice = gpt.GPT(small), torch.Generator().manual_seed(0)
adam = training.AdamW(twin.parameters(), recipe.lr, betas=recipe.betas)
mine = learn(
    twin,
    adam,
    updates=5,
    draw=lambda: torch.randint(2400 - 16, (16,), generator=dice),
    T=16,
    rate=lambda step: gpt.lr_at(step, recipe),
)
print("the first five losses agree:", np.allclose(mine, trained.losses[:5]))

# %% curve fold
fig, ax = plt.subplots(figsize=(6, 3))
ax.semilogy(trained.losses, color="C0")
for level, name, at in [(np.log(13), "guessing: ln 13", 120), (target.mean(), "the floor", 0)]:
    ax.axhline(level, color="black", linestyle="--", alpha=0.6)
    ax.text(at, level * 1.08, name, color="black")
ax.text(40, 0.6, "loss of each batch", color="C0")
ax.set(xlabel="updates", ylabel="loss (nats a character)", ylim=(0.05, 5))
alt = "On a logarithmic axis the loss starts at the upper dashed line, falls steeply, and ends near the lower one."
figure(
    fig, alt=alt, caption="Look at both ends of the curve: each lies near a line that was known before the training."
)

# %% positions fold
fig, ax = plt.subplots(figsize=(6, 3))
for i, (done, place) in enumerate({0: (9, 2.2), 40: (9, 0.42), 160: (4, 0.75)}.items()):
    ax.plot(range(1, 17), stages[done], color=f"C{i}")
    ax.text(*place, f"after {done} updates", color=f"C{i}")
ax.plot(range(1, 17), target, "o", color="black", markersize=4)
ax.text(4, 1.05, "dots: the floor", color="black")
ax.set(xlabel="position in the window", ylabel="loss (nats)", ylim=(-0.1, 3.2))
alt = "Before training the loss is high at all 16 positions. Afterwards it follows the dots: high at 1, then low."
figure(fig, alt=alt, caption="Look at position 1: training stops near its dot, for one letter does not tell the next.")

# %% expected example="31.11"
torch.set_grad_enabled(False)
loss = gpt.evaluate(model, data, range(40))  # all 40 different windows
print(f"{loss:.4f}", "from 0.0475 to 0.0480:", 0.0475 <= loss <= 0.0480)
print("above its floor:", f"{loss - floor.mean():.4f}")
x, y = gpt.get_batch(data, torch.arange(40), 32)  # (40, 32)
print("accuracy:", f"{(model(x).argmax(-1) == y).float().mean():.3f}")

# %% perplexity example="31.9"
print(f"{np.exp(2.658):.2f}", f"{np.exp(0.0512):.4f}")

# %% new-text
for line in (gpt.LINE, "the best tea is in the tin "):
    unending = gpt.encode(line * 20, letters)
    print(f"{gpt.evaluate(model, unending, range(len(line))):.2f}", line)
print(f"{np.log(13):.2f} guessing")


# %% breakers
def no_mask(q, k, v, mask):
    return gpt_parts.attention(q, k, v)


def zero_scores(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    return torch.softmax(scores * mask, -1) @ v  # 0 in place of minus infinity


def over_queries(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    return torch.softmax(scores.masked_fill(~mask, -torch.inf), -2) @ v


def no_root(q, k, v, mask):
    return gpt_parts.attention(q * q.shape[-1] ** 0.5, k, v, mask)


print([f.__name__ for f in (no_mask, zero_scores, over_queries, no_root)])


# %% other-blocks
class NoResidual(gpt.Block):
    def forward(self, x, cache=None):
        x = self.attn(self.norm1(x), cache)
        return self.down(self.gelu(self.up(self.norm2(x))))


class PostNorm(gpt.Block):
    def forward(self, x, cache=None):
        x = self.norm1(x + self.attn(x, cache))
        return self.norm2(x + self.down(self.gelu(self.up(x))))


print(NoResidual.__name__, PostNorm.__name__)

# %% broken
parts = {f.__name__: {"attention": f} for f in (no_mask, zero_scores, over_queries, no_root)}
parts |= {"no_residual": {"block": NoResidual}, "post_norm": {"block": PostNorm}}
torch.set_grad_enabled(True)
nets = {"whole": net}
nets |= {name: gpt.train(small, recipe=recipe, **part).model for name, part in parts.items()}
torch.set_grad_enabled(False)
reached = {name: gpt.evaluate(each, data, range(40)) for name, each in nets.items()}
for name, each in nets.items():
    new = gpt.write(each, letters, "t", 120, rng=np.random.default_rng(0))
    sound = np.mean([new[i : i + 8] in gpt.TEXT for i in range(113)])  # pieces of 8 that occur
    print(f"{name:13}below the floor: {reached[name] < target.mean()!s:6}writes the line: {sound > 0.95}")

# %% bars fold
fig, ax = plt.subplots(figsize=(6, 2.8))
caught = [value < target.mean() for value in reached.values()]
ax.barh(range(len(reached)), reached.values(), color=["C1" if c else "C0" for c in caught])
for place, name in enumerate(reached):
    ax.text(-0.05, place, name, color="black", va="center")
ax.invert_yaxis()
ax.axvline(target.mean(), color="black", linestyle="--")
ax.text(target.mean(), -0.75, "floor", color="black", ha="center")
ax.spines["left"].set_position("zero")
ax.set(xlabel="expected loss (nats)", xlim=(-0.05, 0.125), xticks=[0, 0.04, 0.08, 0.12], yticks=[])
alt = "Seven bars. no_mask, zero_scores and over_queries end left of the dashed floor, the other four right of it."
figure(fig, alt=alt, caption="Look left of the dashed line: no honest model can stand there.")

# %% lower
print("lowest loss:", min(reached, key=reached.get))

# %% agreement
torch.manual_seed(0)
q, k, v = torch.randn(3, 2, 4, 5, 8)  # (B, H, T, d) each, with T = 5 and d = 8
hide = torch.ones(5, 5, dtype=torch.bool).tril()
expected = F.scaled_dot_product_attention(q, k, v, hide)
for part in (gpt_parts.attention, no_root, over_queries, no_mask):
    print(f"{part.__name__:13}", torch.allclose(part(q, k, v, hide), expected, atol=1e-5))

# %% knobs example="31.7"
z = np.array([2.0, 1.0, 0.0, -1.0])
for temperature in (0.5, 0.8, 1, 2):
    p = gpt_parts.softmax(z / temperature)
    print(temperature, p.round(4), "entropy", f"{-(p * np.log(p)).sum():.4f}")
p = gpt_parts.softmax(z)
print("top-2:", (p[:2] / p[:2].sum()).round(4))
print("top-p 0.9 keeps:", int((p.cumsum() - p < 0.9).sum()))
rng = np.random.default_rng(0)
drawn = [{gpt.sample(z, 1.0, rng=rng, **cut) for _ in range(300)} for cut in ({"top_k": 2}, {"top_p": 0.9})]
print("drawn:", *drawn)
every = {gpt.sample(z, 1.0, top_k=99, rng=rng) for _ in range(300)}
print("temperature 0:", gpt.sample(z, 0), "k 99:", every, "p 0.01:", gpt.sample(z, 1.0, top_p=0.01, rng=rng))

# %% next-bars fold
z = model(gpt.encode("to be ", letters)[None])[0, -1].numpy()  # (13,)
fig, axes = plt.subplots(1, 3, figsize=(6, 2.5), sharey=True)
for i, (ax, temperature) in enumerate(zip(axes, (0.3, 1, 2))):
    ax.bar(range(13), gpt_parts.softmax(z / temperature), color=f"C{i}")
    ax.set_title(f"temperature {temperature}", fontsize=10)
    ax.set_xticks(range(13), list(letters.replace(" ", "␣")), fontsize=8)
axes[0].set_ylabel("probability")
alt = "Three bar charts over 13 characters. In each, o and t hold almost everything; at 2 a few small bars appear."
figure(
    fig,
    alt=alt,
    caption="Look at o and t: the line goes on with “or” or with “that”, and no temperature decides which is right.",
)


# %% together example="31.3"
def write_together(prompt, n, seeds):
    rngs = [np.random.default_rng(seed) for seed in seeds]
    texts = gpt.encode(prompt, letters).repeat(len(rngs), 1)  # (rows, t)
    for _ in range(n):
        z = model(texts[:, -32:])[:, -1].numpy()  # (rows, 13)
        new = [gpt.sample(row, 0.8, rng=rng) for row, rng in zip(z, rngs)]
        texts = torch.cat([texts, torch.tensor(new)[:, None]], dim=1)
    return ["".join(letters[i] for i in row[len(prompt) :]) for row in texts.tolist()]


lines = write_together("t", 60, range(20))
alone = [gpt.write(model, letters, "t", 60, rng=np.random.default_rng(seed)) for seed in range(3)]
print("as one by one:", lines[:3] == alone)
pieces = [line[i : i + 8] in gpt.TEXT for line in lines for i in range(53)]
print("pieces of 8 from the text, at least 95 %:", np.mean(pieces) >= 0.95)
print("with “that”:", sum("that" in "t" + line for line in lines) > 0)

# %% slide
try:
    model(data[None, :33])
except ValueError as error:
    print(error)
print(gpt.write(model, letters, "to be or not", 40, temperature=0))


# %% mask-later
bare, _ = gpt.pretrained(attention=no_mask)  # trained with the mask, runs without it
prompt = gpt.encode("to be or not", letters)[None]  # (1, 12)
same = torch.isclose(bare(prompt), model(prompt), atol=1e-3).all(-1)[0]
print("last position the same:", same[-1].item())


# %% cache
def rows_computed(n, cached):
    rows = []
    hook = model.blocks[0].attn.q.register_forward_hook(lambda module, x, y: rows.append(y.shape[1]))
    new = gpt.generate(model, data[:5].tolist(), n, temperature=0, cached=cached)
    hook.remove()
    return new, sum(rows)


for n in (27, 60):
    (new, few), (again, many) = rows_computed(n, True), rows_computed(n, False)
    print(n, "tokens: same", new == again, "cached", few, "without", many)


# %% int8
def eight_bits(w):
    scale = w.abs().amax(1, keepdim=True) / 127  # (rows, 1)
    return (w / scale).round().to(torch.int8), scale


light, _ = gpt.pretrained()
before, after = 0, 0
for p in light.parameters():
    if p.dim() == 2:
        whole, scale = eight_bits(p)
        before, after = before + 4 * p.numel(), after + p.numel() + 4 * len(scale)
        p.copy_(whole * scale)
print("matrices:", before, "bytes, then", after)
print(f"loss {loss:.4f}, then {gpt.evaluate(light, data, range(40)):.4f}")

# %% served
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from fastapi.testclient import TestClient
from groundup.capstones.errors import CapstoneError

app = FastAPI()


@app.post("/write")
def answer(prompt: str, length: Annotated[int, Query(ge=1, le=200)] = 20):
    try:
        return {"text": gpt.write(model, letters, prompt, length, temperature=0)}
    except CapstoneError as error:
        raise HTTPException(422, str(error)) from error


client = TestClient(app)
for asked in ({"prompt": "to be"}, {"prompt": "To be?"}, {"prompt": "to be", "length": 10**9}):
    reply = client.post("/write", params=asked)
    why = reply.json().get("detail")
    print(reply.status_code, why[0]["msg"] if isinstance(why, list) else why or reply.json()["text"])


# %% library-recipe fold
class LibraryBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(64)
        self.attn = nn.MultiheadAttention(64, 4, batch_first=True)
        self.norm2 = nn.LayerNorm(64)
        self.mlp = nn.Sequential(nn.Linear(64, 256), nn.GELU(), nn.Linear(256, 64))

    def forward(self, x):
        later = torch.ones(32, 32, dtype=torch.bool).triu(1)  # True: hidden
        y = self.norm1(x)
        x = x + self.attn(y, y, y, attn_mask=later, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


torch.manual_seed(0)
tables = nn.Embedding(13, 64), nn.Embedding(32, 64)
body = nn.Sequential(LibraryBlock(), LibraryBlock(), nn.LayerNorm(64), nn.Linear(64, 13))
everything = nn.ModuleList([*tables, body])
print(sum(p.numel() for p in everything.parameters()))

# %% library-losses example="31.2"
torch.set_grad_enabled(True)
adam = training.AdamW(everything.parameters(), lr=3e-3)
losses = learn(
    lambda x: body(tables[0](x) + tables[1].weight),
    adam,
    updates=101,
    draw=lambda: torch.randint(2400 - 32 - 1, (16,)),
    T=32,
)
print(f"{losses[0]:.3f} {losses[100]:.3f}")


# %% rotary
def turn(x):  # (B, H, T, d): pairs of coordinates turn by an angle that grows with the place
    T, half = x.shape[2], x.shape[3] // 2
    angle = torch.arange(T)[:, None] * 10.0 ** -torch.linspace(0, 2, half)  # (T, d / 2)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


def rotary(q, k, v, mask):
    return gpt_parts.attention(turn(q), turn(k), v, mask)


def placeless(**part):
    torch.manual_seed(0)
    bare = gpt.GPT(small, **part)
    bare.positions.weight.requires_grad_(False).zero_()
    return gpt.evaluate(gpt.train(small, recipe=recipe, model=bare).model, data, range(40))


print("rotary beats no positions:", placeless(attention=rotary) < placeless())

# %% root-mean-square
torch.set_grad_enabled(False)
row = torch.tensor([1.0, 2.0, 3.0, 4.0])
print((row / row.square().mean().sqrt()).numpy().round(4))
for kv_heads in (64, 8):  # of 64 query heads; two bytes a number; keys and values
    print(kv_heads, f"{2 * 2 * 80 * kv_heads * 128 * 8192 / 1e9:.1f} GB")

# %% usual
shape, usual = gpt.PRESETS["small"]
print(usual)
deep = gpt.GPT(gpt.Config(layers=8))
first = deep.blocks[0]
print("writes start smaller by", round((first.up.weight.std() / first.down.weight.std()).item(), 1))

# %% blanks
scores = torch.tensor([[1.0, 5.0, 2.0], [0.0, 1.0, 9.0], [2.0, 1.0, 0.0]])  # (3, 3)
later = torch.ones(3, 3, dtype=torch.bool).triu(1)
print(torch.softmax(scores.masked_fill(later, -torch.inf), dim=-1).numpy().round(3))

# %% presets
for name in ("small", "medium"):
    config, _ = gpt.preset(name, 65)
    blocks = config.layers * (12 * config.width**2 + 13 * config.width)
    print(name, gpt.count_params(config), "in blocks:", f"{blocks / gpt.count_params(config):.2f}")


# %% own-softmax
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def careless(z, axis=-1):
    return softmax(z, axis=-2)  # over the queries


for part in (softmax, careless):
    plugged, _ = gpt.pretrained(softmax=part)
    print(part.__name__, gpt.write(plugged, letters, "to be", 30, temperature=0))

# %% per-character
print("letters:", round(np.log2(3), 2), "bits a character")
print("tokens:", round(np.log2(20) / 4, 2), "bits a character")

# %% checkpoint
from pathlib import Path

training.save(Path("tiny.safetensors"), net.state_dict(), small)
tensors, kept = training.load(Path("tiny.safetensors"))
print(len(tensors), "tensors,", "tokens.weight", tuple(tensors["tokens.weight"].shape))
copy = gpt.GPT(gpt.Config(**kept))
print(copy.load_state_dict(tensors), torch.equal(copy(data[None, :16]), net(data[None, :16])))
try:
    training.load(Path("tiny.safetensors"), replace(small, heads=4))
except CapstoneError as error:
    print(str(error).split(": ")[-1])

# %% grammar
rng = np.random.default_rng(0)
who = ["the cat", "a dog", "the bird", "my aunt", "no one", "a fox", "the boy", "your hen", "he", "some girl"]
does = ["sees", "hears", "likes", "follows"]
when = ["today", "at night", "again", "in may", "daily", "outside"]
told = [f"{rng.choice(who)} {rng.choice(does)} {rng.choice(who)} {rng.choice(when)}. " for _ in range(600)]
torch.set_grad_enabled(True)
config = gpt.Config(vocab_size=len(set("".join(told))), width=48, layers=1)
story = gpt.train(config, recipe=gpt.Recipe(steps=160, lr=1e-2), text="".join(told), held_out=0.1)
known, unseen = np.mean(story.losses[-10:]), story.held_out[-1][1]
choice = (2 * np.log(10) + np.log(4) + np.log(6)) / np.mean([len(line) for line in told])  # nats a character
print("new sentences held out:", f"{np.mean([line not in told[:540] for line in told[540:]]):.2f}")
print(f"entropy of the choices: {choice:.2f}")
print(f"held out, above it: {unseen - choice > 0} by less than 0.2: {unseen - choice < 0.2}")
print(f"held out and trained on differ by less than 0.05: {abs(unseen - known) < 0.05}")
