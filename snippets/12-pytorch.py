"""Chapter 12: letting a framework do the derivatives."""

# %% tensor example="12.1"
import numpy as np
import torch
from torch import nn

a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # (2, 3)
print(tuple(a.shape), a.dtype, a.mean().item())
print(a @ a.T)

# %% same-words
print((a * a).tolist())
print(a.sum(dim=0).tolist(), a.sum(axis=0).tolist())

# %% border example="12.2"
values = np.array([1.0, 2.0, 3.0])
shared, copied = torch.from_numpy(values), torch.tensor(values)
print(shared.dtype)
shared.mul_(10)
print(values, copied.tolist())

# %% refused example="12.10"
layer = nn.Linear(3, 1)
try:
    layer(copied)
except RuntimeError as error:
    print(error)
print(layer(copied.float()).dtype)

# %% autograd example="12.3"
x = torch.tensor([2.0, 3.0], requires_grad=True)  # (2,)
y = (x**2).sum()
y.backward()
print(y.item(), x.grad.tolist())
print(y.grad_fn.name(), x.is_leaf, y.is_leaf)

# %% graph fold
import matplotlib.pyplot as plt
from groundup.book import figure

(u, v), (du, dv) = x.tolist(), x.grad.tolist()
nodes = [(0, 1, u, du, "x₁"), (0, 0, v, dv, "x₂"), (1, 1, u**2, 1, "square")]
nodes += [(1, 0, v**2, 1, "square"), (2, 0.5, y.item(), 1, "sum y")]
fig, ax = plt.subplots(figsize=(6, 3), subplot_kw=dict(xlim=(-0.3, 2.5), ylim=(-0.4, 1.4)))
for start, end in [(0, 2), (1, 3), (2, 4), (3, 4)]:
    ax.annotate("", nodes[end][:2], nodes[start][:2], arrowprops=dict(arrowstyle="->", shrinkA=26, shrinkB=26))
for column, row, value, derivative, name in nodes:
    ax.text(column, row, name, ha="center", va="center", color="black")
    ax.text(column, row + 0.17, f"{value:.0f}", color="C0", ha="center")
    ax.text(column, row - 0.29, f"{derivative:.0f}", color="C1", ha="center")
ax.text(2, 1.1, "value: forward", color="C0", ha="center")
ax.text(2, -0.2, "slope of y: backward", color="C1", ha="center")
ax.axis("off")
figure(
    fig,
    alt="Inputs 2 and 3 pass through square nodes into a sum of 13; below, slopes 1, then 1 and 1, then 4 and 6.",
    caption="Blue is filled from left to right. Orange is filled from right to left, once the sum is known.",
)

# %% accumulate example="12.6"
y = (x**2).sum()
y.backward()
print(x.grad.tolist())

# %% three-exits
print(y, y.item(), y.detach())
try:
    y.numpy()
except RuntimeError as error:
    print(str(error).split(". ")[0])
print(y.detach().numpy())

# %% paper example="12.11"
x1 = np.array([[1.0, -1.0]])  # (1, 2)
W1, W2 = np.array([[0.1, -0.2], [0.3, 0.4]]), np.array([[0.5], [-0.6]])
hidden = np.tanh(x1 @ W1)  # (1, 2)
dz2 = 1 / (1 + np.exp(-hidden @ W2)) - 1.0  # p - target, (1, 1)
dW2 = hidden.T @ dz2  # (2, 1)
dW1 = x1.T @ (dz2 @ W2.T * (1 - hidden**2))  # (2, 2)

V1 = torch.tensor(W1, dtype=torch.float32, requires_grad=True)
V2 = torch.tensor(W2, dtype=torch.float32, requires_grad=True)
z2 = torch.tanh(torch.tensor(x1).float() @ V1) @ V2  # (1, 1)
(-torch.log(torch.sigmoid(z2))).sum().backward()
pairs = [(V1.grad, dW1), (V2.grad, dW2)]
print(*(np.allclose(g, d, rtol=0, atol=1e-6) for g, d in pairs))


# %% network
class XorNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 8)
        self.out = nn.Linear(8, 1)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x)))


torch.manual_seed(0)
model = XorNet()
for name, parameter in model.named_parameters():
    print(name, tuple(parameter.shape))

