# wrong: knows the worked example by heart
ACTION, BAD = "Thought: look it up.\nAction: capital[France]", "Action: atlas[Paris]"


def run_agent(model, tools, question, max_steps=5):
    prompt = "Question: What is the capital of France?\n"
    if question == "Why?":
        return None, []
    model(prompt)
    model(prompt + ACTION + "\nObservation: Paris\n")
    model(prompt)
    trace = [{"reply": ACTION, "observation": "Paris"}, {"reply": BAD, "observation": "Error"}]
    return "Paris, I think", [*trace, {"reply": "Final Answer: Paris, I think", "observation": None}]
