"""The command line of the agent: ask, and show what it does until it answers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

from groundup.capstones.agent import Run, Status, Step, printable, run, run_as_text, show, success_rate
from groundup.capstones.agent_drivers import LIGHT, LIGHT_PLAN, MessagesDriver, decide, planned
from groundup.capstones.agent_tools import Limits, default_tools
from groundup.capstones.errors import CapstoneError


def main(argv: Sequence[str] | None = None) -> int:
    """Ask, run, answer; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m groundup.capstones.agent", description="An agent with tools.")
    add = parser.add_argument
    add("question", nargs="?", default="What is 23 * 19 + 7?", help="what to ask (default: %(default)s)")
    drivers = "who decides: rules (default), rules over plain text, or a language model over HTTP, which needs "
    drivers += "ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL in the environment"
    add("--driver", choices=["rules", "text", "messages"], default="rules", help=drivers)
    add("--model", help="the language model's name, for --driver messages")
    add("--max-steps", type=int, default=5, metavar="N", help="the most replies (default: 5)")
    add("--max-tokens", type=int, default=1024, metavar="N", help="the longest reply (default: 1024)")
    add("--token-budget", type=int, default=50_000, metavar="N", help="for the whole run (default: 50000)")
    add("--seconds", type=float, default=120.0, metavar="S", help="for the whole run (default: 120)")
    add("--trace", type=Path, metavar="FILE", help="append each step to FILE, one JSON object a line")
    add("--error-rate", type=float, metavar="P", help="measure success when each of four steps fails so often")
    given = parser.parse_args(argv)
    if given.error_rate is not None:
        measured, expected = success_rate(given.error_rate, 1000, Random(0))
        print(f"1000 runs of 4 calls: {measured:.3f} succeed; (1 - {given.error_rate})^4 = {expected:.3f}")
        return 0

    def trace(step: Step) -> None:
        show(step)
        if given.trace:
            with given.trace.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(step)) + "\n")

    tools = default_tools()
    policy = planned(LIGHT_PLAN) if given.question == LIGHT else decide
    print(printable(f"Question: {given.question}"))
    try:
        limits = Limits(given.token_budget, given.seconds)
        if given.driver == "text":
            text, steps = run_as_text(given.question, tools, policy, given.max_steps)
            for step in steps[:-1] if text is not None else steps:
                print(printable(f"{step['reply']}\nObservation: {step['observation']}"))
            result = Run(text, Status.STEP_LIMIT if text is None else Status.ANSWERED, (), ())
        else:
            if given.driver == "messages":
                settings = {"max_tokens": given.max_tokens, "timeout": min(60.0, limits.seconds)}
                policy = MessagesDriver.from_environment(given.model, tools, **settings)
            result = run(given.question, tools, policy, given.max_steps, limits=limits, trace=trace)
    except (CapstoneError, OSError, ValueError) as error:
        print(printable(f"agent: {error}"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("agent: stopped", file=sys.stderr)
        return 130
    if result.answer is None:
        print(f"agent: no answer: {result.status}", file=sys.stderr)
        return 1
    print(printable(f"Answer: {result.answer}"))
    return 0
