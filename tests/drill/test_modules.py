"""A module of the learner's is a layer of a model in the judge: values, gradients, training, methods."""

import copy
import socket
import threading

import pytest
import torch
from torch import nn

from groundup.drill import runner, wire
from groundup.drill.checks import Wrong
from groundup.drill.modules import Plugged
from groundup.drill.proxy import RemoteError, Session, Solution

FILE = """
import torch
from torch import nn

class Scaled(nn.Module):
    def __init__(self, base, size, *, start=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.inner = nn.Module()
        self.inner.scale = nn.Parameter(torch.full((size,), 2.0))
        self.shift = nn.Parameter(torch.full((size,), start))

    def forward(self, x):
        if x.dim() > 2:
            raise ValueError("too many dimensions")
        return self.base(x) * self.inner.scale + self.shift

    @torch.no_grad()
    def shrink(self, by):
        self.base.weight /= by
        self.inner.scale /= by
        return float(self.shift[0])

def no_module(base):
    return 5
"""


@pytest.fixture
def solution():
    """The learner's module, in a thread."""
    (judge, answers), (life, _other) = socket.socketpair(), socket.socketpair()
    there = runner._Runner(answers)
    exec(compile(FILE, "solution.py", "exec"), there.module.__dict__)

    def serve():
        try:
            while True:
                there.answer(*wire.receive(answers))
        except (EOFError, OSError):
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with judge, answers, life, _other:
        session = Session(judge, life, seconds=20)
        yield Solution(session)
        session._replies.close()
        judge.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def base():
    torch.manual_seed(0)
    return nn.Linear(3, 4)


def test_the_layer_and_what_is_trained(solution, base):
    layer = Plugged(solution.Scaled, base, 4, start=1.5)
    assert {name: p.tolist() for name, p in layer.named_parameters()} == {"inner_scale": [2.0] * 4, "shift": [1.5] * 4}
    found = layer.parameters_of(layer.there)
    assert {name: trained for name, (_, trained) in found.items()} == {
        "base.weight": False,
        "base.bias": False,
        "inner.scale": True,
        "shift": True,
    }
    assert torch.equal(found["base.weight"][0], base.weight)
    assert layer.there.base is layer.base_there
    assert layer.session.last_inputs["base"] == str(base)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_values_and_gradients(solution, dtype, bias):
    base = nn.Linear(3, 4, bias=bias, dtype=dtype)
    layer = Plugged(solution.Scaled, base, 4)
    x, dy = torch.randn(5, 3, dtype=dtype, requires_grad=True), torch.randn(5, 4, dtype=dtype)
    y = layer(x)
    torch.testing.assert_close(y, 2 * base(x))
    dx, *grads = torch.autograd.grad(y, (x, layer.inner_scale, layer.shift), dy)
    torch.testing.assert_close(dx, 2 * dy @ base.weight)
    torch.testing.assert_close(grads[0].to(dtype), (dy * base(x)).sum(0))
    torch.testing.assert_close(grads[1].to(dtype), dy.sum(0))
    with torch.no_grad():
        assert not layer(x).requires_grad


def test_it_trains_inside_a_model(solution, base):
    losses = []
    for plugged in (True, False):
        if plugged:
            layer = Plugged(solution.Scaled, base, 4)
        else:
            names = {}
            exec(FILE, names)
            layer = names["Scaled"](copy.deepcopy(base), 4)
        torch.manual_seed(1)
        x, wanted = torch.randn(8, 3), torch.randn(8, 2)
        model = nn.Sequential(layer, nn.Linear(4, 2))
        trained = [p for p in model.parameters() if p.requires_grad]
        assert sum(p.numel() for p in trained) == 18
        steps = []
        for _ in range(4):
            loss = (model(x) - wanted).square().mean()
            steps.append(loss.item())
            for p, grad in zip(trained, torch.autograd.grad(loss, trained), strict=True):
                p.data -= 0.1 * grad
        losses.append(steps)
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert losses[0][-1] < losses[0][0]


def test_two_passes_before_a_backward_pass(solution, base):
    layer = Plugged(solution.Scaled, base, 4)
    x = torch.randn(2, 3)
    total = layer(x).sum() + layer(2 * x).sum()
    total.backward()
    torch.testing.assert_close(layer.shift.grad, torch.full((4,), 4.0))


def test_a_method_sees_the_twins_and_changes_the_base(solution, base):
    layer = Plugged(solution.Scaled, base, 4)
    with torch.no_grad():
        layer.shift += 0.5
    assert layer.do("shrink", 2.0) == 0.5
    torch.testing.assert_close(layer.parameters_of(layer.base_there)["weight"][0], base.weight / 2)
    torch.testing.assert_close(layer(torch.zeros(1, 3)), base.bias[None] + 0.5)  # what it set itself stays
    with torch.no_grad():
        layer.inner_scale += 1
    torch.testing.assert_close(layer(torch.zeros(1, 3)), 3 * base.bias[None] + 0.5)


def test_parameters_that_are_no_tensors_are_refused(solution, base, monkeypatch):
    layer = Plugged(solution.Scaled, base, 4)
    for found in ([], {"a": 1}, {"a": (torch.zeros(1), 1)}, {"a": (1.0, True)}, {"a": (torch.zeros(1),)}):
        monkeypatch.setattr(layer.session, "request", lambda *args, found=found, **fields: found)
        with pytest.raises(Wrong, match="no plain tensors"):
            layer.parameters_of(layer.there)


def test_what_is_no_module_is_said(solution, base):
    with pytest.raises(Wrong, match=r"no torch\.nn\.Module"):
        Plugged(solution.no_module, base)
    with pytest.raises(RemoteError, match="too many dimensions"):
        Plugged(solution.Scaled, base, 4)(torch.zeros(1, 1, 3))