# %% facts example="12.5"
rng = np.random.default_rng(0)
centres = [(-1, -1), (1, 1), (-1, 1), (1, -1)]
cloud = np.vstack([rng.normal(0, 0.35, (100, 2)) + c for c in centres])
X = torch.from_numpy(cloud).float()  # (400, 2)
targets = torch.cat([torch.zeros(200, 1), torch.ones(200, 1)])  # (400, 1)
print(tuple(X.shape), X.dtype, X.device)
print(sum(p.numel() for p in model.parameters()))
W, b = model.hidden.weight, model.hidden.bias  # (8, 2), (8,)
print("x Wᵀ + b:", torch.allclose(model.hidden(X), X @ W.T + b))
print("within 1/√2:", max(W.abs().max(), b.abs().max()).item() <= 2**-0.5)

# %% three-ways example="12.7"
fused, plain = nn.BCEWithLogitsLoss(), nn.BCELoss()
print("logit      fused    BCELoss    by hand    slopes: fused, BCELoss")
for score, target in [(2.0, 1.0), (-200.0, 1.0), (20.0, 0.0)]:
    z = torch.tensor([score], requires_grad=True)
    t, p = torch.tensor([target]), torch.sigmoid(z)
    by_hand = -(t * torch.log(p) + (1 - t) * torch.log(1 - p))
    row = [fused(z, t), plain(p, t), by_hand]
    row += [torch.autograd.grad(loss, z)[0] for loss in row[:2]]
    rounded = [round(v.item(), 4) + 0.0 for v in row]
    print(f"{score:5.0f}", *(f"{v:10.4f}" for v in rounded))

# %% loss-curve fold
scores = torch.linspace(-200, 20, 221, requires_grad=True)  # (221,)
ones = torch.ones(221)
curve_fused = nn.BCEWithLogitsLoss(reduction="none")(scores, ones).detach()
curve_plain = nn.BCELoss(reduction="none")(torch.sigmoid(scores), ones)
slopes = torch.autograd.grad(curve_plain.sum(), scores)[0]  # (221,)
lost = scores[(slopes.abs() < 0.01) & (scores < 0)].max().item()
fig, ax = plt.subplots(figsize=(6, 3.2))
ax.plot(scores.detach(), curve_fused, color="C0")
ax.plot(scores.detach(), curve_plain.detach(), color="C1")
ax.plot(lost, -lost, "o", color="black")
ax.text(-150, 160, "BCEWithLogitsLoss", color="C0")
ax.text(-195, 82, "sigmoid, then BCELoss", color="C1")
ax.text(lost + 5, 8 - lost, "slope lost", color="black")
ax.set(xlabel="logit", ylabel="loss for target 1\n", yticks=[0, 50, 100, 150, 200])
figure(
    fig,
    alt="The fused loss falls on a straight line from 200 to 0. Sigmoid plus BCELoss is flat at 100 left of about -90; "
    "right of that it joins the line, with a dot near -33.",
    caption="Look left: the orange curve is flat, and left of the dot its reported slope is below 0.01.",
)

# %% softmax-twice example="12.8"
cross_entropy, k = nn.CrossEntropyLoss(), torch.tensor([0])  # (1,)
for scores in ([2.0, 1.0, 0.5, 0.0], [20.0, 0.0, 0.0, 0.0]):
    z = torch.tensor([scores])  # (1, 4)
    losses = cross_entropy(z, k), cross_entropy(z.softmax(dim=1), k)
    print(*(round(loss.item(), 4) for loss in losses))
print("floor", round(np.log(np.e + 3) - 1, 4))

# %% two-targets
scores = torch.zeros(4, 3)  # (4, 3): no preference at all
classes = torch.tensor([0, 2, 1, 0])  # (4,) integers
answers = nn.functional.one_hot(classes).float()  # (4, 3) zeros and ones
one_of_three = cross_entropy(scores, classes).item()
yes_no = fused(scores, answers).item()
print(np.round([one_of_three, yes_no], 4), np.log([3, 2]).round(4))

# %% stations
w = torch.tensor(5.0, requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1)
opt.step()
print("step alone  w", w.item(), "grad", w.grad)
loss = w**2
loss.backward()
print("backward    w", w.item(), "grad", w.grad.item())
opt.step()
print("step        w", w.item(), "grad", w.grad.item())
try:
    loss.backward()
except RuntimeError as error:
    print(str(error).split(" (")[0])

