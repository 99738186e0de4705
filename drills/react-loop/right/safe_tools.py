# right: wraps all tools, so that none can raise, and gives unknown names one as well; tells the model how to write
import re
from collections import defaultdict
from functools import wraps


def safe(name, tool):
    @wraps(tool)
    def function(text):
        try:
            return tool(text)
        except Exception as error:
            return f"Error in {name}: {error}"

    return function


def run_agent(model, tools, question, max_steps=5):
    box = defaultdict(lambda: lambda text: "Error: unknown tool")
    box |= {name: safe(name, tool) for name, tool in tools.items()}
    transcript, trace = [f"Question: {question}\nTools: {', '.join(tools)}\nWrite Action: tool[input].\n"], ()
    for _ in range(max_steps):
        reply = model("".join(transcript))
        answer = re.search(r"(?m)^Final Answer:[ \t]*(.*?)[ \t]*$", reply)
        if answer:
            return answer.group(1), (*trace, {"observation": None, "reply": reply})
        action = re.search(r"(?m)^Action:.*$", reply)
        call = re.match(r"Action: (\w+)\[(.*)\]$", action.group()) if action else None
        seen = box[call[1]](call[2]) if call else "Error: malformed"
        trace = (*trace, {"observation": seen, "reply": reply})
        transcript += [reply, "\nObservation: ", seen, "\n"]
    return None, trace
