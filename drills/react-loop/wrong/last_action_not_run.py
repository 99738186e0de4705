# wrong: does not run the action of the last step, since nobody will read what it gives
import re


def observe(reply, tools):
    line = re.search(r"^Action:.*", reply, re.MULTILINE)
    call = re.fullmatch(r"Action: (\w+)\[(.*)\]", line[0].rstrip()) if line else None
    if not call:
        return "Error: malformed"
    if call[1] not in tools:
        return f"Error: there is no tool {call[1]}"
    try:
        return tools[call[1]](call[2])
    except Exception as error:
        return f"Error: {error}"


def run_agent(model, tools, question, max_steps=5):
    prompt = f"Question: {question}\n"
    trace = []
    for step in range(max_steps):
        reply = model(prompt)
        answer = re.search(r"^Final Answer:(.*)", reply, re.MULTILINE)
        if answer:
            trace.append({"reply": reply, "observation": None})
            return answer[1].strip(), trace
        observation = observe(reply, tools) if step < max_steps - 1 else None
        trace.append({"reply": reply, "observation": observation})
        prompt += f"{reply}\nObservation: {observation}\n"
    return None, trace