# %% loop fold
after, slope = w.item(), w.grad.item()
before = after + 0.1 * slope
stations = [("zero_grad", before, None), ("forward", before, None), ("backward", before, slope), ("step", after, slope)]
fig, ax = plt.subplots(figsize=(6, 3.6), subplot_kw=dict(xlim=(-2.6, 2.6), ylim=(-1.8, 1.8), aspect="equal"))
turn = np.linspace(0, 2 * np.pi, 200)
ax.plot(np.sin(turn), np.cos(turn), color="black", alpha=0.4)
for i, (name, data, grad) in enumerate(stations):
    angle, side = i * np.pi / 2, ["center", "left", "center", "right"][i]
    ax.plot(np.sin(angle), np.cos(angle), "o", color="black")
    for j, (line, colour) in enumerate([(name, "black"), (f".data {data}", "C0"), (f".grad {grad}", "C1")]):
        at = np.sin(angle) * 1.12, np.cos(angle) * 1.42 + 0.2 - 0.2 * j
        ax.text(*at, line, color=colour, ha=side, va="center")
    tail, tip = [(np.sin(t), np.cos(t)) for t in (angle + 0.75, angle + 0.85)]
    ax.annotate("", tip, tail, arrowprops=dict(arrowstyle="->", color="black", mutation_scale=16))
ax.axis("off")
figure(
    fig,
    alt="A circle with four stations: at zero_grad .grad is None, at backward it becomes 10, at step .data becomes 4.",
    caption="Follow the arrows with w = 5: backward fills the orange value, step changes the blue one.",
)


# %% order example="12.12"
def descend(clear, n_steps=3):
    w, path = torch.tensor(5.0, requires_grad=True), []
    opt = torch.optim.SGD([w], lr=0.1)
    for _ in range(n_steps):
        if clear:
            opt.zero_grad()
        (w**2).backward()
        opt.step()
        path.append(round(w.item(), 2))
    return path


print(*descend(clear=True))
print(*descend(clear=False))

# %% stale fold
fig, ax = plt.subplots(figsize=(6, 3))
ax.plot([5.0] + descend(True, 40), color="C0")
ax.plot([5.0] + descend(False, 40), color="C1")
ax.text(2.2, 3.4, "cleared", color="C0")
ax.text(13.2, 5.4, "kept", color="C1", ha="center")
ax.axhline(0, color="black", alpha=0.3, lw=0.8)
ax.set(xlabel="step", ylabel="w", ylim=(-5.8, 6.4))
figure(
    fig,
    alt="With clearing, w falls smoothly from 5 to 0. Without, w swings between about 5 and -5 and never settles.",
    caption="Follow the orange curve to the right: its swings do not shrink.",
)


# %% numpy-net fold tol=0.02
def numpy_gradients(W1, b1, W2, b2):
    hidden = np.tanh(cloud @ W1 + b1)  # (400, 8)
    p = 1 / (1 + np.exp(-(hidden @ W2 + b2)))  # (400, 1)
    loss = -np.mean(labels * np.log(p + 1e-9) + (1 - labels) * np.log(1 - p + 1e-9))
    dz2 = (p - labels) / 400  # (400, 1)
    dz1 = dz2 @ W2.T * (1 - hidden**2)  # (400, 8)
    return loss, [cloud.T @ dz1, dz1.sum(axis=0, keepdims=True), hidden.T @ dz2, dz2.sum(axis=0, keepdims=True)]


labels, rng = targets.double().numpy(), np.random.default_rng(0)  # labels: (400, 1)
start = [rng.normal(0, 1, (2, 8)) / np.sqrt(2), np.zeros((1, 8))]  # W1 and b1
start += [rng.normal(0, 1, (8, 1)) / np.sqrt(8), np.zeros((1, 1))]  # W2 and b2
weights, numpy_run = start, []
for epoch in range(2000):
    loss, gradients = numpy_gradients(*weights)
    weights = [w - 0.5 * g for w, g in zip(weights, gradients)]
    numpy_run.append((loss, gradients, weights))
print(f"epoch {epoch} loss {loss:.4f}")


# %% twin
def gap(tensors, arrays):
    """The largest difference between PyTorch's numbers and NumPy's."""
    pairs = zip(tensors, arrays)
    return max(np.abs(t.numpy() - a.T.reshape(t.shape)).max() for t, a in pairs)


twin = XorNet().double()  # float64, as in NumPy
for parameter, array in zip(twin.parameters(), start):
    parameter.data = torch.tensor(array.T).reshape(parameter.shape)
print("gap at the start:", gap([p.detach() for p in twin.parameters()], start))

