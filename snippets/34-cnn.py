"""Chapter 34: an image classifier with convolutions, taken apart, tested and reused."""

# %% whole
import torch
from groundup.capstones import cnn

model = cnn.pretrained()  # the weights that ship with the book
torch.manual_seed(1)
images, labels = cnn.make_images(500)  # (500, 1, 12, 12), (500,)
print(tuple(images.shape), labels[:8].tolist())
print("rows:", (labels == 0).sum().item(), "columns:", (labels == 1).sum().item())
print(f"right: {cnn.accuracy(model, images, labels):.3f}")

# %% pictures fold
import matplotlib.pyplot as plt
from groundup.book import figure


def draw(ax, picture, color="C0", top=None):  # (H, W)
    top = top or max(picture.max().item(), 1e-9)
    for r, c in (picture > 0.1 * top).nonzero().tolist():
        value = picture[r, c].item()
        ax.add_patch(plt.Rectangle((c, -r - 1), 1, 1, color=color, alpha=min(1, value / top), linewidth=0))
    high, wide = picture.shape
    ax.add_patch(plt.Rectangle((0, -high), wide, high, fill=False, edgecolor="black", alpha=0.4))
    ax.set(xlim=(-0.2, wide + 0.2), ylim=(-high - 0.2, 0.2), aspect="equal")
    ax.axis("off")


fig, axes = plt.subplots(1, 4, figsize=(6, 1.9))
for ax, picture, label in zip(axes, images[:4, 0], labels[:4]):
    draw(ax, picture)
    ax.set_title(f"label {label}", fontsize=10)
alt = "Four squares of faint noise. Each has one strong line: a row where the label is 0, a column where it is 1."
figure(fig, alt=alt, caption="Look at the line's direction: it is the label. Its place is drawn by chance.")

# %% one-by-one fold
dice, again = torch.Generator().manual_seed(3), torch.Generator().manual_seed(3)
at_once, kinds = cnn.make_images(20, dice)
slow = 0.1 * torch.randn(20, 1, 12, 12, generator=again)
drawn = [torch.randint(0, 2, (1,), generator=again).item() for _ in range(20)]
for picture, kind in zip(slow[:, 0], drawn):
    at = torch.randint(0, 12, (1,), generator=again).item()
    if kind == 0:
        picture[at] += 1  # one row
    else:
        picture[:, at] += 1  # one column
print("labels:", kinds.tolist() == drawn, "pictures:", torch.equal(at_once, slow))

# %% forward
from torch.nn import functional as F

torch.set_grad_enabled(False)  # nothing is trained yet
x = images[:4]  # (4, 1, 12, 12)
maps = F.relu(F.conv2d(x, model.conv1.weight, model.conv1.bias, padding=1))  # (4, 8, 12, 12)
pooled = F.max_pool2d(maps, 2)  # (4, 8, 6, 6)
deeper = F.relu(F.conv2d(pooled, model.conv2.weight, model.conv2.bias, padding=1))  # (4, 16, 6, 6)
flat = F.max_pool2d(deeper, 2).flatten(1)  # (4, 16 * 3 * 3)
logits = model.head(flat)  # (4, 2)
print(*[tuple(t.shape) for t in (maps, pooled, deeper, flat, logits)])
print("the same as model(x):", torch.equal(logits, model(x)))

# %% by-hand example="34.3"
import numpy as np
from groundup.capstones import cnn_parts

stripe = np.zeros((1, 1, 5, 5))  # one picture, one channel
stripe[:, :, 2] = 1
across = np.array([[-1.0, -1, -1], [2, 2, 2], [-1, -1, -1]])[None, None]  # (1, 1, 3, 3)
print(cnn_parts.conv2d(stripe, across)[0, 0].astype(int))
print(cnn_parts.conv2d(stripe, across.swapaxes(2, 3))[0, 0].astype(int))

# %% padded example="34.4"
print(cnn_parts.conv2d(stripe, across, padding=1)[0, 0].astype(int))

# %% conv-source
import inspect

for part in (cnn_parts._windows, cnn_parts.conv2d):
    signature, _, body = inspect.getsource(part).split('"""')
    print(signature.strip() + body.rstrip())

# %% agrees
rng = np.random.default_rng(0)
x, w, b = rng.normal(size=(2, 3, 7, 10)), rng.normal(size=(5, 3, 3, 3)), rng.normal(size=5)
for stride in (1, 2):
    for padding in (0, 1):
        y = cnn_parts.conv2d(x, w, b, stride, padding)
        library = F.conv2d(*map(torch.tensor, (x, w, b)), stride=stride, padding=padding)
        print(stride, padding, y.shape, np.allclose(y, library))

