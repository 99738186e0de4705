# attack: clears the screen and writes a verdict of its own there, by prints and messages; expect: fail;
# says: x1b\[2J


class Verdict(ValueError):
    def __str__(self):
        return "\x1b[2J\x1b[H\x1b[32mpass 100%\x1b[0m \x07\x9b31m \u202e \ud800 \r over"


def softmax(z, axis=-1):
    print(Verdict())
    raise Verdict


def log_softmax(z, axis=-1):
    return str(Verdict())


def cross_entropy(logits, targets):
    return {str(Verdict()): [str(Verdict())]}
