# wrong: an unknown tool ends the run with a KeyError
import re


def observe(reply, tools):
    line = re.search(r"^Action:.*", reply, re.MULTILINE)
    call = re.fullmatch(r"Action: (\w+)\[(.*)\]", line[0].rstrip()) if line else None
    if not call:
        return "Error: malformed"
    tool = tools[call[1]]
    try:
        return tool(call[2])
    except Exception as error:
        return f"Error: {error}"


def run_agent(model, tools, question, max_steps=5):
    prompt = f"Question: {question}\n"
    trace = []
    for _ in range(max_steps):
        reply = model(prompt)
        answer = re.search(r"^Final Answer:(.*)", reply, re.MULTILINE)
        if answer:
            trace.append({"reply": reply, "observation": None})
            return answer[1].strip(), trace
        observation = observe(reply, tools)
        trace.append({"reply": reply, "observation": observation})
        prompt += f"{reply}\nObservation: {observation}\n"
    return None, trace
