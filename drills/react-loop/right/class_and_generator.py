# right: a class that keeps a run's state, and a generator that gives one step after the other
from dataclasses import asdict, dataclass, field


@dataclass
class Step:
    reply: str
    observation: str | None = None


@dataclass
class Agent:
    model: object
    tools: dict
    prompt: str
    answer: str | None = None
    steps: list = field(default_factory=list)

    def run(self, max_steps):
        for _, step in zip(range(max_steps), self.turns(), strict=False):  # range first, or one more is asked for
            self.steps.append(step)
        return self

    def turns(self):
        while self.answer is None:
            reply = self.model(self.prompt)
            lines = {}
            for line in reply.split("\n"):
                key, colon, rest = line.partition(":")
                if colon:
                    lines.setdefault(key, rest)
            if "Final Answer" in lines:
                self.answer = lines["Final Answer"].strip()
                yield Step(reply)
            else:
                observation = self.observe(lines.get("Action", ""))
                self.prompt += f"{reply}\nObservation: {observation}\n"
                yield Step(reply, observation)

    def observe(self, call):
        call = call.strip()
        name, _, text = call.partition("[")
        if not name.replace("_", "a").isalnum() or not call.endswith("]") or "[" not in call:
            return "Error: that is no call"
        try:
            return self.tools[name](text[:-1])
        except Exception as error:
            return f"Error: {name}: {type(error).__name__}({error})"


def run_agent(model, tools, question, max_steps=5):
    done = Agent(model, tools, f"Question: {question}\n").run(max_steps)
    return done.answer, [asdict(step) for step in done.steps]