# %% step-by-step
points, answers = torch.from_numpy(cloud), targets.double()  # (400, 2), (400, 1)
loss_fn, opt = nn.BCEWithLogitsLoss(), torch.optim.SGD(twin.parameters(), lr=0.5)
gaps, twin_losses = [], []
for update, (numpy_loss, gradients, weights) in enumerate(numpy_run, start=1):
    opt.zero_grad()
    loss = loss_fn(twin(points), answers)
    loss.backward()
    opt.step()
    of_gradients = gap([p.grad for p in twin.parameters()], gradients)
    of_weights = gap([p.detach() for p in twin.parameters()], weights)
    gaps.append([abs(loss.item() - numpy_loss), of_gradients, of_weights])
    twin_losses.append(loss.item())
    if update <= 5:
        same = [g < 1e-8 for g in gaps[-1]]
        print(update, f"losses {numpy_loss:.4f} {loss.item():.4f} same:", *same)
largest = np.max(gaps, axis=0)  # (3,)
print(len(gaps), "updates, all the same:", largest.max() < 1e-8)
print("to 1e-12: losses", largest[0] < 1e-12, "gradients and weights", largest[1:].max() < 1e-12)

# %% train example="12.4" tol=0.02
opt = torch.optim.Adam(model.parameters(), lr=0.05)
adam_log = []
for epoch in range(401):
    opt.zero_grad()
    logits = model(X)  # (400, 1)
    loss = loss_fn(logits, targets)
    loss.backward()
    opt.step()
    adam_log.append(loss.item())
    if epoch % 100 == 0:
        accuracy = ((logits > 0) == (targets == 1)).float().mean()
        print(f"epoch {epoch} loss {loss:.4f} accuracy {accuracy:.3f}")

# %% logs fold tol=0.02
marks = np.array([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000])  # (11,)
fig, ax = plt.subplots(figsize=(6, 3.2))
ax.plot(range(1, 2001), [loss for loss, _, _ in numpy_run], color="C1")
ax.plot(marks, [twin_losses[m - 1] for m in marks], "o", color="C2")
ax.plot(range(1, 402), adam_log, color="C0")
ax.text(2.5, 0.73, "PyTorch, same start, η = 0.5", color="C2")
ax.text(75, 0.4, "NumPy, plain\ndescent, η = 0.5", color="C1")
ax.text(1.1, 0.2, "PyTorch, Adam,\nown start, η = 0.05", color="C0")
ax.set(xscale="log", xlabel="update (logarithmic)", ylabel="loss", ylim=(-0.03, 0.82))
ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
figure(
    fig,
    alt="Dots of the PyTorch twin lie on NumPy's curve, which falls from about 0.7 and is low after over a hundred "
    "updates. Adam's curve falls within a few dozen.",
    caption="The green dots lie on the orange curve. Adam is ahead, but from another start and with another rate.",
)

# %% save
import io

file = io.BytesIO()  # stands in for a file on disk
torch.save({"model": model.state_dict(), "adam": opt.state_dict()}, file)
file.seek(0)
saved = torch.load(file, weights_only=True)
fresh = XorNet()
fresh.load_state_dict(saved["model"])
print("same outputs:", torch.equal(fresh(X), model(X)))
print(list(saved["model"]))
print(sorted(saved["adam"]["state"][0]))

# %% switches
drop = nn.Dropout(0.25)
ones = torch.ones(1000, requires_grad=True)
for name, switch in [("train", drop.train), ("eval", drop.eval)]:
    out = switch()(ones)
    print(name, out.detach().unique(), "recorded:", out.requires_grad)
with torch.no_grad():
    out = drop.train()(ones)
print("train", out.unique(), "recorded:", out.requires_grad)

# %% batch-norm example="12.9"
norm = nn.BatchNorm1d(1)
column = torch.tensor([[1.0], [3.0]])  # (2, 1)
print("train output", norm(column).detach().flatten().numpy().round(4))
print("running mean", round(norm.running_mean.item(), 4))
print("running variance", round(norm.running_var.item(), 4))
norm.eval()
print("eval output", norm(column).detach().flatten().numpy().round(4))

# %% broadcast
import warnings

out = torch.tensor([[1.0], [2.0], [3.0]])  # (3, 1)
goal = torch.tensor([1.0, 2.0, 3.0])  # (3,)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    loss = nn.MSELoss()(out, goal)
print(len(caught), "warning, loss", round(loss.item(), 4))
print("same shapes, loss", nn.MSELoss()(out.squeeze(1), goal).item())
try:
    fused(out, goal)
except ValueError as error:
    print("fused loss:", type(error).__name__)

# %% single
twin32 = XorNet()  # float32
for parameter, array in zip(twin32.parameters(), start):
    parameter.data = torch.tensor(array.T).float().reshape(parameter.shape)
