"""Capstone C: an agent, which is a model, tools, a loop around them and rules for stopping (chapter 33).

    python -m groundup.capstones.agent "What is 23 * 19 + 7?"
    python -m groundup.capstones.agent "How many minutes does light take from the Sun to the Earth?" --driver text
    ANTHROPIC_API_KEY=... ANTHROPIC_BASE_URL=https://api.anthropic.com \
        python -m groundup.capstones.agent "What is 23 * 19 + 7?" --driver messages --model NAME

A driver decides on the next step; the loop runs the tools and hands back what they say. One driver is a few rules and
needs no network; the other asks a language model over HTTP, in a vendor's messages format (`tool_use`, `tool_result`).

Tools are in `agent_tools`, drivers in `agent_drivers`, the loop here; `agent_server` is a server to try the latter.

Plug points (parameters, with the reference as default):

- ``run_agent(model, tools, question, max_steps=5)``: the loop over plain text, of ``run_as_text``
- ``safe_calc(expr)``: the arithmetic of ``default_tools``
- ``index``: what ``default_tools`` looks up in; has ``search(query, k)`` and ``get(title)``
- ``validate(schema, args)``: of ``run``; raises ``ValueError`` for arguments that do not fit
- ``decide(question, history)``: of ``run``; a driver, which maps the messages so far to a reply
- ``handle_reply(reply, box)``: of ``run``; runs the tools that a reply asks for
- ``trace(step)``: of ``run``; is told of each step
- ``to_request(history, ...)`` and ``with_retry(call)``: of ``MessagesDriver``
- ``registry(*tools)`` of ``Tool``: the allow-list; nothing outside it is ever run
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from groundup.capstones.agent_drivers import LIGHT, LIGHT_PLAN, Decide, Message, Plan, Reply, noisy, planned
from groundup.capstones.agent_drivers import MessagesDriver as MessagesDriver
from groundup.capstones.agent_drivers import decide as decide
from groundup.capstones.agent_tools import Call, Limits, Tool, Toolbox, default_tools, refuse, validate
from groundup.capstones.errors import CapstoneError as CapstoneError

if TYPE_CHECKING:
    from random import Random

    from groundup.capstones.parts import RunAgent

# ---- the loop -------------------------------------------------------------------------------------------------------


class Status(StrEnum):
    """How a run ended."""

    ANSWERED = "answered"
    STEP_LIMIT = "step limit"
    TOKEN_LIMIT = "token limit"
    TIME_LIMIT = "time limit"
    REPLY_CUT = "reply cut at max_tokens"
    STOPPED = "stopped for another reason"
    MALFORMED = "malformed reply"


@dataclass(frozen=True)
class Step:
    """One reply of the model and the calls it asked for."""

    text: str
    stop_reason: str
    calls: tuple[Call, ...]
    tokens: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """What a run left: ``answer`` is None unless ``status`` is ``ANSWERED``."""

    answer: str | None
    status: Status
    steps: tuple[Step, ...]
    messages: tuple[Message, ...]

    @property
    def calls(self) -> list[Call]:
        """All tool calls, in order."""
        return [call for step in self.steps for call in step.calls]

    @property
    def tokens(self) -> int:
        """Tokens sent and received, as the model counted them or else as estimated."""
        return sum(step.tokens for step in self.steps)


def handle_reply(reply: Reply, box: Toolbox) -> Message | None:
    """Run the tools that a reply asks for.

    Returns:
        ONE user message with a ``tool_result`` for each ``tool_use``, matched by id; None if there is no ``tool_use``.
    """
    results: dict[str, Message] = {}
    for use in _uses(reply):
        id, name, arguments = use["id"], use.get("name"), use.get("input")
        before = box.done.get(id)
        if before and (before.name, before.arguments) == (name, arguments):
            text, is_error = before.result, before.is_error  # asked once more: told once more, not run once more
        elif before:
            text, is_error = "Error: this id belongs to another call", True
        elif len(results) >= box.limits.calls_per_reply:
            text, is_error = f"Error: more than {box.limits.calls_per_reply} calls in one reply; not run", True
        else:
            text, is_error = box.execute(name, arguments)
            box.done[id] = Call(id, name, arguments, text, is_error)
        results.setdefault(id, {"type": "tool_result", "tool_use_id": id, "content": text, "is_error": is_error})
    return {"role": "user", "content": list(results.values())} if results else None


def _uses(reply: Reply) -> list[Message]:
    return [block for block in reply["content"] if block["type"] == "tool_use"]


def run(
    question: str,
    tools: Mapping[str, Tool],
    decide: Decide,
    max_steps: int = 5,
    *,
    limits: Limits | None = None,
    validate: Callable[[Mapping[str, Any], Any], None] = validate,
    confirm: Callable[[Tool, Mapping[str, Any]], bool] = refuse,
    handle_reply: Callable[[Reply, Toolbox], Message | None] = handle_reply,
    trace: Callable[[Step], None] = lambda step: None,
    clock: Callable[[], float] = time.monotonic,
) -> Run:
    """Ask, run the tools asked for, hand back the results, until there is an answer or a limit is met.

    Args:
        question: The user's.
        tools: What may be run.
        decide: The driver; sees a copy of the messages.
        max_steps: The most replies to ask for.
        limits: On tokens, seconds, calls in a reply and the length of a result.
        validate: A plug point, as are ``handle_reply`` and ``trace``.
        confirm: Asked before a destructive tool runs; refuses by default.
        handle_reply: See the module.
        trace: See the module.
        clock: Seconds.

    Raises:
        ValueError: ``max_steps`` is less than 1.
        CapstoneError: The driver cannot reach its model.
    """
    if max_steps < 1:
        raise ValueError(f"max_steps must be at least 1, got {max_steps}")
    limits = limits or Limits()
    box = Toolbox(tools, validate, confirm, limits)
    messages: list[Message] = [{"role": "user", "content": question}]
    steps: list[Step] = []
    start = clock()

    def ended(status: Status, answer: str | None = None) -> Run:
        return Run(answer, status, tuple(steps), tuple(messages))

    for _ in range(max_steps):
        began, sent = clock(), _estimate(messages)
        if began - start > limits.seconds:
            return ended(Status.TIME_LIMIT)
        if sum(step.tokens for step in steps) + sent > limits.tokens:
            return ended(Status.TOKEN_LIMIT)
        reply = decide(question, list(messages))
        if not well_formed(reply):
            return ended(Status.MALFORMED)
        text = _text(reply)
        # Only this stop reason asks for tools: a reply that was cut may hold half a call.
        results = handle_reply(reply, box) if reply["stop_reason"] == "tool_use" else None
        messages.append({"role": "assistant", "content": reply["content"]})
        told = {result["tool_use_id"]: result for result in results["content"]} if results else {}
        calls = tuple(
            Call(use["id"], use.get("name"), use.get("input"), seen["content"], seen.get("is_error", False))
            for use in _uses(reply)
            if (seen := told.get(use["id"]))
        )
        tokens = _usage(reply) or sent + _estimate(reply["content"])
        steps.append(Step(text, reply["stop_reason"], calls, tokens, clock() - began))
        trace(steps[-1])
        match reply["stop_reason"]:
            case "tool_use" if results:
                messages.append(results)
            case "end_turn" | "stop_sequence":
                return ended(Status.ANSWERED, text)
            case "max_tokens":
                return ended(Status.REPLY_CUT)
            case _:  # vendors add reasons: what is not known is a stop
                return ended(Status.STOPPED)
    return ended(Status.STEP_LIMIT)


def well_formed(reply: Any) -> bool:
    """Whether a reply has a stop reason and blocks whose types, texts and ids can be read, none nested too deep."""
    if not isinstance(reply, dict) or not isinstance(reply.get("stop_reason"), str) or not _shallow(reply):
        return False
    key = {"text": "text", "tool_use": "id"}  # what a block of this type must have, as text; others pass unread
    blocks = reply.get("content")
    return isinstance(blocks, list) and all(
        isinstance(block, dict)
        and isinstance(block.get("type"), str)
        and isinstance(block.get(key.get(block["type"], "type")), str)
        for block in blocks
    )


def _shallow(value: Any, levels: int = 40) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_shallow(v, levels - 1) for v in inner)


def _text(reply: Reply) -> str:
    return "\n".join(block["text"] for block in reply["content"] if block["type"] == "text")


def _estimate(content: Any) -> int:
    return len(json.dumps(content)) // 4  # four characters a token, a rule of thumb for English


def _usage(reply: Reply) -> int:
    usage = reply.get("usage")
    counts = [usage.get(key) for key in ("input_tokens", "output_tokens")] if isinstance(usage, dict) else []
    return sum(count for count in counts if isinstance(count, int) and count > 0)


def success_rate(error_rate: float, trials: int, rng: Random, plan: Plan = LIGHT_PLAN) -> tuple[float, float]:
    """How often a noisy driver still carries a plan out: measured, and (1 - error_rate)^n for its n calls."""
    tools, steps = default_tools(), len(plan[0]) + 1
    right = run(LIGHT, tools, planned(plan), steps).answer
    runs = [run(LIGHT, tools, noisy(planned(plan), error_rate, rng), steps) for _ in range(trials)]
    return sum(r.answer == right for r in runs) / trials, (1 - error_rate) ** len(plan[0])


# ---- the same over plain text ---------------------------------------------------------------------------------------


def run_agent(
    model: Callable[[str], str], tools: Mapping[str, Callable[[str], str]], question: str, max_steps: int = 5
) -> tuple[str | None, list[dict[str, Any]]]:
    """The loop as it was before models called tools by JSON (ReAct; Yao et al., 2023).

    Args:
        model: Maps the prompt to a reply with ``Action: tool[input]`` or ``Final Answer: text`` on a line of its own.
        tools: Functions of one string, by name.
        question: The user's.
        max_steps: The most calls of the model.

    Returns:
        The answer, None at the limit, and for each call of the model a dict with ``reply`` and ``observation``.
    """
    prompt = f"Question: {question}\n"
    trace: list[dict[str, Any]] = []
    for _ in range(max_steps):
        reply = model(prompt)
        if final := re.search(r"^Final Answer:(.*)", reply, re.M):
            return final[1].strip(), [*trace, {"reply": reply, "observation": None}]
        action = re.search(r"^Action:.*", reply, re.M)
        parsed = re.fullmatch(r"Action: ([A-Za-z0-9_]+)\[(.*)\]\s*", action[0]) if action else None
        if not parsed:
            observation = "Error: write 'Action: tool[input]' or 'Final Answer: text' on a line of its own"
        elif parsed[1] not in tools:
            observation = f"Error: there is no tool {parsed[1]}; there are: {', '.join(tools)}"
        else:
            try:
                observation = str(tools[parsed[1]](parsed[2]))
            except Exception as error:
                observation = f"Error: {type(error).__name__}: {error}"
        trace.append({"reply": reply, "observation": observation})
        prompt += f"{reply}\nObservation: {observation}\n"
    return None, trace


def run_as_text(
    question: str,
    tools: Mapping[str, Tool],
    decide: Decide,
    max_steps: int = 5,
    *,
    run_agent: RunAgent = run_agent,
    confirm: Callable[[Tool, Mapping[str, Any]], bool] = refuse,
) -> tuple[str | None, Sequence[Mapping[str, Any]]]:
    """``run`` with everything written as text: the same answers from the same driver, through ``run_agent``."""
    box = Toolbox(tools, confirm=confirm)
    line = _one_line(question)

    def as_text(tool: Tool) -> Callable[[str], str]:
        def function(text: str) -> str:
            schemas = list(tool.parameters.items())
            plain = len(schemas) == 1 and schemas[0][1].get("type") == "string"
            try:
                arguments = {schemas[0][0]: text} if plain else json.loads(text)
            except ValueError:
                return f"Error: the input of {tool.name} must be a JSON object"
            return _one_line(box.execute(tool.name, arguments)[0])

        return function

    def model(prompt: str) -> str:
        history: list[Message] = [{"role": "user", "content": question}]
        for seen in re.findall(r"^Observation: (.*)", prompt, re.M):
            history.append({"role": "assistant", "content": []})
            history.append({"role": "user", "content": [{"type": "tool_result", "content": seen}]})
        reply = decide(question, history)
        text, uses = _one_line(_text(reply)), _uses(reply)
        if not uses:
            return f"Final Answer: {text}"
        match list(uses[0]["input"].values()):
            case [str() as given]:
                shown = _one_line(given)
            case _:
                shown = json.dumps(uses[0]["input"])
        return f"Thought: {text}\nAction: {uses[0]['name']}[{shown}]"

    return run_agent(model, {name: as_text(tool) for name, tool in tools.items()}, line, max_steps)


def _one_line(text: str) -> str:
    return " ".join(text.split())  # so that nothing in it can pose as a line of the model or of a tool


# ---- the command ----------------------------------------------------------------------------------------------------


def show(step: Step) -> None:
    """Print a step of the trace."""
    if step.text and step.calls:
        print(printable(f"Thought: {step.text}"))
    for call in step.calls:
        given = call.arguments.values() if isinstance(call.arguments, dict) else [call.arguments]
        print(printable(f"Action: {call.name}({', '.join(map(repr, given))})\nObservation: {call.result}"))


def printable(text: str) -> str:
    """The text without the control characters by which it could steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    from groundup.capstones import agent_cli

    return agent_cli.main(argv)


if __name__ == "__main__":
    sys.exit(main())
