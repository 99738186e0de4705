# wrong: cuts a long observation short
import re

ACTION = re.compile(r"^Action: (\w+)\[(.*)\]$")


def parse(reply):
    action = None
    for line in reply.split("\n"):
        if line.startswith("Final Answer:"):
            return "answer", line[len("Final Answer:") :].strip()
        m = ACTION.match(line)
        if m and action is None:
            action = m.groups()
    return "action", action


def run_agent(model, tools, question, max_steps=5):
    prompt = f"Question: {question}\n"
    trace = []
    for _ in range(max_steps):
        reply = model(prompt)
        kind, what = parse(reply)
        if kind == "answer":
            trace.append({"reply": reply, "observation": None})
            return what, trace
        if what is None:
            obs = "Error: malformed reply"
        elif what[0] not in tools:
            obs = f"Error: no tool {what[0]}"
        else:
            try:
                obs = tools[what[0]](what[1])[:200]
            except Exception as e:
                obs = f"Error: {type(e).__name__}: {e}"
        trace.append({"reply": reply, "observation": obs})
        prompt += f"{reply}\nObservation: {obs}\n"
    return None, trace
