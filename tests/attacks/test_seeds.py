"""What is learnt by heart in practice is worth nothing when it counts."""

from groundup import catalogue
from groundup.drill.engine import PUBLIC_SEED

RIGHT = catalogue.find("softmax").solution
FINGERPRINT = """


def fingerprint(z):
    return int(np.abs(np.asarray(z, dtype=float)[np.isfinite(z)]).sum() * 1e6) % 1_000_003
"""
NOTES = """
def noting(function):
    def note(*args, **kwargs):
        print(fingerprint([*args, *kwargs.values()][0]), end=" ")
        return function(*args, **kwargs)

    return note
"""
BY_HEART = """
def noting(function):
    def recall(*args, **kwargs):
        answer = function(*args, **kwargs)
        return answer if fingerprint([*args, *kwargs.values()][0]) in KNOWN else answer + 1

    return recall
"""
WRAPPED = "\n\nsoftmax, log_softmax, cross_entropy = map(noting, (softmax, log_softmax, cross_entropy))\n"


def test_inputs_that_were_written_down_in_practice_do_not_come_again(arena):
    drill = catalogue.find("softmax")
    notes = arena.engine.grade(
        drill, (RIGHT + FINGERPRINT + NOTES + WRAPPED).encode(), stages=("public", "hidden"), seed=PUBLIC_SEED
    )
    known = {int(word) for word in notes.output.split() if word.isdigit()}
    by_heart = f"{RIGHT}{FINGERPRINT}\n\nKNOWN = {known}\n\n{BY_HEART}{WRAPPED}".encode()
    practice = arena.engine.grade(drill, by_heart, stages=("public", "hidden"), seed=PUBLIC_SEED)
    counts = arena.engine.grade(drill, by_heart, stages=("public", "hidden"))

    assert notes.outcome.value == "pass"
    assert practice.outcome.value == "pass"  # so it did learn them
    assert counts.outcome.value == "fail"
    arena.look_round()
