"""Chapter 32: the low-rank layer, adaptation in full and by LoRA, and the wrong parts that accuracy does not show."""

import copy
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from groundup.capstones import gpt, lora, lora_study, training
from groundup.capstones.errors import CapstoneError
from groundup.capstones.lora import Config, Net, adapt, classes, make_data, pretrain, pretrained
from groundup.capstones.lora_parts import (
    LoRALinear,
    adapter_state,
    freeze,
    inject,
    load_adapter,
    switched_off,
    trainable_count,
)
from groundup.capstones.training import NotFiniteError

WAYS: tuple[Any, ...] = ("head", 1, 2, 4, 8, "full")
QUICK = Config(pretrain_steps=20, adapt_steps=5, train_size=200, test_size=100)


@pytest.fixture(scope="session")
def base() -> Net:
    return pretrain()


@pytest.fixture(scope="session")
def sweep(base: Net) -> dict[Any, lora.Adapted]:
    return {how: adapt(base, how) for how in WAYS}


def share(model: Any, task: str) -> float:
    x, bits = make_data()[f"{task} test"]
    return lora.accuracy(model, x, classes(bits, task))


def trained_layer(n_in: int = 20, n_out: int = 7, r: int = 3, alpha: float = 6.0) -> LoRALinear:
    """A layer whose A and B are as if trained."""
    torch.manual_seed(0)
    layer = LoRALinear(nn.Linear(n_in, n_out), r, alpha)
    nn.init.normal_(layer.A)
    nn.init.normal_(layer.B)
    return layer


# ---- the worked examples --------------------------------------------------------------------------------------------


def test_32_1_trainable_numbers(sweep: dict[Any, lora.Adapted]) -> None:
    assert (sweep["full"].trained, sweep[4].trained, f"{1188 / 388:.1f}") == (1188, 388, "3.1")
    assert [sweep[how].trained for how in WAYS] == [132, 196, 260, 388, 644, 1188]


def test_32_2_both_learn_the_new_task(sweep: dict[Any, lora.Adapted]) -> None:
    assert sweep["full"].accuracy >= 0.99
    assert sweep[4].accuracy >= 0.99


def test_32_3_rank_sweep(base: Net, sweep: dict[Any, lora.Adapted]) -> None:
    assert 0.15 < share(base, "target") < 0.35
    assert sweep["head"].accuracy < 0.5
    assert 0.7 < sweep[1].accuracy < 0.98
    assert all(sweep[how].accuracy > 0.99 for how in (2, 4, 8, "full"))


def test_32_4_forward_and_merge_by_hand() -> None:
    layer = LoRALinear(nn.Linear(2, 2, bias=False), 1, 2.0)
    with torch.no_grad():
        layer.base.weight.copy_(torch.eye(2))
        layer.A.copy_(torch.tensor([[1.0, 1.0]]))
        layer.B.copy_(torch.tensor([[0.5], [-0.5]]))
    x = torch.tensor([[1.0, 2.0]])
    assert layer(x).tolist() == [[4.0, -1.0]]
    layer.merge()
    assert layer.base.weight.T.tolist() == [[2.0, -1.0], [1.0, 0.0]]  # row convention
    assert layer(x).tolist() == [[4.0, -1.0]]


def test_32_5_what_an_adapter_saves() -> None:
    bases = {n: nn.Linear(n, n, bias=False) for n in (32, 64, 4096)}

    def ratio(n: int, r: int) -> float:
        return n * n / trainable_count(LoRALinear(bases[n], r, 2 * r))

    sizes = [(32, 4), (64, 4), (4096, 4), (4096, 8), (4096, 64)]
    assert [f"{ratio(n, r):.1f}" for n, r in sizes] == ["4.0", "8.0", "512.0", "256.0", "32.0"]
    assert ratio(32, 16) == 1.0


def test_32_6_merged_equals_adapted(sweep: dict[Any, lora.Adapted]) -> None:
    model = copy.deepcopy(sweep[4].model)
    x = make_data()["target test"][0]
    with torch.no_grad():
        apart = model(x)
        model.first.merge()
        together = model(x)
        model.first.unmerge()
        again = model(x)
    assert (together - apart).abs().max() < 1e-4
    assert (again - apart).abs().max() < 1e-4


def test_32_7_the_update_needs_two_directions(base: Net, sweep: dict[Any, lora.Adapted]) -> None:
    full, low = (torch.linalg.svdvals(lora_study.update(base.first, sweep[h].model.first, 32)) for h in ("full", 4))
    assert (full[:2] ** 2).sum() / (full**2).sum() > 0.6
    assert full[1] > 1.5 * full[2]
    assert low[1] > 5 * low[2]
    assert (low[4:] < 1e-4).all()  # rank 4


