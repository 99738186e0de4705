# wrong: a malformed reply is asked for again without a word: no observation, nothing in the trace
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
    for _ in range(max_steps):
        reply = model(prompt)
        answer = re.search(r"^Final Answer:(.*)", reply, re.MULTILINE)
        if answer:
            trace.append({"reply": reply, "observation": None})
            return answer[1].strip(), trace
        observation = observe(reply, tools)
        if observation == "Error: malformed":
            continue
        trace.append({"reply": reply, "observation": observation})
        prompt += f"{reply}\nObservation: {observation}\n"
    return None, trace
