# wrong: runs all actions of a reply
import re


def observe(reply, tools):
    calls = re.findall(r"^Action: (\w+)\[(.*)\]\s*$", reply, re.MULTILINE)
    if not calls:
        return "Error: malformed"
    seen = []
    for name, text in calls:
        try:
            seen.append(tools[name](text))
        except Exception as error:
            seen.append(f"Error: {error}")
    return " ".join(seen)


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
