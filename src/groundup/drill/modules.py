"""A module of the learner's as a layer of a model in the judge.

It lives in the runner. What it trains has a twin in the judge, which an optimiser may change and which gets gradients:
each pass brings what has changed of the twins to the runner, and each backward pass the gradients back.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from groundup.drill import gradient
from groundup.drill.checks import Wrong
from groundup.drill.proxy import Remote, named


class Plugged(nn.Module):
    """A module that the learner's class makes round a linear layer.

    Its parameters are those that require gradients there, by the same names, with a dot as an underscore.

    Args:
        kind: The learner's class; called with a copy of the layer.
        base: The layer.
        *args: What else the class is called with.
        **kwargs: The same by name.

    Attributes:
        there: The module.
        base_there: The copy of the layer.

    Raises:
        Wrong: What was made is no module.
    """

    def __init__(self, kind: Remote, base: nn.Linear, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.session = kind._session
        self.session.last_inputs = named(kind, (str(base), *args), kwargs)
        bias = None if base.bias is None else base.bias.detach()
        made: Any = self.session.request("plug", (base.weight.detach(), bias, args, kwargs), on=kind._number)
        there, base_there, found = made if type(made) is tuple and len(made) == 3 else (None, None, None)
        if not isinstance(there, Remote) or not isinstance(base_there, Remote) or found is None:
            raise Wrong("what the class makes is no torch.nn.Module")
        self.there, self.base_there = there, base_there
        self.twins: dict[str, nn.Parameter] = {}
        for name, (value, trained) in _checked(found, self.there).items():
            if trained:
                self.twins[name] = nn.Parameter(value)
                self.register_parameter(name.replace(".", "_"), self.twins[name])
        self.known = self.values()

    def forward(self, *args: Any) -> Any:
        """What the module makes of it, with gradients."""
        self.session.last_inputs = {f"argument {n}": each for n, each in enumerate(args, 1)}
        if torch.is_grad_enabled() and gradient.wanted(self.twins, args):
            question = {"op": "use", "on": self.there._number, "name": "", "changed": self.changed()}
            return gradient.ask(self.session, question, (self.twins, args))
        return self.do("", *args)

    def do(self, method: str, *args: Any) -> Any:
        """Call a method of the module, or without a name itself."""
        changed = self.changed()
        values = {name: self.known[name] for name in changed}
        return self.session.request("use", (values, args), on=self.there._number, name=method, changed=changed)

    def changed(self) -> list[str]:
        """Names of the twins that have been changed since the runner was told."""
        before, self.known = self.known, self.values()
        return [name for name, value in self.known.items() if not torch.equal(value, before[name])]

    def values(self) -> dict[str, Tensor]:
        """Copies of what the twins hold."""
        return {name: twin.detach().clone() for name, twin in self.twins.items()}

    def parameters_of(self, module: Remote) -> dict[str, tuple[Tensor, bool]]:
        """The values of a module's parameters in the runner, and which require gradients.

        Raises:
            Wrong: It has none that could be known.
        """
        return _checked(self.session.request("parameters", on=module._number), module)


def _checked(found: Any, module: Remote) -> dict[str, tuple[Tensor, bool]]:
    """What a runner says of a module's parameters, if it is of the kind that an honest one says."""
    for pair in found.values() if type(found) is dict else [None]:
        if type(pair) is not tuple or len(pair) != 2 or type(pair[0]) is not Tensor or type(pair[1]) is not bool:
            raise Wrong(f"{module._type_name} has parameters that are no plain tensors")
    return dict(found)
