# right: makes each prompt anew from the trace, whose entries hold more than is asked for; blank lines between the turns
import re
from itertools import count

PATTERN = re.compile(r"^(?:Final Answer:(?P<answer>.*)|Action:(?P<action>.*))$", re.MULTILINE)


def transcript(question, trace):
    turns = [f"{step['reply'].strip()}\nObservation: {step['observation']}" for step in trace]
    return "\n\n".join([f"Question: {question}", *turns, ""])


def observation_of(action, tools):
    call = re.fullmatch(r" (\w+)\[(.*)\] *", action) if action is not None else None
    if call is None:
        return "Error: malformed"
    try:
        tool = tools[call[1]]
    except KeyError:
        return f"Error: {call[1]} is not a tool"
    try:
        return tool(call[2])
    except Exception as error:
        return f"Error: {error!r}"


def run_agent(model, tools, question, max_steps=5):
    trace = []
    for number in count(1):
        if number > max_steps:
            return [None, trace]
        reply = model(transcript(question, trace))
        found = list(PATTERN.finditer(reply))
        answers = [each["answer"] for each in found if each["answer"] is not None]
        actions = [each["action"] for each in found if each["action"] is not None]
        step = {"step": number, "reply": reply, "observation": None, "finished": bool(answers)}
        trace.append(step)
        if answers:
            return [answers[0].strip(), trace]
        step["observation"] = observation_of(next(iter(actions), None), tools)