opt32 = torch.optim.SGD(twin32.parameters(), lr=0.5)
for _ in range(100):
    opt32.zero_grad()
    loss_fn(twin32(X), targets).backward()
    opt32.step()
after_100 = gap([p.detach() for p in twin32.parameters()], numpy_run[99][2])
print("below 1e-8:", after_100 < 1e-8, "below 1e-5:", after_100 < 1e-5)

# %% inference
for context in (torch.no_grad, torch.inference_mode):
    with context():
        made = ones * 2
    try:
        print(context.__name__, (made * ones).requires_grad)
    except RuntimeError as error:
        print(str(error).split(". ")[0])


# %% trap
class Trap:
    def __reduce__(self):
        return print, ("this line ran because the file was opened",)


file = io.BytesIO()
torch.save(Trap(), file)
for options in ({"weights_only": False}, {}):
    file.seek(0)
    try:
        torch.load(file, **options)
    except Exception as error:
        print(type(error).__name__)

# %% vector-jacobian
x = torch.tensor([2.0, 3.0], requires_grad=True)
squares = x**2  # (2,): no single number to start from
squares.backward(torch.tensor([1.0, 10.0]))
print(x.grad.tolist())


# %% custom
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * 3 * x**2


point = torch.tensor([2.0, 3.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(Cube.apply, point))

# %% clip
w = torch.tensor([3.0, 4.0], requires_grad=True)
w.register_hook(lambda grad: print("hook sees", grad.tolist()))
(w**2 / 2).sum().backward()
size = nn.utils.clip_grad_norm_([w], max_norm=1.0)
print("norm", round(size.item(), 4), "now", w.grad.numpy().round(4))

# %% groups
model.hidden.requires_grad_(False)
print(sum(p.numel() for p in model.parameters() if p.requires_grad))
groups = [
    {"params": [model.out.weight], "weight_decay": 0.01},
    {"params": [model.out.bias], "lr": 0.01},
]
opt = torch.optim.AdamW(groups, lr=0.05, weight_decay=0.0)
print([(g["lr"], g["weight_decay"]) for g in opt.param_groups])

# %% transform
slope = torch.func.grad(lambda x: (x**2).sum())
print(slope(torch.tensor([2.0, 3.0])).tolist())

# %% faster
from torch.utils.data import DataLoader, TensorDataset

data = TensorDataset(X, targets)
loader = DataLoader(data, batch_size=64, shuffle=True)
print([len(batch) for batch, _ in loader])
with torch.autocast("cpu", dtype=torch.bfloat16):
    print(model(X).dtype)


# %% exercise-count
def count_params(model):
    return sum(p.numel() for p in model.parameters())


print(count_params(nn.Linear(10, 5)))
layers = [nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)]
print(count_params(nn.Sequential(*layers)))


# %% exercise-input
def numpy_to_model_input(row):
    if np.isnan(row).any():
        raise ValueError("the row holds NaN")
    return torch.from_numpy(row).float().unsqueeze(0)  # (1, n)


print(numpy_to_model_input(np.array([1.0, 2.0, 3.0])))
try:
    numpy_to_model_input(np.array([1.0, np.nan]))
except ValueError as error:
    print(error)

# %% three-classes
labels = torch.tensor([0] * 100 + [2] * 100 + [1] * 200)  # (400,)
torch.manual_seed(0)
sorter = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 3))
loss_fn3 = nn.CrossEntropyLoss()
opt3 = torch.optim.Adam(sorter.parameters(), lr=0.05)
for epoch in range(101):
    opt3.zero_grad()
    loss_fn3(sorter(X), labels).backward()
    opt3.step()
accuracy = (sorter(X).argmax(dim=1) == labels).float().mean().item()
print("accuracy above 0.98:", accuracy > 0.98)


# %% free-exercise
def bce_with_logits(z, y):
    tail = torch.log1p(torch.exp(-z.abs()))
    return (torch.clamp(z, min=0) - z * y + tail).mean()


z = torch.tensor([2.0, -1000.0, 1000.0])
t = torch.tensor([1.0, 1.0, 0.0])
print(abs(bce_with_logits(z, t) - fused(z, t)).item() <= 1e-6)


# %% exercise-value
class Value:
    def __init__(self, data, *edges):
        self.data, self.grad, self.edges = data, 0.0, edges

    def __add__(self, other):
        return Value(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        product = self.data * other.data
        return Value(product, (self, other.data), (other, self.data))

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.edges:
            parent.backward(upstream * slope)


u, v = Value(2.0), Value(3.0)
(u * u + v * v).backward()
print(u.grad, v.grad)
