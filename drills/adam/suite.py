"""The hidden suite of adam.

Expected values come from `Expected`, which keeps every gradient that it was given and takes weighted means of them at
each step: weights that sum to 1 are what bias correction comes to.
"""

from __future__ import annotations

import numpy as np

from groundup.drill.checks import check, close, exactly, fails, growth, repeated
from groundup.drill.scan import global_state, hidden_loops

DEFAULTS = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0}
SHAPES = {"W1": (3, 4), "b1": (4,), "W2": (4, 1), "b2": (1,)}
SLACK = 2.0**14  # of float64: of what follows from 1 - 0.999 the last digits depend on the order of the operations
SINGLE = 2**29  # an epsilon of float32, in those of float64


# ---- the oracle -----------------------------------------------------------------------------------------------------


class Expected:
    """What an optimiser with these settings must do, in float64."""

    def __init__(self, **settings):
        self.settings = {**DEFAULTS, **settings}
        self.seen = []  # one dict of gradients a step

    def mean(self, beta, values):
        """Weighted mean over the steps: the weight shrinks by beta with each step that has passed since."""
        weights = beta ** np.arange(len(values) - 1.0, -1.0, -1.0)
        return np.tensordot(weights / weights.sum(), np.array(values), axes=1)

    def step(self, params, grads):
        self.seen.append({name: g.astype(np.float64) for name, g in grads.items()})
        lr, betas, eps, decay = (self.settings[name] for name in DEFAULTS)
        new = {}
        for name, p in params.items():
            history, old = [each[name] for each in self.seen], p.astype(np.float64)
            root = np.sqrt(self.mean(betas[1], [g**2 for g in history]))
            new[name] = old - lr * self.mean(betas[0], history) / (root + eps) - lr * decay * old
        return new


# ---- what is given, and what comes back -----------------------------------------------------------------------------


def arrays(rng, shapes, size=1.0, dtype=np.float64):
    """A random array for each name."""
    return {name: (size * rng.normal(size=shape)).astype(dtype) for name, shape in shapes.items()}


def named(result, names):
    """The new parameters, after a look at their form."""
    fails(type(result) is not dict, "step returns a dict of the new parameters")
    exactly(sorted(map(str, result)), sorted(names), of="the names of the new parameters")
    return result


def follow(solution, rng, steps, shapes=SHAPES, given=None, chained=False, **settings):
    """Make an optimiser and compare its steps: on random parameters each time, or on those that it returned."""
    optimiser, expected = solution.Adam(shapes, **settings), Expected(**settings)
    params = given
    for number in range(1, steps + 1):
        params = params if chained and params is not None else arrays(rng, shapes)
        grads = arrays(rng, shapes, size=10.0 ** rng.integers(-2, 2))
        wanted = expected.step(params, grads)
        got = named(optimiser.step(params, grads), shapes)
        for name, value in wanted.items():
            close(got[name], value, of=f"{name} after step {number}", slack=SLACK, scale=1.0)
        params = got


# ---- correctness ----------------------------------------------------------------------------------------------------


@check("correctness", "the first step moves every entry by lr against the sign of its gradient, however large that is")
def test_first_step(solution, rng):
    follow(solution, rng, 1)
    params, grads = arrays(rng, SHAPES), arrays(rng, SHAPES)
    got = named(solution.Adam(SHAPES, lr=0.125).step(params, grads), SHAPES)
    for name, p in params.items():
        expected = p - 0.125 * grads[name] / (np.abs(grads[name]) + 1e-8)
        close(got[name], expected, of=f"{name} after the first step with lr=0.125", slack=SLACK, scale=1.0)


@check("correctness", "both running means, and their corrections, are right at every one of twelve steps")
def test_steps(solution, rng):
    follow(solution, rng, 12, chained=True)


@check("correctness", "each step starts from the parameters that it is given, whatever the last one returned")
def test_given_parameters(solution, rng):
    follow(solution, rng, 3, lr=0.1)


@check(
    "correctness",
    "lr and betas are those that were given, the first beta for the gradient and the second for its square",
)
def test_settings(solution, rng):
    follow(solution, rng, 4, lr=0.25, betas=(0.5, 0.75))
    follow(solution, rng, 3, lr=0.02, betas=(0.0, 0.9))