# %% stages fold
picture = images[labels == 0][2:3]  # a row, (1, 1, 12, 12)
response = F.conv2d(picture, torch.tensor(across).float(), padding=1)[0, 0]  # (12, 12)
bent = F.relu(response)
shrunk = F.max_pool2d(bent[None], 2)[0]  # (6, 6)
fig, axes = plt.subplots(1, 4, figsize=(6, 2))
for ax, part, title in zip(
    axes, (picture[0, 0], response, bent, shrunk), ("picture", "filtered", "ReLU", "max pooled")
):
    top = 1.2 if title == "picture" else 6.0
    draw(ax, part, top=top)
    draw(ax, -part, color="C1", top=top)
    ax.set_title(title, fontsize=10)
alt = "A picture with a row. Filtered: a strong line between two weaker ones of the other colour. ReLU leaves the line."
caption = (
    "Blue is above 0, orange below. Follow the row: sharper after the filter, alone after ReLU, and pooled to 6 × 6."
)
figure(fig, alt=alt, caption=caption)

# %% tiles fold
fig, axes = plt.subplots(2, 4, figsize=(6, 3.3))
one_row = torch.zeros(1, 1, 12, 12)
one_row[:, :, 5] = 1
peaks = [
    F.conv2d(bar, model.conv1.weight, padding=1)[0, :, 1:-1, 1:-1].amax((1, 2)) for bar in (one_row, one_row.mT)
]  # (8,) each
for i, ax in enumerate(axes.flat):
    tile = model.conv1.weight[i, 0]  # (3, 3)
    draw(ax, tile, top=0.5)
    draw(ax, -tile, color="C1", top=0.5)
    gap = (peaks[0][i] - peaks[1][i]).item()
    ax.set_title("row" if gap > 0.2 else "column" if gap < -0.2 else "neither", fontsize=10)
alt = "Eight tiles of 3 × 3 weights, blue above 0 and orange below, named row, column or neither."
caption = "The name says which bar gives the stronger peak, if one clearly does. No tile is a clean drawing of a bar."
figure(fig, alt=alt, caption=caption)

# %% geometry example="34.5"
layers = [(3, 1, 1), (2, 2, 0), (3, 1, 1), (2, 2, 0)]  # kernel, stride, padding
side, field, step = 12, 1, 1
for kernel, stride, padding in layers:
    side = (side + 2 * padding - kernel) // stride + 1
    field, step = field + (kernel - 1) * step, step * stride
    print("side", side, "sees", field, "step", step)
sides, *last = cnn_parts.geometry(12, layers)
print(*sides)
print("the module agrees:", last == [field, step])

# %% touched
torch.set_grad_enabled(True)
soft = cnn.CNN(relu=lambda x: x, max_pool2d=lambda x: F.avg_pool2d(x, 2))  # every pixel counts
blank = torch.zeros(1, 1, 12, 12, requires_grad=True)
soft.features(blank).view(16, 3, 3)[0, 1, 1].backward()  # one cell, in the middle
print("pixels that it sees:", (blank.grad != 0).sum().item())
torch.set_grad_enabled(False)

# %% count example="34.1"
layers = {"conv1": 8 * (1 * 9 + 1), "conv2": 16 * (8 * 9 + 1), "head": 2 * (16 * 3 * 3 + 1)}
print(*layers.values())
print(sum(layers.values()))
print("as built:", sum(p.numel() for p in model.parameters()) == sum(cnn.count_params(cnn.Config()).values()))

# %% work
places = {"conv1": 12 * 12, "conv2": 6 * 6, "head": 1}
biases = {"conv1": 8, "conv2": 16, "head": 2}
for name, n in layers.items():
    print(f"{name} parameters {n:5} products {(n - biases[name]) * places[name]:6}")

# %% basic-block
from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, before, after, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, padding=1, bias=False)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(after), nn.BatchNorm2d(after)
        self.way = nn.Identity()
        if before != after:  # 1 × 1 filters, so that the sum fits
            self.way = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.way(x) + self.norm2(self.conv2(y)))


print(tuple(BasicBlock(64, 128, stride=2)(torch.zeros(2, 64, 8, 8)).shape))


