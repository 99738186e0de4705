"""The loop of an agent over plain text: ask the model, run the tool it asks for, tell it what came out."""

import re

# your part
ANSWER = re.compile(r"^Final Answer:(.*)", re.MULTILINE)
ACTION = re.compile(r"^Action: ([A-Za-z0-9_]+)\[(.*)\]$", re.MULTILINE)


def observe(reply, tools):
    """What the first action of a reply comes to, as a text; one that starts with Error where something is wrong."""
    call = ACTION.search(reply)
    if not call:
        return "Error: a reply needs a line of the form 'Action: tool[input]' or 'Final Answer: text'"
    name, text = call.groups()
    if name not in tools:
        return f"Error: there is no tool {name}; there are {', '.join(tools)}"
    tool = tools[name]  # out here, so that a KeyError below is the tool's own
    try:
        return tool(text)
    except Exception as error:
        return f"Error: {name} failed with {type(error).__name__}: {error}"


# end of your part


def run_agent(model, tools, question, max_steps=5):
    """Ask a model until it answers, and run the tools it asks for on the way.

    Args:
        model: Function of the prompt, a str, that gives the reply, a str.
        tools: Functions of one str that give a str, by name.
        question: What is asked.
        max_steps: The most calls of the model.

    Returns:
        The answer, None if the steps ran out, and the trace: for each call of the model a dict with ``reply`` and
        ``observation``, which is None for a reply that answered.
    """
    # your part
    prompt, trace = f"Question: {question}\n", []
    for _ in range(max_steps):
        reply = model(prompt)
        if answer := ANSWER.search(reply):
            trace.append({"reply": reply, "observation": None})
            return answer[1].strip(), trace
        observation = observe(reply, tools)
        trace.append({"reply": reply, "observation": observation})
        prompt += f"{reply}\nObservation: {observation}\n"
    return None, trace
    # end of your part
