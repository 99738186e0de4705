"""Opening a drill, and the files in its folder."""

import pytest

from groundup import catalogue
from groundup.drill import grader

pytestmark = pytest.mark.usefixtures("graded")


def test_it_writes_question_and_starter_and_prints_where(learner, files, text):
    result = learner("start", "mean")

    folder = learner.here / "mean"
    assert (folder / "prompt.md").read_text() == "# Mean\n\nWrite `mean(x)`.\n"
    assert (folder / "solution.py").read_text() == files["starter"]
    assert sorted(path.name for path in folder.iterdir()) == ["prompt.md", "solution.py"]
    assert result.stdout == text(
        f"""
        Mean: 20:00 on the clock, until 10:20.

          question   {folder}/prompt.md
          your file  {folder}/solution.py

        Next: cd mean, then `drill watch` checks whenever you save; `drill timer` shows
        the clock.
        """
    )


def test_it_has_the_daemon_load_what_grading_needs(learner, graded):
    learner("start", "mean")

    assert graded.warmed == ["mean"]


def test_as_json(learner):
    assert learner.json("start", "mean", "--minutes", "3") == {
        "drill": "mean",
        "file": str(learner.here / "mean" / "solution.py"),
        "prompt": str(learner.here / "mean" / "prompt.md"),
        "mode": "timed",
        "device": "cpu",
        "seconds": 180.0,
        "set_aside": None,
    }


def test_practice_has_no_clock(learner):
    assert learner("start", "mean", "--practice").stdout.startswith("Mean: practice, no clock.\n")
    learner.wait(minutes=500)
    assert learner.json("status")["left"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--practice", "--minutes", "5"), "--practice has no clock; leave --minutes out."),
        (("--fresh", "--keep"), "--fresh and --keep are opposites; choose one."),
        (("--minutes", "0"), "0 is not in the range 1<=x<=600."),
        (("--device", "tpu"), "'tpu' is not one of 'cpu', 'cuda'."),
    ],
)
def test_what_does_not_go_together_is_refused(learner, words, said):
    assert said in learner("start", "mean", *words, code=2).stderr
    assert not (learner.here / "mean").exists()


# Work that is there


@pytest.fixture
def worked(learner, files):
    """A drill that was given up, with work in its folder."""
    learner("start", "mean")
    learner.write(files["wrong"])
    learner("solution", "--give-up")
    return learner


def test_work_is_never_overwritten_and_both_ways_on_are_named(worked, files, text):
    path = worked.here / "mean" / "solution.py"
    result = worked("start", "mean", code=2)

    assert result.stderr == text(
        f"""
        {path} holds work that is not the starter, so nothing was changed.
          drill start mean --fresh   sets it aside as solution-1.py and begins from the starter
          drill start mean --keep    begins with it as it is
        """
    )
    assert path.read_text() == files["wrong"]
    assert len(worked.rows("SELECT * FROM session")) == 1


def test_fresh_sets_it_aside(worked, files):
    folder = worked.here / "mean"
    (folder / "solution-1.py").write_text("older work")
    result = worked("start", "mean", "--fresh")

    assert f"  set aside  {folder}/solution-2.py\n" in result.stdout
    assert (folder / "solution.py").read_text() == files["starter"]
    assert (folder / "solution-1.py").read_text() == "older work"
    assert (folder / "solution-2.py").read_text() == files["wrong"]


def test_notes_in_the_question_are_kept(worked):
    prompt = worked.here / "mean" / "prompt.md"
    prompt.write_text("# Mean\n\nMy notes.\n")
    worked("start", "mean", "--keep")

    assert prompt.read_text() == "# Mean\n\nWrite `mean(x)`.\n"
    assert (worked.here / "mean" / "prompt-1.md").read_text() == "# Mean\n\nMy notes.\n"


def test_keep_begins_with_it(worked, files):
    worked("start", "mean", "--keep")

    assert (worked.here / "mean" / "solution.py").read_text() == files["wrong"]
    assert worked.json("status")["running"]


def test_a_starter_that_was_not_touched_is_no_work(learner):
    learner("start", "mean")
    learner("reset", "--end")

    learner("start", "mean")
    assert learner.json("status")["running"]


def test_from_inside_its_folder_the_drill_is_started_in_place(learner, monkeypatch):
    learner("start", "mean")
    learner("reset", "--end")
    monkeypatch.chdir(learner.here / "mean")

    result = learner("start", "mean")
    assert "Next: `drill watch` checks" in result.stdout
    assert not (learner.here / "mean" / "mean").exists()


