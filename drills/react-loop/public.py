"""The public checks of the agent's loop: scripted models, a clause or two each."""

from groundup.drill.checks import check, entries, exactly, fails
from groundup.drill.proxy import RemoteError


class Script:
    """A model that replies by a list, goes on with the last of it, at some time gives up, and keeps the prompts."""

    def __init__(self, *replies):
        self.replies, self.prompts = replies, []

    def __call__(self, prompt):
        self.prompts.append(prompt)
        if len(self.prompts) > 20:
            return "Final Answer: too late"
        return self.replies[min(len(self.prompts), len(self.replies)) - 1]


def played(solution, *args, **settings):
    """The answer, and the replies and observations of the trace."""
    answer, trace = entries(solution.run_agent(*args, **settings), "answer", "trace")
    fails(type(trace) not in (list, tuple), "the trace is a list")
    try:
        return answer, [(step.get("reply"), step.get("observation")) for step in trace]
    except (AttributeError, RemoteError):
        fails(True, "the trace holds something that is no dict")


@check("correctness", "an answer ends the run at once, and comes back without the blanks round it")
def test_answer(solution):
    model = Script("Thought: easy.\nFinal Answer:  42 \nI am sure.")
    answer, trace = played(solution, model, {}, "What is six times seven?")
    exactly(answer, "42", of="the answer")
    exactly(len(trace), 1, of="the length of the trace")
    fails(not model.prompts[0].startswith("Question: What is six times seven?"), "the prompt begins with the question")


@check("correctness", "an action runs its tool, and the prompt grows by the reply and the observation")
def test_action(solution):
    model = Script("Thought: shout.\nAction: upper[hello, you]", "Final Answer: done")
    answer, trace = played(solution, model, {"upper": lambda text: text.upper()}, "How do you shout?")
    exactly(answer, "done", of="the answer")
    exactly(trace[0][1], "HELLO, YOU", of="the observation of the first step")
    lines = [line.rstrip() for line in model.prompts[1].splitlines() if line.strip()]
    exactly(" / ".join(lines[:1]), "Question: How do you shout?", of="the first line of the second prompt")
    wanted = "Thought: shout. / Action: upper[hello, you] / Observation: HELLO, YOU"
    exactly(" / ".join(lines[-3:]), wanted, of="the end of the second prompt, its lines divided by /,")


@check("correctness", "unknown tools, failing tools and malformed replies become observations that start with Error")
def test_errors(solution):
    model = Script("Action: fly[home]", "Action: divide[0]", "I do not know.", "Final Answer: enough")
    answer, trace = played(solution, model, {"divide": lambda text: str(1 / int(text))}, "Why?")
    exactly(answer, "enough", of="the answer")
    for what, (_, observation) in zip(("an unknown tool", "a failing tool", "a malformed reply"), trace, strict=False):
        fails(not str(observation).startswith("Error"), f"the observation of {what} does not start with Error")


@check("correctness", "when the steps run out, the answer is None and the trace holds every step")
def test_limit(solution):
    model = Script("Action: upper[again]")
    answer, trace = played(solution, model, {"upper": lambda text: text.upper()}, "How long?", max_steps=3)
    exactly(answer, None, of="the answer")
    exactly(len(model.prompts), 3, of="the number of calls of the model")
    exactly(len(trace), 3, of="the length of the trace")
