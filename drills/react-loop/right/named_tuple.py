# right: a named tuple as result, and a dict of a class of its own for each step; match statements
import re
from collections import OrderedDict
from typing import NamedTuple


class Outcome(NamedTuple):
    answer: str | None
    trace: list


class Step(OrderedDict):
    pass


def first(start, reply):
    return next((line for line in reply.split("\n") if line.startswith(start)), None)


def run_agent(model, tools, question, max_steps=5, *, verbose=False):
    prompt = f"Question: {question}"
    trace = []
    for _ in range(max_steps):
        reply = model(prompt + "\n")
        match first("Final Answer:", reply), first("Action:", reply):
            case str(line), _:
                trace.append(Step(reply=reply, observation=None))
                return Outcome(line.partition(":")[2].strip(), trace)
            case None, None:
                observation = "Error: nothing to do"
            case None, str(line):
                observation = look(line, tools)
        if verbose:
            print(observation)
        trace.append(Step(reply=reply, observation=observation))
        prompt = "\n".join([prompt, reply, f"Observation: {observation}"])
    return Outcome(None, trace)


def look(line, tools):
    call = re.fullmatch(r"Action: ([^\W]+)\[(.*)\]", line.rstrip())
    if not call or call.group(1) not in tools:
        return f"Error: there is no {line[8:]}; there are {sorted(tools)}"
    try:
        return tools[call.group(1)](call.group(2))
    except Exception as error:
        return "Error " + type(error).__name__
