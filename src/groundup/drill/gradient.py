"""Gradients through the learner's code: autograd in the judge meets autograd in the runner.

A call whose tensors require gradients is recorded in the runner; the backward pass sends the cotangents there and gets
the vector-Jacobian products back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from groundup.drill.proxy import Session


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _tensors(each)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _tensors(each)


def wanted(*values: Any) -> bool:
    """Whether a gradient must pass."""
    return any(tensor.requires_grad for tensor in _tensors(values))


def _replaced(value: Any, new: Iterator[Tensor]) -> Any:
    """The same structure, with each tensor that requires a gradient replaced, in order."""
    if isinstance(value, Tensor):
        return next(new) if value.requires_grad else value
    if isinstance(value, list | tuple):
        return type(value)(_replaced(each, new) for each in value)
    if isinstance(value, Mapping):
        return {key: _replaced(each, new) for key, each in value.items()}
    return value


class _Call(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, session: Session, question: Mapping[str, Any], values: Any, keep: list[Any], *leaves: Tensor
    ) -> Any:
        fresh = iter([leaf.detach().requires_grad_() for leaf in leaves])
        ctx.session = session
        ctx.tape, result = session.request(values=_replaced(values, fresh), tape=True, **question)
        outputs = result if type(result) is tuple else (result,)
        ctx.shape = [isinstance(output, Tensor) for output in outputs]
        keep.append((type(result) is tuple, outputs))
        return tuple(output.detach() for output in outputs if isinstance(output, Tensor))

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor | None) -> Any:
        grads = ctx.session.request("vjp", tuple(cotangents), tape=ctx.tape)
        return None, None, None, None, *grads


def call(session: Session, on: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a remote function so that its tensors carry gradients.

    Args:
        session: The connection.
        on: Number of the function.
        args: Tensors that require gradients may stand anywhere in lists, tuples and dicts.
        kwargs: The same by name.

    Returns:
        What the function returned. Its tensors, alone or in a tuple, have a gradient.
    """
    return ask(session, {"op": "call", "on": on}, (args, kwargs))


def ask(session: Session, question: Mapping[str, Any], values: Any) -> Any:
    """Ask for what makes a tape, so that the tensors of the answer carry gradients to those that go with the question.

    Args:
        session: The connection.
        question: The operation and its fields.
        values: To go with it.
    """
    leaves = [tensor for tensor in _tensors(values) if tensor.requires_grad]
    keep: list[Any] = []
    carried: Iterator[Tensor] = iter(_Call.apply(session, question, values, keep, *leaves))  # type: ignore[no-untyped-call]
    is_tuple, outputs = keep[0]
    result = tuple(next(carried) if isinstance(output, Tensor) else output for output in outputs)
    return result if is_tuple else result[0]
