# wrong: zips a generator before the range, so the model is asked once more and the reply dropped
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


def turns(model, tools, prompt):
    while True:
        reply = model(prompt)
        answer = re.search(r"^Final Answer:(.*)", reply, re.MULTILINE)
        observation = None if answer else observe(reply, tools)
        yield {"reply": reply, "observation": observation}, answer and answer[1].strip()
        prompt += f"{reply}\nObservation: {observation}\n"


def run_agent(model, tools, question, max_steps=5):
    trace = []
    for (step, answer), _ in zip(turns(model, tools, f"Question: {question}\n"), range(max_steps), strict=False):
        trace.append(step)
        if answer is not None:
            return answer, trace
    return None, trace