@check("correctness", "eps is added to the root of the corrected mean square")
def test_eps(solution, rng):
    follow(solution, rng, 4, lr=0.5, eps=0.5)
    follow(solution, rng, 2, lr=0.5, eps=0.01, betas=(0.8, 0.9))


@check(
    "correctness", "weight decay takes lr * weight_decay of the old parameter away, and nothing of it passes the means"
)
def test_decay(solution, rng):
    follow(solution, rng, 4, lr=0.25, weight_decay=0.5)
    follow(solution, rng, 2, lr=0.01, weight_decay=0.1)
    optimiser, params = solution.Adam(SHAPES, lr=0.25, weight_decay=0.5), arrays(rng, SHAPES)
    for number in (1, 2):
        got = named(optimiser.step(params, {name: np.zeros_like(p) for name, p in params.items()}), SHAPES)
        for name, p in params.items():
            close(got[name], p * 0.875, of=f"{name} after step {number} without a gradient, lr=0.25, weight_decay=0.5")


@check("correctness", "shapes, params and grads may have their names in different orders")
def test_orders(solution, rng):
    names = ["layers.0.weight", "layers.1.weight", "b", "a"]
    orders = [[names[i] for i in np.roll(range(4), shift)] for shift in range(4)]
    optimiser, expected = solution.Adam({name: (2, 2) for name in orders[0]}, lr=0.1), Expected(lr=0.1)
    for first, second in ((1, 2), (3, 1), (2, 0)):
        params, grads = (arrays(rng, {name: (2, 2) for name in orders[i]}) for i in (first, second))
        got, wanted = named(optimiser.step(params, grads), names), expected.step(params, grads)
        for name in names:
            close(got[name], wanted[name], of=name, slack=SLACK, scale=1.0)


@check("correctness", "every new parameter has the shape of its parameter, with any number of dimensions")
def test_shapes(solution, rng):
    follow(solution, rng, 2, shapes={"filters": (2, 3, 2, 2), "one": (1,), "row": (1, 5), "column": (5, 1), "v": (5,)})


@check(
    "correctness",
    "float32 parameters stay float32 and float64 ones float64, side by side, whatever dtype gradients have",
)
def test_dtypes(solution, rng):
    kinds = {"W1": np.float32, "b1": np.float64, "W2": np.float64, "b2": np.float32}
    for other in (False, True):
        optimiser, expected = solution.Adam(SHAPES, lr=0.01, weight_decay=0.1), Expected(lr=0.01, weight_decay=0.1)
        params = {name: arrays(rng, SHAPES)[name].astype(kind) for name, kind in kinds.items()}
        for number in (1, 2, 3):
            grads = arrays(rng, SHAPES)
            if not other:
                grads = {name: g.astype(kinds[name]) for name, g in grads.items()}
            elif number > 1:
                grads = {name: g.astype(np.float32) for name, g in grads.items()}
            got, wanted = named(optimiser.step(params, grads), SHAPES), expected.step(params, grads)
            for name, kind in kinds.items():
                of = f"{name} after step {number}"
                slack = 64 if kind is np.float32 else 64 * SINGLE if other else SLACK
                close(got[name], wanted[name], of=of, dtype=kind, slack=slack, scale=1.0)


@check("correctness", "two optimisers have nothing to do with each other")
def test_instances(solution, rng):
    settings = ({"lr": 0.1}, {"lr": 0.1}, {"lr": 0.02, "betas": (0.5, 0.9), "weight_decay": 0.5})
    pairs = [(solution.Adam(SHAPES, **each), Expected(**each)) for each in settings]
    for turn in (0, 1, 0, 2, 1, 0):
        optimiser, expected = pairs[turn]
        params, grads = arrays(rng, SHAPES), arrays(rng, SHAPES)
        got, wanted = named(optimiser.step(params, grads), SHAPES), expected.step(params, grads)
        for name, value in wanted.items():
            close(got[name], value, of=f"{name}, where three optimisers take turns", slack=SLACK, scale=1.0)


# ---- stability ------------------------------------------------------------------------------------------------------


