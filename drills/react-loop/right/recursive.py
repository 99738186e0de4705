# right: recursion in place of a loop; exceptions of its own carry whatever is wrong to one place
import re


class Problem(Exception):
    pass


def act(reply, tools):
    lines = [line for line in reply.splitlines() if line.startswith("Action:")]
    if not lines:
        raise Problem("write an action or an answer")
    found = re.match(r"^Action: (?P<name>\w+)\[(?P<text>.*)\]\s*$", lines[0])
    if found is None:
        raise Problem(f"cannot read {lines[0]!r}")
    tool = tools.get(found["name"])
    if tool is None:
        raise Problem(f"{found['name']} is unknown")
    return tool(found["text"])


def turn(model, tools, prompt, left):
    if not left:
        return None, []
    reply = model(prompt=prompt)
    for line in reply.splitlines():
        if line.startswith("Final Answer:"):
            return line.removeprefix("Final Answer:").strip(), [{"reply": reply, "observation": None}]
    try:
        observation = act(reply, tools)
    except Exception as error:
        observation = f"Error: {error}"
    answer, rest = turn(model, tools, f"{prompt}{reply}\nObservation: {observation}\n", left - 1)
    return answer, [{"reply": reply, "observation": observation}, *rest]


def run_agent(model, tools, question, max_steps=5):
    return turn(model, tools, f"Question: {question}\n\n", max_steps)
