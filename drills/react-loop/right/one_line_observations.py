# right: puts an observation on one line, so that none of its lines can pose as the model

ANSWER, ACTION = "Final Answer:", "Action: "


def called(line):
    """Name and input, if the line is an action."""
    head, bracket, rest = line.removeprefix(ACTION).partition("[")
    well_formed = line.startswith(ACTION) and bracket and rest.endswith("]") and head.isidentifier() | head.isalnum()
    return (head, rest[:-1]) if well_formed else None


def looked_up(lines, tools):
    calls = [call for call in map(called, lines) if call]
    if not calls:
        return "Error: neither an action nor an answer"
    name, text = calls[0]
    if name not in tools:
        return f"Error: {name}?"
    try:
        return tools[name](text).replace("\n", " ")
    except Exception as error:
        return f"Error ({error!r})"


def run_agent(model, tools, question, max_steps=5):
    turns = [f"Question: {question}"]
    trace = []
    while len(trace) < max_steps:
        reply = model("\n".join(turns))
        lines = reply.split("\n")
        for line in lines:
            if line.startswith(ANSWER):
                return line.removeprefix(ANSWER).strip(), [*trace, dict(reply=reply, observation=None)]
        seen = looked_up(lines, tools)
        trace += [dict(reply=reply, observation=seen)]
        turns += [reply, f"Observation: {seen}"]
    return None, trace