@check(
    "stability",
    "a gradient that has always been 0 moves nothing, one that becomes 0 has its means, and nothing becomes NaN",
)
def test_zero_gradients(solution, rng):
    for dtype, slack in ((np.float64, SLACK), (np.float32, 64)):
        optimiser, expected = solution.Adam(SHAPES, lr=0.1), Expected(lr=0.1)
        for number in (1, 2, 3):
            params = arrays(rng, SHAPES, dtype=dtype)
            # Of one size, so that no mean square falls: chance decides for nobody.
            grads = {
                name: np.sign(g) * (1 + rng.random(g.shape, dtype))
                for name, g in arrays(rng, SHAPES, 1.0, dtype).items()
            }
            for name in ("W1", "b1"):
                grads[name][::2] = 0
            if number != 2:
                grads = {name: 0 * g for name, g in grads.items()}
            got, wanted = named(optimiser.step(params, grads), SHAPES), expected.step(params, grads)
            for name, value in wanted.items():
                close(got[name], value, of=f"{name} after step {number}", dtype=dtype, slack=slack, scale=1.0)


@check("stability", "gradients as small as 1e-20 and as large as 1e15 give the right step, in float64 and float32")
def test_extreme_gradients(solution, rng):
    sizes = np.array([1e-20, 1e-12, 1e-8, 1e-4, 1.0, 1e6, 1e15])
    for dtype, slack in ((np.float64, SLACK), (np.float32, 1024)):
        optimiser, expected = solution.Adam({"w": (7,)}, lr=0.01), Expected(lr=0.01)
        params = {"w": np.zeros(7, dtype)}  # so that a step, however small, is all that there is
        for number in (1, 2, 3):
            grads = {"w": (sizes * np.array([1, -1] * 3 + [1]) * rng.uniform(1, 2, 7)).astype(dtype)}
            got, wanted = named(optimiser.step(params, grads), {"w": (7,)}), expected.step(params, grads)
            close(got["w"], wanted["w"], of=f"w after step {number}", dtype=dtype, slack=slack, scale=0.0)


# ---- vectorisation --------------------------------------------------------------------------------------------------


def grow(solution, rng, sizes, per):
    """Compare what an optimiser and two steps of it cost with parameters of two sizes."""
    counts = []
    for shapes in sizes:
        params, grads = arrays(rng, shapes), arrays(rng, shapes)
        with solution.counting() as count:
            optimiser = solution.Adam(shapes, weight_decay=0.1)
            optimiser.step(params, grads)
            optimiser.step(params, grads)
        counts.append(count)
    growth(*counts, of="an optimiser with two steps", per=per)


@check(
    "vectorisation",
    "twice the rows of each parameter cost about the same number of steps in Python, and no loop is hidden",
)
def test_rows_grow(solution, source, rng):
    sizes = ({"W": (n, 2), "b": (n,), "filters": (n, 2, 1, 3)} for n in (24, 48))
    grow(solution, rng, tuple(sizes), "rows")
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


@check("vectorisation", "twice the columns of each parameter cost about the same number of steps in Python")
def test_columns_grow(solution, rng):
    grow(solution, rng, ({"W": (2, 24), "b": (1, 24)}, {"W": (2, 48), "b": (1, 48)}), "columns")


# ---- organisation ---------------------------------------------------------------------------------------------------


@check("organisation", "shapes, params and grads stay as they were, also after further steps")
def test_inputs_stay(solution, rng):
    for settings in ({}, {"weight_decay": 0.5}):
        with solution.watching() as watch:
            optimiser = solution.Adam(dict(SHAPES), lr=0.1, **settings)
            for _ in range(3):
                params = arrays(rng, SHAPES)
                grads = arrays(rng, SHAPES)
                named(optimiser.step(params, grads), SHAPES)
        words = f"{' and '.join(watch.changed)} changed; leave what you are given as it is, and work on copies"
        fails(bool(watch.changed), words)