# %% resnet
def resnet18(n_classes=1000):
    stem = nn.Conv2d(3, 64, 7, 2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
    blocks = [BasicBlock(64, 64), BasicBlock(64, 64)]
    for before in (64, 128, 256):
        blocks += [BasicBlock(before, 2 * before, stride=2), BasicBlock(2 * before, 2 * before)]
    body = nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.ModuleDict({"body": body, "head": nn.Linear(512, n_classes)})


with torch.device("meta"):  # shapes without numbers
    print(len(resnet18()["body"]), "stages")


# %% resnet-count example="34.6"
def conv_and_norm(before, after, k):
    return after * before * k * k + 2 * after


body = conv_and_norm(3, 64, 7) + 4 * conv_and_norm(64, 64, 3)
for n in (128, 256, 512):
    body += conv_and_norm(n // 2, n, 3) + 3 * conv_and_norm(n, n, 3) + conv_and_norm(n // 2, n, 1)
for n_classes in (1000, 2):
    with torch.device("meta"):
        built = sum(p.numel() for p in resnet18(n_classes).parameters())
    print(body + 513 * n_classes, built, "with a frozen body:", 513 * n_classes)


# %% products fold
def count_products(module, picture):
    seen = []

    def note(layer, inputs, output):
        per_number = layer.weight[0].numel()  # products for one number of the output
        seen.append((per_number * output.numel(), output.numel()))

    weighted = [m for m in module.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    hooks = [m.register_forward_hook(note) for m in weighted]
    module(picture)
    for hook in hooks:
        hook.remove()
    return np.array(seen).sum(axis=0).tolist()


products, kept = count_products(resnet18()["body"].eval(), torch.zeros(1, 3, 224, 224))
products += 512 * 1000  # the head
print(f"{products / 1e9:.2f} billion products,", f"{4 * kept / 1e6:.0f} MB of outputs for one picture")

# %% scale
C, T = 768, 14 * 14 + 1  # ViT-B/16: 196 patches of 16 × 16, and one token for the class
vit = 16 * 16 * 3 * C + C + (T + 1) * C + 12 * (12 * C * C + 13 * C) + 2 * C + 1000 * (C + 1)
vit_products = (T - 1) * 768 * C + 12 * (12 * T * C * C + 2 * T * T * C) + 1000 * C
sizes = {"this chapter's": (1538, 52_128, 6 * 1000), "ResNet-18": (11_689_512, products, 90 * 1_281_167)}
sizes["ViT-B/16"] = (vit, vit_products, 90 * 1_281_167)
print("               parameters   products  train GB  pictures    FLOPs  GPU hours")
for name, (n, each, shown) in sizes.items():
    flops = 6 * each * shown  # a product and a sum forwards, twice that back
    print(f"{name:15}{n:10}{each / 1e6:9.2f} M{16 * n / 1e9:10.3g}{shown:10.0e}{flops:9.0e}{flops / 4e14 / 3600:11.1g}")

# %% training example="34.2"
torch.set_grad_enabled(True)
epochs = []
trained = cnn.train(report=lambda epoch, loss, right: epochs.append((loss, right)))
losses, rights = zip(*epochs)
print(len(losses), "epochs, loss falls each time:", list(losses) == sorted(losses, reverse=True))
print("first accuracy below 0.95:", rights[0] < 0.95, "last:", f"{rights[-1]:.3f}")

# %% loop
from groundup.capstones import training


def one_epoch(model, images, labels, optimiser, batch=32):
    total = 0.0
    for rows in torch.split(torch.randperm(len(labels)), batch):  # a new order each time
        optimiser.zero_grad()
        loss = F.cross_entropy(model(images[rows]), labels[rows])
        loss.backward()
        optimiser.step()
        total += loss.item() * len(rows)
    return total / len(labels)


torch.manual_seed(0)
(x, y), held_out = cnn.make_images(1000), cnn.make_images(500)
mine = cnn.CNN()
adam = training.AdamW(mine.parameters(), lr=1e-3, weight_decay=0)
mine_losses = [one_epoch(mine.train(), x, y, adam) for _ in range(2)]
print("the first two losses agree:", np.allclose(mine_losses, losses[:2]))

# %% curves fold tol=0.02
fig, ax = plt.subplots(figsize=(6, 2.9))
ax.plot(range(1, 7), losses, "o-", color="C1")
ax.plot(range(1, 7), rights, "o-", color="C0")
ax.axhline(np.log(2), color="black", linestyle="--", alpha=0.6)
ax.text(3.6, np.log(2) + 0.03, "guessing: a loss of ln 2", color="black")
ax.text(4.2, 0.14, "loss in training", color="C1")
ax.text(4.2, 0.9, "accuracy, held out", color="C0")
ax.set(xlabel="after epoch", ylim=(-0.03, 1.08))
alt = "The loss starts just below the dashed line and falls to near 0; accuracy climbs from under 0.6 to 1."
figure(fig, alt=alt, caption="Look at epoch 1: the loss is still near that of guessing.")

# %% first-epoch
from dataclasses import replace

early = cnn.train(recipe=replace(cnn.RECIPE, epochs=1))
with torch.no_grad():
    said = early.model(early.images).argmax(1)  # (500,)
print("one answer for more than 80 %:", said.bincount().max().item() > 400)
print("share of columns:", round(early.labels.float().mean().item(), 3))

# %% shift example="34.7"
longer = cnn.Recipe(epochs=10, lr=3e-3, n_train=400, n_test=100)
nets = {}
for head in ("flatten", "global-max", "global-mean", "mlp"):
    done = cnn.train(cnn.Config(head=head), recipe=longer, task=cnn.Bars(last=6))
    nets[head] = done.model
    parameters = sum(p.numel() for p in done.model.parameters())
    there = cnn.accuracy(done.model, *cnn.make_images(500, None, cnn.Bars(first=6)))
    told = "over 0.9" if there > 0.9 else "under 0.05" if there < 0.05 else "under 0.5" if there < 0.5 else "between"
    print(f"{head:12}{parameters:5} inside {done.accuracies[-1]:.3f} elsewhere", told)

# %% places fold
torch.manual_seed(5)
tests = [cnn.make_images(200, None, cnn.Bars(first=place, last=place + 1)) for place in range(12)]
fig, ax = plt.subplots(figsize=(6, 2.5))
for row, (head, net) in enumerate(nets.items()):
    ax.text(-0.8, -row, head.replace("mlp", "MLP"), ha="right", va="center", color="black")
    for place, test in enumerate(tests):
        right = cnn.accuracy(net, *test)
        sign, color = ("+", "C0") if right > 0.9 else ("−", "C1") if right < 0.1 else ("·", "C5")
        ax.add_patch(plt.Rectangle((place - 0.45, -row - 0.45), 0.9, 0.9, color=color, alpha=0.45, linewidth=0))
        ax.text(place, -row, sign, ha="center", va="center", color="black")
ax.axvline(5.5, color="black", linestyle="--", alpha=0.6)
ax.text(5.2, 0.75, "places in training", ha="right", color="black")
ax.text(5.8, 0.75, "new places", color="black")
ax.set(xlabel="row or column of the bar", xlim=(-4, 11.6), ylim=(-3.6, 1.3), xticks=range(12), yticks=[])
ax.spines["left"].set_visible(False)
alt = "Four models, twelve places. All have plus at 0 to 5. Then global heads keep it; MLP and flatten go to minus."
caption = "Plus: over 90 % right. Minus: under 10 %. Dot: between. Look right of the dashed line: the same bars, moved."
figure(fig, alt=alt, caption=caption)

# %% equivariant
with torch.no_grad():
    dot = torch.zeros(1, 1, 12, 12)
    dot[..., 4, 4] = 1
    moved = dot.roll(2, dims=-1)  # two pixels to the right
    a, b = (F.conv2d(p, model.conv1.weight, padding=1) for p in (dot, moved))  # (1, 8, 12, 12)
print("maps move along:", torch.allclose(a.roll(2, dims=-1), b, atol=1e-6))
print("flattened stays:", torch.allclose(a.flatten(1), b.flatten(1), atol=1e-6))
print("global max stays:", torch.allclose(a.amax((2, 3)), b.amax((2, 3)), atol=1e-6))

# %% noise example="34.8"
control = cnn.train(cnn.Config(head="mlp"))
print("MLP at noise 0.1:", control.accuracies[-1])
levels, quick = (0.1, 0.5, 0.7, 1.0), cnn.Recipe(epochs=4, lr=3e-3)
score = {
    head: [cnn.train(cnn.Config(head=head), recipe=quick, task=cnn.Bars(noise=s)).accuracies[-1] for s in levels]
    for head in ("flatten", "mlp")
}
for s, with_filters, without in list(zip(levels, *score.values()))[:3]:
    print(s, "CNN ahead by more than 0.1:", with_filters - without > 0.1)

# %% noise-curves fold tol=0.03
fig, ax = plt.subplots(figsize=(6, 2.8))
for i, (head, values) in enumerate(score.items()):
    ax.plot(levels, values, "o-", color=f"C{i}")
ax.axhline(0.5, color="black", linestyle="--", alpha=0.6)
ax.text(0.1, 0.52, "guessing", color="black")
ax.text(0.62, 0.96, "CNN, 1538 parameters", color="C0")
ax.text(0.22, 0.72, "MLP, 1472", color="C1")
ax.set(xlabel="standard deviation of the noise", ylabel="accuracy, held out", ylim=(0.45, 1.05))
alt = "Both curves start near 1. The MLP's falls early and is near guessing at 1; the CNN's falls later and less far."
figure(fig, alt=alt, caption="Compare: close together on the left, far apart in the middle.")

# %% both-right
for net in (model, control.model):
    print([["row", "column"][i] for i in net(images[:3]).argmax(1)], "labels", labels[:3].tolist())

# %% occlusion
torch.set_grad_enabled(False)
picture = images[1]  # (1, 12, 12), a column
margins = torch.zeros(12, 12)
for r in range(12):
    for c in range(12):
        covered = picture.clone()
        covered[:, max(0, r - 1) : r + 2, max(0, c - 1) : c + 2] = 0  # 3 × 3 pixels
        margins[r, c] = model(covered[None])[0] @ torch.tensor([-1.0, 1.0])  # column against row
drops = model(picture[None])[0] @ torch.tensor([-1.0, 1.0]) - margins  # (12, 12)
at = picture[0].mean(0).argmax().item()
on = drops[:, at - 1 : at + 2].mean()
print("bar in column", at, "drop there more than 3 times the mean:", (on > 3 * drops.mean()).item())

# %% covered fold
fig, axes = plt.subplots(1, 2, figsize=(6, 2.8))
for ax, part, title in zip(axes, (picture[0], drops.clamp(min=0)), ("picture", "lead lost when covered")):
    draw(ax, part)
    ax.set_title(title, fontsize=10)
alt = "Left a picture with a bright column. Right a map that is dark along the same column and pale elsewhere."
figure(fig, alt=alt, caption="Compare both sides: the answer hangs on the pixels of the bar and their neighbours.")


# %% breakers fold
def turn(w):
    return np.ascontiguousarray(w[:, :, ::-1, ::-1])  # each filter turned by 180 degrees


def flipped(x, w, b, stride, padding):
    return cnn_parts.conv2d(x, turn(w), b, stride, padding)


def flipped_back(dy, x, w, stride, padding):
    dx, dw, db = cnn_parts.conv2d_backward(dy, x, turn(w), stride, padding)
    return dx, turn(dw), db


def biased(x, w, b, stride, padding):
    return cnn_parts.conv2d(x, w, b * x.shape[1], stride, padding)  # once for each input channel


def biased_back(dy, x, w, stride, padding):
    dx, dw, db = cnn_parts.conv2d_backward(dy, x, w, stride, padding)
    return dx, dw, db * x.shape[1]


print([f.__name__ for f in (flipped, biased)])

# %% broken
torch.set_grad_enabled(True)
no_relu, mean_pool = {"relu": lambda x: x}, {"max_pool2d": lambda x: F.avg_pool2d(x, 2)}
versions = {"whole": {}, "flipped": {"conv2d": flipped, "conv2d_backward": flipped_back}}
versions |= {"biased": {"conv2d": biased, "conv2d_backward": biased_back}}
versions |= {"no ReLU": no_relu, "mean pooling": mean_pool, "both": no_relu | mean_pool}
reference = model(images[:50])
for name, parts in versions.items():
    right = cnn.train(recipe=cnn.Recipe(epochs=4, lr=1e-2, n_train=300, n_test=100), **parts).accuracies[-1]
    same = torch.allclose(cnn.pretrained(**parts)(images[:50]), reference, atol=1e-4)
    print(f"{name:14}learns: {right >= 0.99!s:7}same numbers with the shipped weights: {same}")

# %% caught
w = model.conv2.weight.detach().double().numpy()  # (16, 8, 3, 3)
x, b = rng.normal(size=(2, 8, 7, 10)), model.conv2.bias.detach().double().numpy()
wanted = F.conv2d(*map(torch.tensor, (x, w, b)), padding=1)
for part in (cnn_parts.conv2d, flipped, biased):
    print(f"{part.__name__:8}", np.allclose(part(x, w, b, 1, 1), wanted))

# %% linear
x, y = cnn.make_images(4000, torch.Generator().manual_seed(0), cnn.Bars(noise=0.0))
for label in (0, 1):
    average = x[y == label].mean(0)  # (1, 12, 12)
    print(label, "mean picture within 0.02 of 1/12:", ((average - 1 / 12).abs() < 0.02).all().item())

# %% new-head
from groundup.capstones import cnn_study

for part in (cnn_study.swap_head, cnn_study.freeze):
    signature, _, code = inspect.getsource(part).split('"""')
    print(signature.strip() + code.rstrip())

# %% reuse example="34.9"
body = cnn.train(recipe=cnn.Recipe(epochs=4, lr=3e-3, n_train=2000, n_test=64), task=cnn.Bars(noise=0.5)).model
kept = {name: p.clone() for name, p in body.state_dict().items()}


def reuse(way, n, task, seed):
    torch.manual_seed(100 + seed)
    (x, y), (x_test, y_test) = cnn.make_images(n, None, task), cnn.make_images(500, None, task)
    net = cnn.CNN()
    if way == "trained body":
        net.load_state_dict(kept)
    if way != "from scratch":
        cnn_study.swap_head(net, 2)
        cnn_study.freeze(net)
    data = (x, 1 - y), (x_test[:1], 1 - y_test[:1])  # labels exchanged
    cnn.train(recipe=cnn.Recipe(epochs=30 if n < 100 else 8, lr=8e-3), model=net, data=data, seed=seed)
    return cnn.accuracy(net, x_test, 1 - y_test)


faint = cnn.Bars(noise=0.5, height=0.7)
ways = ("trained body", "from scratch", "random body")
at_20 = {way: [reuse(way, 20, faint, seed) for seed in range(3)] for way in ways}
print("body ahead by over 0.1, each seed:", all(b - s > 0.1 for b, s, _ in zip(*at_20.values())))
print("random body near guessing:", abs(np.mean(at_20["random body"]) - 0.5) < 0.1)

# %% reused
thick = cnn.Bars(noise=0.5, height=0.6, thick=2)
at_400, on_thick = ({way: [reuse(way, 400, task, s) for s in range(3)] for way in ways[:2]} for task in (faint, thick))
for name, (by_body, scratch, *_) in {"400": at_400.values(), "thick, 400": on_thick.values()}.items():
    leads = np.subtract(by_body, scratch)  # (3,), one a seed
    print(f"{name:10} body ahead by over 0.1: {leads.mean() > 0.1} scratch ahead, each seed: {(leads < 0).all()}")

# %% reused-bars fold tol=0.03
fig, ax = plt.subplots(figsize=(6, 3))
for group, scores in enumerate((at_20, at_400, on_thick)):
    for i, (way, values) in enumerate(scores.items()):
        at = group + 0.26 * i
        ax.bar(at, np.mean(values) - 0.5, 0.24, bottom=0.5, color=f"C{i}", alpha=0.6)  # above guessing
        ax.plot([at] * 3, values, "o", color="black", markersize=3)
ax.axhline(0.5, color="black", linestyle="--", alpha=0.6)
for i, (at, high, name) in enumerate([(-0.12, 0.93, "trained"), (0.15, 0.63, "scratch"), (0.42, 0.56, "random")]):
    ax.text(at, high, name, color=f"C{i}")
ax.set(ylabel="accuracy, held out", ylim=(0.4, 1.02), xticks=[0.26, 1.13, 2.13])
ax.set_xticklabels(["20 pictures", "400 pictures", "thick bars, 400"])
alt = (
    "Bars of accuracy above one half, with a dot for each seed. At 20 pictures the trained body is far ahead; at"
    " 400 scratch nearly meets it; on thick bars scratch is ahead."
)
figure(fig, alt=alt, caption="Blue is the trained body, orange from scratch. Follow the gap from left to right.")

# %% frozen-norm
torch.manual_seed(0)
net = resnet18(2)
net["body"].requires_grad_(False)
for mode in (True, False):
    net["body"].train(mode)
    before = net["body"][1].running_mean.clone()
    loss = F.cross_entropy(net["head"](net["body"](torch.randn(4, 3, 32, 32))), torch.tensor([0, 1, 0, 1]))
    loss.backward()  # the gradient for one step of the head
    print("train mode" if mode else "eval mode", "body moved:", not torch.equal(before, net["body"][1].running_mean))
print("gradient in the body:", any(p.grad is not None for p in net["body"].parameters()))


# %% changes
def mirrored(x, y):
    return torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(3), x), y


def moved(x, y):
    return x.roll(torch.randint(12, (2,)).tolist(), (2, 3)), y  # what leaves on one side comes in on the other


def turned(x, y):
    return torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.rot90(1, (2, 3)), x), y  # by 90 degrees


print(*(tuple(change(images[:3], labels[:3])[0].shape) for change in (mirrored, moved, turned)))


# %% augment
def with_change(change, seed):
    def epoch(net, x, y, *rest):
        return cnn.train_epoch(net, *change(x, y), *rest)

    torch.manual_seed(seed)
    data = cnn.make_images(50, None, noisy), test
    recipe = cnn.Recipe(epochs=40, lr=3e-3)
    return cnn.train(recipe=recipe, seed=seed, data=data, train_epoch=epoch, accuracy=lambda *_: 0.0).model


noisy = cnn.Bars(noise=0.5)
test = cnn.make_images(500, torch.Generator().manual_seed(9), noisy)
changes = {"none": lambda x, y: (x, y), "mirrored": mirrored, "moved": moved, "turned": turned}
mean = {
    name: np.mean([cnn.accuracy(with_change(way, seed), *test) for seed in (0, 1)]) for name, way in changes.items()
}
for name in ("mirrored", "moved", "turned"):
    print(name, "better than none:", mean[name] > mean["none"])
print("turned, near guessing:", abs(mean["turned"] - 0.5) < 0.1)

# %% any-size
torch.set_grad_enabled(False)
wide = torch.zeros(1, 1, 12, 20)
print("global max:", tuple(nets["global-max"](wide).shape))
try:
    nets["flatten"](wide)
except RuntimeError as error:
    print("flatten:", str(error).split(" (")[0])

# %% sure
static = torch.randn(500, 1, 12, 12, generator=torch.Generator().manual_seed(2))  # noise of 1, no bar
p = model(static).softmax(1)  # (500, 2)
print("more than 90 % sure on most of them:", (p.amax(1) > 0.9).float().mean().item() > 0.5)

# %% still-perfect
print(f"bars: {cnn.accuracy(model, images, labels):.3f}", "static called a column:", (p[:, 1] > 0.5).sum().item() > 400)

# %% service fold
from fastapi import FastAPI, HTTPException, Request
from fastapi.testclient import TestClient

app = FastAPI()


@app.post("/kind")
async def kind(request: Request):
    raw = await request.body()  # one byte a pixel
    if len(raw) != 144:
        raise HTTPException(422, f"wanted 144 bytes, got {len(raw)}")
    x = torch.tensor(list(raw)).view(1, 1, 12, 12) / 128 - 0.5  # as in training
    if not 0.2 < x.std() < 0.5:
        raise HTTPException(422, "unlike the pictures of the training")
    return {"kind": ["row", "column"][model(x).argmax().item()]}


print(
    "spread of pixels in training, from and to:", *(f"{f(images.std((1, 2, 3))):.2f}" for f in (torch.min, torch.max))
)

# %% served
client = TestClient(app)


def pack(x):
    return bytes(((x + 0.5) * 128).round().clamp(0, 255).byte().flatten().tolist())


for sent in (pack(images[0]), pack(images[0])[:100], pack(static[0])):
    reply = client.post("/kind", content=sent)
    print(reply.status_code, *reply.json().values())

# %% layout
whole = model(images[:50])
print("one by one:", torch.allclose(torch.cat([model(x[None]) for x in images[:50]]), whole, atol=1e-5))
last = images[:50].contiguous(memory_format=torch.channels_last)
print("channels last:", torch.allclose(model(last), whole, atol=1e-5))
light = cnn.pretrained().bfloat16()  # 16 bits a number
print("same answers in 16 bits:", torch.equal(light(images.bfloat16()).argmax(1), model(images).argmax(1)))

# %% matrix
units = np.eye(25).reshape(25, 1, 5, 5)  # 25 pictures, one pixel each
matrix = cnn_parts.conv2d(units, across).reshape(25, 9).T  # (9, 25)
by_matrix = (matrix @ stripe.ravel()).reshape(3, 3)
print("the same:", np.array_equal(by_matrix, cnn_parts.conv2d(stripe, across)[0, 0]))
print("entries", matrix.size, "not 0:", (matrix != 0).sum(), "different weights:", across.size)

# %% pattern fold
fig, ax = plt.subplots(figsize=(6, 2.5))
draw(ax, torch.tensor(matrix), top=2)
draw(ax, torch.tensor(-matrix), color="C1", top=2)
alt = "A grid of 9 rows and 25 columns. Each row has nine coloured cells, in the same pattern, further right each time."
caption = "One row makes one output. Follow the pattern down: the same nine weights, moved."
figure(fig, alt=alt, caption=caption)


# %% deep fold
class Layer(nn.Module):
    def __init__(self, norm, way):
        super().__init__()
        self.conv, self.way = nn.Conv2d(8, 8, 3, padding=1), way
        self.norm = nn.BatchNorm2d(8) if norm else nn.Identity()

    def forward(self, x):
        y = F.relu(self.norm(self.conv(x)))
        return x + y if self.way else y


class Deep(cnn.Classifier):
    def __init__(self, norm, way):
        super().__init__(cnn.Config(head="global-max"), {})
        stem = nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
        self.body, self.head = nn.Sequential(*stem, *(Layer(norm, way) for _ in range(12))), nn.Linear(8, 2)

    def features(self, x):
        return self.body(x).amax((2, 3))


# %% deep-runs
torch.set_grad_enabled(True)
for norm in (False, True):
    for way in (False, True):
        torch.manual_seed(0)
        deep = Deep(norm, way)
        done = cnn.train(deep.config, recipe=cnn.Recipe(epochs=3, n_train=500, n_test=100), model=deep)
        print(f"batch norm {norm!s:6}residual {way!s:6}learns: {done.accuracies[-1] > 0.75}")


# %% patches fold
class Patches(cnn.Classifier):
    def __init__(self, width=10):
        super().__init__(cnn.Config(), {})
        self.cut = nn.Conv2d(1, width, 3, stride=3)  # a linear layer on each patch of 3 × 3
        self.places = nn.Parameter(0.02 * torch.randn(16, width))
        how = {"dropout": 0, "activation": "gelu", "batch_first": True, "norm_first": True}
        self.block, self.head = nn.TransformerEncoderLayer(width, 2, 4 * width, **how), nn.Linear(width, 2)

    def features(self, x):
        tokens = self.cut(x).flatten(2).mT + self.places  # (N, 16, width)
        return self.block(tokens).mean(1)


torch.manual_seed(0)
print(sum(p.numel() for p in Patches().parameters()), "parameters")

# %% patches-run
for n, rounds in ((50, 20), (1000, 4)):
    same = cnn.Recipe(epochs=rounds, lr=3e-3, n_train=n, n_test=200)
    torch.manual_seed(0)
    by_patches = cnn.train(recipe=same, task=cnn.Bars(noise=0.3), model=Patches()).accuracies[-1]
    by_filters = cnn.train(recipe=same, task=cnn.Bars(noise=0.3)).accuracies[-1]
    print(n, "pictures: CNN ahead by over 0.1:", by_filters - by_patches > 0.1)

# %% blanks
H, k, s, p, before, after = 32, 5, 2, 2, 3, 32
print("side", (H + 2 * p - k) // s + 1, "parameters", after * (before * k**2 + 1))
layer = nn.Conv2d(before, after, k, s, p)
print(tuple(layer(torch.zeros(1, before, H, H)).shape), sum(w.numel() for w in layer.parameters()))

# %% three-layers
print(cnn_parts.geometry(12, [(3, 1, 0)] * 3), cnn_parts.geometry(12, [(7, 1, 0)]))
print("weights for 8 channels:", 3 * 8 * 8 * 9, "and", 8 * 8 * 49)


# %% own-conv
def conv2d(x, w, b, stride, padding):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    k = w.shape[-1]
    rows, columns = ((side - k) // stride + 1 for side in x.shape[2:])
    y = np.zeros((len(x), len(w), rows, columns), dtype=x.dtype)
    for r in range(rows):
        for c in range(columns):
            at = r * stride, c * stride
            window = x[:, None, :, at[0] : at[0] + k, at[1] : at[1] + k]  # (n, 1, c, k, k)
            y[:, :, r, c] = (window * w).sum(axis=(2, 3, 4)) + b
    return y


x, w, b = rng.normal(size=(2, 3, 7, 10)), rng.normal(size=(5, 3, 3, 3)), rng.normal(size=5)
print(np.allclose(conv2d(x, w, b, 2, 1), cnn_parts.conv2d(x, w, b, 2, 1)))
plugged = cnn.pretrained(conv2d=conv2d)
print("in the model:", torch.allclose(plugged(images[:5]), model(images[:5]), atol=1e-4))


# %% own-pool
def max_pool2d(x):
    n, c, h, w = x.shape
    x = x[:, :, : h // 2 * 2, : w // 2 * 2]  # an odd last row or column goes
    return x.reshape(n, c, h // 2, 2, w // 2, 2).amax((3, 5))


odd = torch.randn(2, 3, 7, 10)
print(torch.equal(max_pool2d(odd), F.max_pool2d(odd, 2)), tuple(max_pool2d(odd).shape))
print("in the model:", torch.equal(cnn.pretrained(max_pool2d=max_pool2d)(images), model(images)))

# %% third-class
torch.manual_seed(0)
x, y = cnn.make_images(600)
x[:200], y[:200] = 0.1 * torch.randn(200, 1, 12, 12), 2  # no bar
three = cnn.pretrained()
cnn_study.swap_head(three, 3)
cnn_study.freeze(three)
cnn.train(recipe=cnn.Recipe(epochs=10, lr=3e-3), model=three, data=((x, y), (x, y)))
empty = 0.1 * torch.randn(500, 1, 12, 12)
print("empty ones found, over 95 %:", (three(empty).argmax(1) == 2).float().mean().item() > 0.95)
print("bars still right, over 95 %:", cnn.accuracy(three, images, labels) > 0.95)

# %% fine-tuned
torch.manual_seed(100)
(x, y), (x_test, y_test) = cnn.make_images(400, None, thick), cnn.make_images(500, None, thick)
net = cnn.CNN()
net.load_state_dict(kept)
cnn_study.swap_head(net, 2)
cnn.train(recipe=cnn.Recipe(epochs=10, lr=2e-3), model=net, data=((x, 1 - y), (x_test[:1], 1 - y_test[:1])))
print("all layers ahead:", cnn.accuracy(net, x_test, 1 - y_test) > on_thick["trained body"][0])
