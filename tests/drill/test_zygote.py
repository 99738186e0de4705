"""What zygotes have loaded: a fork must find everything there."""

import signal
import subprocess
import sys

import pytest

GRADIENT = """
import torch
w = torch.ones(2, requires_grad=True)
torch.autograd.grad(w * 2, (w,), torch.ones(2))
(w * 2).sum().backward()
"""

CAPSTONES = """
import torch
from groundup.capstones import cnn, cnn_study, gpt, training
model, vocabulary = gpt.pretrained()
gpt.write(model, vocabulary, "a", 3)
ids = gpt.encode(gpt.TEXT, vocabulary)[:20]
model(ids[None]).sum().backward()
training.AdamW(model.parameters(), 0.1).step()
cnn_study.features(cnn.pretrained(), torch.zeros(2, 1, 12, 12))
"""

COMPUTE = """
import numpy as np
rng = np.random.default_rng(0)
np.linalg.norm(rng.normal(size=(3, 3)), axis=1)
np.linalg.svd(np.cov(rng.normal(size=(3, 9))))
np.unique(np.einsum("ij,kj->ik", np.ones((2, 2)), np.ones((2, 2))))
np.lib.stride_tricks.sliding_window_view(np.arange(9), 3)
np.errstate(all="ignore").__enter__()
"""


@pytest.mark.parametrize(
    ("load", "work"),
    [
        ("zygote.load('numpy')", COMPUTE),
        ("zygote.load('torch')", COMPUTE + GRADIENT),
        ("zygote.load('torch'); zygote.load_judge('torch')", GRADIENT + CAPSTONES),
    ],
    ids=["runner of NumPy", "runner of PyTorch", "judge of capstones"],
)
def test_work_in_a_fork_loads_nothing_large(load, work):
    program = f"""
import sys
from groundup.drill import zygote
{load}
before = set(sys.modules)
{work}
print(*sorted(set(sys.modules) - before), sep="\\n")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    small = ("groundup", "encodings")

    assert [name for name in done.stdout.split() if name.partition(".")[0] not in small] == []


def test_a_runner_has_neither_pytest_nor_suites_nor_capstones():
    program = "import sys; from groundup.drill import zygote, runner; zygote.load('torch'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()

    assert "torch" in loaded
    assert [name for name in loaded if name.startswith(("pytest", "_pytest", "groundup.capstones"))] == []
    assert not {"groundup.drill.judge", "groundup.drill.checks", "groundup.drill.proxy"} & set(loaded)


@pytest.mark.skipif(sys.platform != "linux", reason="a process' libraries are listed in /proc")
def test_waiting_processes_do_without_openssl():
    program = """
from groundup.drill import zygote
zygote.load("numpy"); zygote.load_judge("numpy")
import hashlib
print("crypto" in open("/proc/self/maps").read(), hashlib.sha256(b"").hexdigest()[:8])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "e3b0c442"]
    assert done.stderr == ""


def test_a_judge_that_hangs_ends_and_says_where():
    program = """
import socket
from groundup.drill import judge
judge.SECONDS = 1
ours, theirs = socket.socketpair()
ours.sendall(b'{"seconds": 1}\\n')

class Plugin:
    def begin(self, job, session, tell):
        theirs.recv(1)  # nothing comes

judge.run(Plugin(), theirs, theirs, theirs)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert done.returncode == -signal.SIGALRM
    assert "judge.py" in done.stderr
