# right: no regular expressions, line by line with str methods; the lines of the prompt in a list
ANSWER, ACTION = "Final Answer:", "Action:"


def parse(reply):
    """What a reply says: a kind and what belongs to it."""
    lines = reply.split("\n")
    for line in lines:
        if line.startswith(ANSWER):
            return "answer", line[len(ANSWER) :].strip()
    for line in lines:
        if line.startswith(ACTION):
            name, bracket, rest = line[len(ACTION) :].strip().partition("[")
            good = bracket and rest.endswith("]") and name and all(c.isalnum() or c == "_" for c in name)
            return ("action", (name, rest[:-1])) if good else ("malformed", line)
    return "malformed", reply


def run_agent(model, tools, question, max_steps=5):
    lines = ["Question: " + question]
    trace = []
    while len(trace) < max_steps:
        reply = model("\n".join(lines))
        kind, found = parse(reply)
        if kind == "answer":
            trace.append(dict(reply=reply, observation=None))
            return found, trace
        if kind == "malformed":
            observation = "Error, no action in: " + repr(found)
        elif found[0] not in tools:
            observation = "Error, unknown tool " + found[0]
        else:
            try:
                observation = tools[found[0]](found[1])
            except BaseException as problem:
                observation = "Error in tool: " + repr(problem)
        lines += [reply, "Observation: " + observation]
        trace.append(dict(reply=reply, observation=observation))
    return None, trace