def test_32_8_the_old_task_is_not_lost(base: Net, sweep: dict[Any, lora.Adapted]) -> None:
    old = share(base, "source")
    assert old > 0.99
    for how in ("head", 1, 2, 4, 8):
        assert 0.1 < sweep[how].old_on < 0.4
        assert sweep[how].old_off == old
    assert sweep["full"].old_off < 0.95  # nothing switches this off


# ---- the layer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_in", "n_out"), [(32, 48), (20, 7), (32, 32)])
@pytest.mark.parametrize("r", [1, 4])
def test_it_starts_as_its_base(n_in: int, n_out: int, r: int) -> None:
    base = nn.Linear(n_in, n_out)
    layer = LoRALinear(base, r, 2.0 * r)
    for shape in ((5,), (2, 3), ()):
        x = torch.randn(*shape, n_in)
        assert torch.equal(layer(x), base(x))
    assert (layer.A.shape, layer.B.shape) == ((r, n_in), (n_out, r))
    assert trainable_count(layer) == r * (n_in + n_out)
    assert layer.A.abs().max() > 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_merge_and_unmerge_are_exact_and_idempotent(dtype: torch.dtype) -> None:
    layer = trained_layer().to(dtype)
    x = torch.randn(4, 5, 20, dtype=dtype)
    apart, weight, bias = layer(x), layer.base.weight.clone(), layer.base.bias.clone()
    for _ in range(2):
        layer.merge()
    torch.testing.assert_close(layer(x), apart, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(layer.base.weight - weight, 2.0 * layer.B @ layer.A, rtol=1e-5, atol=1e-5)
    assert torch.equal(layer.base.bias, bias)
    for _ in range(2):
        layer.unmerge()
    torch.testing.assert_close(layer.base.weight, weight, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(layer(x), apart, rtol=1e-5, atol=1e-5)


def test_alpha_over_r_scales_what_is_added() -> None:
    one, two = trained_layer(alpha=6.0), trained_layer(alpha=12.0)
    x = torch.randn(9, 20)
    torch.testing.assert_close(two(x) - two.base(x), 2 * (one(x) - one.base(x)))


def test_gradients_reach_a_and_b_and_no_further() -> None:
    layer = trained_layer().double()
    x = torch.randn(5, 20, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, A, B: torch.func.functional_call(layer, {"A": A, "B": B}, (x,)),
                                    (x, layer.A, layer.B))  # fmt: skip
    layer(x).sum().backward()
    assert [n for n, p in layer.named_parameters() if p.grad is not None] == ["A", "B"]
    assert [n for n, p in layer.named_parameters() if p.requires_grad] == ["A", "B"]


def test_training_leaves_the_base_bit_for_bit(base: Net, sweep: dict[Any, lora.Adapted]) -> None:
    for how in ("head", 1, 4):
        first = sweep[how].model.first
        kept = first.base if how != "head" else first
        assert torch.equal(kept.weight, base.first.weight)
        assert torch.equal(kept.bias, base.first.bias)
    assert not torch.equal(sweep[4].model.first.B, torch.zeros(32, 4))


def test_a_rank_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        LoRALinear(nn.Linear(3, 3), 0, 1.0)


# ---- in a model -----------------------------------------------------------------------------------------------------


def test_inject_names_layers_and_refuses_others() -> None:
    model = nn.Sequential(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), nn.Linear(4, 2))
    bases = inject(model, ["0.0"], 2, 4.0)
    assert list(bases) == ["0.0"]
    assert isinstance(model[0][0], LoRALinear)
    with pytest.raises(ValueError, match=r"'0.1' is no linear layer of the model; there are: 0.0.base, 1"):
        inject(model, ["1", "0.1"], 2, 4.0)
    assert isinstance(model[1], nn.Linear)  # all or nothing


def test_switched_off_is_undone_even_by_an_error(sweep: dict[Any, lora.Adapted], base: Net) -> None:
    a = sweep[4]
    adapted = a.model.first
    with switched_off(a.model, a.bases):
        assert torch.equal(a.model.first.weight, base.first.weight)
    with pytest.raises(KeyError), switched_off(a.model, a.bases):
        raise KeyError
    assert a.model.first is adapted


def test_frozen_parameters_do_not_decay() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    freeze(model[0])
    before = model[0].weight.clone()
    opt = training.AdamW(model.parameters(), 0.1, weight_decay=0.5)
    opt.step()
    assert torch.equal(model[0].weight, before)
    assert model[0].weight.grad is None


def test_adapters_are_kept_alone_and_fit_only_their_base(tmp_path: Path, sweep: Any, base: Net) -> None:
    path = tmp_path / "adapter.safetensors"
    a = sweep[2]
    state = adapter_state(a.model)
    assert {name: tuple(x.shape) for name, x in state.items()} == {
        "first.A": (2, 32), "first.B": (32, 2), "head.weight": (4, 32), "head.bias": (4,)
    }  # fmt: skip
    training.save(path, state, lora.AdapterConfig(lora.fingerprint(base), 2, 4.0))
    assert path.stat().st_size < 2000
    loaded = lora.load_adapted(base, path)
    x = make_data()["target test"][0]
    assert torch.equal(loaded(x), a.model(x))
    assert trainable_count(loaded) == 260
    with pytest.raises(CapstoneError, match="was trained on the base"):
        lora.load_adapted(pretrain(QUICK), path)
    training.save(path, state, lora.AdapterConfig(lora.fingerprint(base), 3, 4.0))
    with pytest.raises(CapstoneError, match=r"does not fit the model: first.A \(2, 32\), first.A \(3, 32\)"):
        lora.load_adapted(base, path)
    training.save(path, base.state_dict(), Config())
    with pytest.raises(CapstoneError, match="holds no adapter"):
        lora.load_adapted(base, path)
    with pytest.raises(CapstoneError, match="does not fit"):
        load_adapter(base, {})


def test_the_shipped_network_is_the_one_the_command_makes(base: Net) -> None:
    model = pretrained()
    assert lora.WEIGHTS.stat().st_size < 8000
    assert sum(p.numel() for p in model.parameters()) == 1188
    assert share(model, "source") > 0.99
    for ours, theirs in zip(model.parameters(), base.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0.05, atol=0.05)  # digits differ between machines
    assert adapt(model, 2).accuracy > 0.99
    with pytest.raises(CapstoneError, match="there is no checkpoint"):
        pretrained(Path("nowhere.safetensors"))


def test_same_seed_same_bits(sweep: dict[Any, lora.Adapted], base: Net) -> None:
    assert adapt(base, 2).losses == sweep[2].losses
    assert adapt(base, 2, seed=1).losses != sweep[2].losses
    assert all(torch.equal(a, b) for a, b in zip(pretrain().parameters(), base.parameters(), strict=True))


# ---- plug points and mutants ----------------------------------------------------------------------------------------


def test_each_part_is_a_plug_point() -> None:
    base = pretrain(QUICK)
    called: list[str] = []

    def counted(name: str, part: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            called.append(name)
            return part(*args, **kwargs)

        return call

    plain = adapt(base, 4, QUICK)
    loop = partial(lora.train_loop, optimiser=counted("optimiser", training.AdamW))
    a = adapt(
        base, 4, QUICK, layer=counted("layer", LoRALinear), inject=counted("inject", inject),
        train_loop=counted("train_loop", loop),
    )  # fmt: skip
    adapt(base, "head", QUICK, freeze=counted("freeze", freeze))
    assert called == ["inject", "layer", "train_loop", "optimiser", "freeze"]
    assert a.losses == plain.losses

    class Double(LoRALinear):
        def forward(self, x: Tensor) -> Tensor:
            return 2 * super().forward(x)

    assert adapt(base, 4, QUICK, layer=Double).losses != plain.losses


class BothZero(LoRALinear):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        nn.init.zeros_(self.A)


class BothRandom(LoRALinear):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        nn.init.normal_(self.A)
        nn.init.normal_(self.B)


class NotFrozen(LoRALinear):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.base.requires_grad_(True)


class NoScale(LoRALinear):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.scale = 0.0


class Transposed(LoRALinear):
    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.scale * (x @ self.B @ self.A)


def test_mutants_behave_as_the_syllabus_measured(base: Net) -> None:
    def reached(layer: Any) -> lora.Adapted:
        return adapt(base, 4, layer=layer)

    zero, dead = reached(BothZero), reached(NoScale)
    assert zero.accuracy < 0.5
    assert dead.accuracy < 0.5
    assert not zero.model.first.A.any()
    assert not zero.model.first.B.any()

    loose = reached(NotFrozen)
    assert loose.accuracy > 0.99  # accuracy says nothing; the count and the base do
    assert loose.trained == 1444
    assert (loose.bases["first"].weight - base.first.weight).abs().max() > 0.1

    x = make_data()["target test"][0]
    torch.manual_seed(0)
    model = copy.deepcopy(base)
    inject(model, ["first"], 4, 8.0, BothRandom)
    assert (model(x) - base(x)).abs().max() > 10  # it does not start as its base

    assert reached(Transposed).accuracy > 0.99  # not to be seen on a square layer
    with pytest.raises(RuntimeError):
        Transposed(nn.Linear(20, 7), 3, 6.0)(torch.randn(2, 20))


# ---- errors and the command -----------------------------------------------------------------------------------------


def test_clear_errors(base: Net) -> None:
    with pytest.raises(CapstoneError, match="batch is 0"):
        Config(batch=0)
    with pytest.raises(CapstoneError, match="width is 3"):
        Config(width=3)
    with pytest.raises(CapstoneError, match="a rank, full or head; got half"):
        adapt(base, "half")  # type: ignore[arg-type]
    with pytest.raises(CapstoneError, match="reads 32 numbers, the data have 16"):
        adapt(base, 4, Config(width=16))
    with pytest.raises(CapstoneError, match="there is no device cuda:99 here"):
        pretrain(QUICK, device="cuda:99")
    broken = copy.deepcopy(base)
    with torch.no_grad():
        broken.first.bias[0] = torch.nan
    with pytest.raises(NotFiniteError, match="the loss is nan at step 0"):
        adapt(broken, 4, QUICK)


def test_cli(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    network, adapter = str(tmp_path / "base.safetensors"), str(tmp_path / "adapter.safetensors")
    assert lora.main(["--save-base", network]) == 0
    assert lora.main(["--base", network, "--rank", "2", "--save", adapter]) == 0
    out = capsys.readouterr().out
    assert "pretrained: 1188 numbers, 1.000 right on the old task" in out
    assert f"{adapter}: the adapter, 260 numbers" in out
    assert lora.main(["--base", network, "--load", adapter]) == 0
    assert float(capsys.readouterr().out.split(": ")[-1].split()[0]) > 0.99
    assert lora.main(["--seed", "1", "--load", adapter]) == 1
    assert capsys.readouterr().err.startswith("lora: ")
    assert lora.main(["--base", network, "--rank", "0"]) == 1
    assert "at least 1" in capsys.readouterr().err
    assert lora.main(["--device", "cuda:99"]) == 1
    assert "there is no device" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        lora.main(["--save", adapter])


def test_cli_studies(capsys: pytest.CaptureFixture[str]) -> None:
    assert lora_study.main(["probe"]) == 0
    shares = [float(word) for word in capsys.readouterr().out.split(":")[1].split()]
    assert min(shares[:2]) > 0.99  # the signs of the old task are plain to see, the others faint
    assert max(shares[2:]) < 0.95
    assert lora_study.main(["rank"]) == 0
    assert capsys.readouterr().out.count("singular values") == 2


# ---- the probe and the GPT ------------------------------------------------------------------------------------------


def test_features_are_frozen_and_the_probe_is_a_plug_point(base: Net) -> None:
    X = lora_study.features(base, make_data()["target test"][0])
    assert (X.shape, X.min() >= 0) == ((1000, 32), True)
    seen = []

    def constant(X: Any, y: Any) -> Any:
        seen.append((X.shape, sorted(set(y.tolist()))))
        return 0 * X[0], 1.0

    shares = lora_study.linear_probe(base, fit_normal=constant)
    assert seen == [((2000, 32), [-1.0, 1.0])] * 4
    assert all(0.4 < s < 0.6 for s in shares)


def test_least_squares() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 3)) + 5
    y = X @ [1.0, -2.0, 0.5] + 3
    w, b = lora_study.fit_normal(X, y)
    np.testing.assert_allclose([*w, b], [1.0, -2.0, 0.5, 3.0], atol=1e-9)
    w, b = lora_study.fit_normal(X, y, 7.0)
    error = X @ w + b - y
    np.testing.assert_allclose(X.T @ error + 7.0 * w, 0, atol=1e-9)  # the gradient of |error|² + 7 |w|², halved
    assert error.sum() == pytest.approx(0, abs=1e-9)


def test_lora_inside_the_gpt() -> None:
    original, vocabulary = gpt.pretrained()
    before = [p.clone() for p in original.parameters()]
    result = lora_study.adapt_gpt((original, vocabulary), steps=120)
    assert result.trained == 4 * 8 * (64 + 64)
    assert result.before[0] < 0.1 < 3 < result.before[1]
    assert result.on[1] < 0.5 * result.before[1]  # it learns the new line
    assert result.on[0] > 10 * result.before[0]  # and loses the old one
    assert result.off == result.before  # which is back, bit for bit, without the adapter
    assert all(torch.equal(p, q) for p, q in zip(original.parameters(), before, strict=True))

    model, ids = result.model, torch.arange(13)[None]
    apart = model(ids)
    layers = [m for m in model.modules() if isinstance(m, LoRALinear)]
    assert len(layers) == 4
    for layer in layers:
        layer.merge()
    torch.testing.assert_close(model(ids), apart, rtol=1e-4, atol=1e-4)


def test_lora_inside_the_gpt_takes_another_layer_and_refuses_other_characters() -> None:
    with pytest.raises(CapstoneError):
        lora_study.adapt_gpt(line="XYZ", steps=1)
    dead = lora_study.adapt_gpt(steps=2, layer=NoScale)
    assert dead.on == dead.off == dead.before
