"""What the tests of the capstones share."""

import pytest
import torch

from groundup.capstones import gpt


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """A sum over threads has no fixed order, and tiny tensors gain nothing from a second one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def trained_gpt(one_thread) -> gpt.Trained:
    """The toy GPT after its recipe, 240 updates. Tests must not train it further."""
    return gpt.train()


@pytest.fixture(scope="session")
def toy_ids() -> torch.Tensor:
    """The toy text as ids of its sorted characters."""
    return gpt.encode(gpt.TEXT, "".join(sorted(set(gpt.TEXT))))
