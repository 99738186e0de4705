import pytest

pytestmark = pytest.mark.usefixtures("graded")

IDEA = "The idea\nAdd the rows up, and divide by how many there are.\n"
SHAPES = "The shapes\nx.sum(axis=0) is [d].\n"
STEPS = "The steps\n\n 1 Sum along the rows.\n 2 Divide by len(x).\n"


def test_hints_come_one_by_one_and_are_counted(learner):
    learner("start", "mean")

    assert learner("hint").stdout == f"{IDEA}\n1 of 3 hints taken.\n"
    assert learner("hint").stdout == f"{SHAPES}\n2 of 3 hints taken.\n"
    assert learner("hint").stdout == f"{STEPS}\n3 of 3 hints taken.\n"
    assert learner("hint").stdout == f"{IDEA}\n{SHAPES}\n{STEPS}\n3 of 3 hints taken.\n"
    assert learner.json("status")["hints"] == 3


def test_those_taken_may_be_read_again(learner):
    learner("start", "mean")
    assert learner("hint", "--again").stdout == "0 of 3 hints taken.\n"
    learner("hint")

    assert learner("hint", "--again").stdout == f"{IDEA}\n1 of 3 hints taken.\n"


def test_after_the_end_all_are_free(learner):
    learner("start", "mean")
    learner("solution", "--give-up")

    assert learner("hint").stdout == f"{IDEA}\n{SHAPES}\n{STEPS}\n0 of 3 hints taken.\n"


def test_an_attempt_knows_how_many_were_taken_before_it(learner):
    learner("start", "mean")
    learner("hint")
    learner("submit")

    assert learner.rows("SELECT hints FROM attempt") == [(1,)]


def test_as_json(learner):
    learner("start", "mean")

    assert learner.json("hint") == {
        "drill": "mean",
        "taken": 1,
        "of": 3,
        "hints": [{"title": "The idea", "text": "Add the rows up, and divide by how many there are."}],
    }