def test_a_file_in_the_way_is_said(learner):
    (learner.here / "mean").write_text("a file of that name")

    result = learner("start", "mean", code=2)
    assert "cannot be written" in result.stderr or "is in the way" in result.stderr
    assert (learner.here / "mean").read_text() == "a file of that name"


# One at a time


def test_a_drill_that_runs_is_not_started_again(learner):
    learner("start", "mean")
    learner.wait(minutes=5)

    assert learner("start", "mean", code=2).stderr == (
        f"mean is running in {learner.here}/mean, with 15:00 left.\n`drill reset mean --end` ends it.\n"
    )


def test_after_its_deadline_it_is(learner):
    learner("start", "mean")
    learner.wait(minutes=21)
    learner("start", "mean")

    assert learner.json("status")["left"] == 1200.0
    assert learner.rows("SELECT ending FROM session ORDER BY id") == [("replaced",), (None,)]


def test_practice_may_become_serious_at_any_time(learner):
    learner("start", "mean", "--practice")
    learner("start", "mean")

    assert learner.json("status")["mode"] == "timed"


# Devices


def test_cuda_is_refused_where_there_is_none(learner, monkeypatch):
    monkeypatch.setattr(grader, "devices", lambda: ())

    assert learner("start", "mean", "--device", "cuda", code=9).stderr == (
        "PyTorch finds no CUDA device here; leave --device out. `drill doctor` says more.\n"
    )
    assert not (learner.here / "mean").exists()


def test_cuda_is_refused_by_a_drill_that_does_not_use_it(learner, monkeypatch):
    monkeypatch.setattr(grader, "devices", lambda: ("a card",))

    assert learner("start", "spread", "--device", "cuda", code=9).stderr == (
        "spread is graded on the CPU only; leave --device out.\n"
    )


def test_cuda_is_what_the_capstone_of_a_submission_runs_on(learner, graded, monkeypatch):
    monkeypatch.setattr(grader, "devices", lambda: ("a card",))
    learner("start", "mean", "--device", "cuda")
    learner("check")
    learner("submit")

    assert [asked["device"] for asked in graded.asked] == ["cpu", "cuda"]


# Reset


def test_reset_puts_the_starter_back_and_keeps_the_work(learner, files):
    learner("start", "mean")
    path = learner.write(files["wrong"])
    learner.wait(minutes=3)

    assert learner("reset").stdout == (
        f"Your file is kept as {learner.here}/mean/solution-1.py.\n{path} is the starter again.\n"
    )
    assert path.read_text() == files["starter"]
    assert (learner.here / "mean" / "solution-1.py").read_text() == files["wrong"]
    assert learner.json("status")["left"] == 17 * 60


def test_reset_brings_a_lost_file_back(learner, files):
    learner("start", "mean")
    path = learner.here / "mean" / "solution.py"
    path.unlink()

    assert learner("check", code=2).stderr == f"{path} is not there. `drill reset mean` writes the starter.\n"
    learner("reset", "mean")
    assert path.read_text() == files["starter"]


def test_reset_may_end_the_drill(learner, files):
    learner("start", "mean")
    path = learner.write(files["wrong"])

    assert learner("reset", "--end").stdout == "mean is ended. `drill start mean` begins anew.\n"
    assert path.read_text() == files["wrong"]
    assert learner("reset", "--end", code=2).stderr == "mean has ended already: left.\n"


# Names


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(learner):
    assert learner("start", "Spread", code=2).stderr == "There is no drill “Spread”. Did you mean spread?\n"
    assert learner("start", "zzz", code=2).stderr == "There is no drill “zzz”. `drill list` names them all.\n"
    assert learner("check", "spraed", code=2).stderr == "There is no drill “spraed”. Did you mean spread?\n"


def test_a_drill_that_is_not_as_it_should_be_is_said(learner, drills, monkeypatch, tmp_path):
    (tmp_path / "own" / "odd").mkdir(parents=True)
    (tmp_path / "own" / "odd" / "drill.toml").write_text('title = "Odd"\n')
    monkeypatch.setenv("GROUNDUP_DRILLS", str(tmp_path / "own"))

    assert catalogue.root() == tmp_path / "own"
    assert learner("start", "odd", code=9).stderr.startswith("The drills cannot be read: odd/drill.toml: ")