@check("organisation", "arrays that were returned stay as they were when further steps are made")
def test_results_stay(solution, rng):
    params, first, grads = (arrays(rng, SHAPES, size=size) for size in (1.0, 5.0, 1.0))
    one, other = (solution.Adam(SHAPES, lr=0.1) for _ in range(2))
    for optimiser in (one, other):
        optimiser.step(params, first)  # so that the next two steps differ
    before = named(one.step(params, grads), SHAPES)
    after_both, _ = repeated(other.step, 2, params, grads)
    same(after_both, before, "of one step, looked at after the next one,")


def same(new, before, of):
    """Demand the same new parameters, right or wrong."""
    new = named(new, SHAPES)
    for name, value in before.items():
        close(new[name], np.array(value), of=f"{name} {of}", scale=1.0)


@check("organisation", "arguments work by name and in their order")
def test_names(solution, rng):
    settings = {"lr": 0.1, "betas": (0.8, 0.95), "eps": 0.01, "weight_decay": 0.2}
    params, grads = arrays(rng, SHAPES), arrays(rng, SHAPES)
    before = named(solution.Adam(SHAPES, **settings).step(params, grads), SHAPES)
    by_name = solution.Adam(**dict(reversed(settings.items())), shapes=SHAPES)
    same(by_name.step(grads=grads, params=params), before, "with all arguments by name")
    same(solution.Adam(SHAPES, *settings.values()).step(params, grads), before, "with the settings in their order")


@check("organisation", "what an optimiser remembers lies in itself, not in the module")
def test_nothing_global(solution, source, rng):
    params, grads = arrays(rng, SHAPES), arrays(rng, SHAPES)
    before = named(solution.Adam(SHAPES, lr=0.1).step(params, grads), SHAPES)
    solution.Adam(SHAPES, lr=0.2, betas=(0.5, 0.5)).step(arrays(rng, SHAPES), arrays(rng, SHAPES))
    same(solution.Adam(SHAPES, lr=0.1).step(params, grads), before, "of a new optimiser, after another one was used")
    found = global_state(source)
    fails(bool(found), "; ".join(found))


# ---- the denoiser ---------------------------------------------------------------------------------------------------


def trained(device, updates, **parts):
    """A small denoiser, trained for so many updates."""
    import torch

    from groundup.capstones import diffusion

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    config, recipe = diffusion.Config(T=20, hidden=16), diffusion.Recipe(updates=updates, batch=64, lr=1e-2)
    return diffusion.train(config, recipe=recipe, seed=3, device=device, **parts)


def relative(share):
    """A tolerance of so much, as slack in float64."""
    return share / np.finfo(np.float64).eps


@check("correctness", "a diffusion denoiser learns with your Adam: its first losses are the reference's", capstone=True)
def test_losses(solution, device):
    expected, got = trained(device, 15), trained(device, 15, optimiser=solution.Adam)
    close(
        np.array(got.losses), np.array(expected.losses), of="the losses of 15 updates", slack=relative(1e-4), scale=0.0
    )


@check(
    "correctness",
    "after 60 updates it tells the noise in held-out points as the reference does, and draws the same points",
    capstone=True,
)
def test_held_out(solution, device):
    import torch

    from groundup.capstones import diffusion
    from groundup.capstones.parts import array, tensor

    generator = torch.Generator().manual_seed(8)
    angle, noise = 2 * np.pi * torch.rand(400, generator=generator), torch.randn(400, 2, generator=generator)
    x0, t = torch.stack([angle.cos(), angle.sin()], dim=1), torch.randint(0, 20, (400,), generator=generator)
    losses, points = [], []
    for done in (trained(device, 60), trained(device, 60, optimiser=solution.Adam)):
        x_t = tensor(diffusion.add_noise(array(x0), array(t), array(noise), done.tables.abar), x0)
        with torch.no_grad():
            told = done.model(x_t.to(device), t.to(device)).cpu()
            generator.manual_seed(9)
            drawn = diffusion.sample(done.model, 50, done.tables, generator=generator, device=device)
        losses.append(float(((told - noise) ** 2).mean()))
        points.append(drawn.cpu().double().numpy())
    close(losses[1], losses[0], of="the held-out loss", slack=relative(1e-3), scale=0.0)
    fails(not losses[1] < 0.9, f"the held-out loss is {losses[1]:.3f}; who has learnt nothing has 1")
    close(points[1], points[0], of="the points drawn", slack=relative(1e-2))
