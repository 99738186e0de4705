"""What the capstones share: the optimiser against the library's, devices, checkpoints, Ctrl-C, and light imports."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from groundup.capstones import training
from groundup.capstones.training import AdamW, CapstoneError, NotFiniteError


def net(dtype=torch.float32):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.LayerNorm(7), nn.Linear(7, 3)).to(dtype)


def descend(model, opt, steps, schedule=lambda step: 1e-2):
    generator = torch.Generator().manual_seed(1)
    for step in range(steps):
        x = torch.randn(8, 5, generator=generator).to(next(model.parameters()).dtype)
        if isinstance(opt, AdamW):
            opt.lr = schedule(step)
        else:
            for group in opt.param_groups:
                group["lr"] = schedule(step)
        opt.zero_grad()
        model(x).square().sum().backward()
        opt.step()


# ---- the optimiser


@pytest.mark.parametrize(("dtype", "atol"), [(torch.float32, 1e-6), (torch.float64, 1e-13)])
@pytest.mark.parametrize("how", [{}, {"betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.3}, {"weight_decay": 0.0}])
def test_fifty_steps_equal_the_library(dtype, atol, how):
    ours, library = net(dtype), net(dtype)
    descend(ours, AdamW(ours.parameters(), 1e-2, **how), 50, lambda step: 1e-2 / (1 + step))
    opt = torch.optim.AdamW(library.parameters(), 1e-2, **{"weight_decay": 0.01, **how})
    descend(library, opt, 50, lambda step: 1e-2 / (1 + step))
    for a, b in zip(ours.parameters(), library.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=atol)


def test_decay_of_matrices_only_equals_two_groups_of_the_library():
    ours, library = net(torch.float64), net(torch.float64)
    descend(ours, AdamW(ours.parameters(), 1e-2, weight_decay=0.5, decays=lambda p: p.dim() > 1), 20)
    groups = [
        {"params": [p for p in library.parameters() if p.dim() > 1], "weight_decay": 0.5},
        {"params": [p for p in library.parameters() if p.dim() == 1], "weight_decay": 0.0},
    ]
    descend(library, torch.optim.AdamW(groups), 20)
    for a, b in zip(ours.parameters(), library.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-13)


def test_parameters_stay_views_of_the_buffer():
    model = net()
    opt = AdamW(model.parameters(), 1e-2)
    descend(model, opt, 3)
    start, end = opt.flat.data_ptr(), opt.flat.data_ptr() + opt.flat.nbytes
    assert all(start <= p.data_ptr() < end for p in model.parameters())
    assert opt.flat.numel() == sum(p.numel() for p in model.parameters())
    opt.zero_grad()
    assert all((p.grad == 0).all() for p in model.parameters())


def test_frozen_parameters_do_not_move():
    model = net()
    model[0].requires_grad_(False)
    before = [p.clone() for p in model.parameters()]
    descend(model, AdamW(model.parameters(), 1e-2, weight_decay=1.0), 3)
    moved = [not torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True)]
    assert moved == [False, False, True, True, True, True]


def test_clipping_equals_the_library():
    ours, library = net(), net()
    opt = AdamW(ours.parameters(), 1e-2)
    for model in (ours, library):
        model(torch.ones(4, 5)).square().sum().backward()
    expected = nn.utils.clip_grad_norm_(library.parameters(), 0.5)
    torch.testing.assert_close(opt.clip_grad(0.5), expected)
    for a, b in zip(ours.parameters(), library.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad)
    before = opt.grad.clone()
    opt.clip_grad(10.0)
    assert torch.equal(opt.grad, before)


def test_the_optimiser_refuses_what_it_cannot_train():
    with pytest.raises(ValueError, match="no parameter requires a gradient"):
        AdamW(net().requires_grad_(False).parameters(), 1e-2)
    with pytest.raises(ValueError, match="share one dtype"):
        AdamW([*net().parameters(), *net(torch.float64).parameters()], 1e-2)


# ---- devices


def test_a_device_that_is_there():
    assert training.pick_device("cpu") == torch.device("cpu")
    assert training.pick_device("auto").type in ("cpu", "cuda")


@pytest.mark.parametrize("name", ["cuda:99", "gpu", "", "meta:x"])
def test_a_device_that_is_not_there_names_those_that_are(name):
    with pytest.raises(CapstoneError, match=f"there is no device {name} here; wanted: auto or one of cpu"):
        training.pick_device(name)


# ---- checkpoints


@dataclass(frozen=True)
class Size:
    width: int = 3
    shape: tuple[int, int] = (1, 2)


def test_a_checkpoint_comes_back(tmp_path):
    path = tmp_path / "new" / "a.safetensors"
    tensors = {"a": torch.arange(6.0).view(2, 3).T, "b": torch.tensor(2, dtype=torch.int32)}
    training.save(path, tensors, Size())
    back, config = training.load(path, Size())
    assert config == {"width": 3, "shape": [1, 2]}
    assert back.keys() == tensors.keys()
    assert all(torch.equal(back[name], tensors[name]) and back[name].dtype == tensors[name].dtype for name in tensors)
    assert [p.name for p in path.parent.iterdir()] == ["a.safetensors"]


def test_a_checkpoint_of_another_configuration(tmp_path):
    path = tmp_path / "a.safetensors"
    training.save(path, {"a": torch.zeros(1)}, Size(width=4))
    with pytest.raises(CapstoneError, match="another configuration: width = 4, wanted 3"):
        training.load(path, Size())


def test_a_checkpoint_that_is_missing_or_damaged(tmp_path):
    path = tmp_path / "a.safetensors"
    with pytest.raises(CapstoneError, match="there is no checkpoint"):
        training.load(path)
    training.save(path, {"a": torch.zeros(100)}, Size())
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(CapstoneError, match="is damaged"):
        training.load(path)
    path.write_bytes(b"")
    with pytest.raises(CapstoneError, match="is damaged"):
        training.load(path)


def test_a_failed_write_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "a.safetensors"
    training.save(path, {"a": torch.ones(2)}, Size())

    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        training.save(path, {"a": torch.zeros(2)}, Size())
    monkeypatch.undo()
    assert training.load(path)[0]["a"].tolist() == [1, 1]
    assert len(list(tmp_path.iterdir())) == 1


def test_weights_that_are_no_numbers_are_not_kept(tmp_path):
    path = tmp_path / "a.safetensors"
    training.save(path, {"a": torch.ones(2)}, Size())
    with pytest.raises(NotFiniteError, match="a is not finite"):
        training.save(path, {"a": torch.tensor([1.0, torch.nan])}, Size())
    assert training.load(path)[0]["a"].tolist() == [1, 1]


# ---- a bad end


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), float("-inf")])
def test_a_loss_that_is_no_number_names_the_step(loss):
    training.check_finite(1e30, 1)
    with pytest.raises(NotFiniteError, match="at step 17"):
        training.check_finite(loss, 17)


def test_ctrl_c_is_heard_between_steps():
    before = signal.getsignal(signal.SIGINT)
    with training.interruptible() as asked:
        assert not asked()
        signal.raise_signal(signal.SIGINT)
        assert asked()
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_ends_it_at_once():
    def twice():
        with training.interruptible():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        twice()


def test_training_in_another_thread_hears_no_signals():
    heard = []

    def work():
        with training.interruptible() as asked:
            heard.append(asked())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert heard == [False]


# ---- imports


def test_capstones_import_nothing_heavy_beyond_torch():
    """Each adds its own modules and the standard library's; NumPy comes with torch."""
    program = (
        "import importlib, json, sys, torch; before = set(sys.modules)\n"
        "for name in 'gpt', 'lora', 'agent', 'cnn', 'diffusion':\n"
        "    importlib.import_module(f'groundup.capstones.{name}')\n"
        "new = {m.split('.')[0] for m in set(sys.modules) - before}\n"
        "print(json.dumps(sorted(new - set(sys.stdlib_module_names) - {'numpy'})))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == ["groundup"]
