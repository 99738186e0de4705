from pathlib import Path

import pytest

from groundup import catalogue

TOML = (Path(__file__).parent / "drill" / "drills" / "double" / "drill.toml").read_text(encoding="utf-8")


@pytest.fixture
def drills(tmp_path, monkeypatch):
    """A folder of drills of one's own; returns a function that writes one."""
    monkeypatch.setenv("GROUNDUP_DRILLS", str(tmp_path))

    def write(name: str = "double", toml: str = TOML, **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "drill.toml").write_text(toml, encoding="utf-8")
        for stem, text in files.items():
            file = folder / (f"{stem}.md" if stem in ("prompt", "hints", "followups") else f"{stem}.py")
            file.write_text(text, encoding="utf-8")
        return folder

    return write


def test_the_books_drills_are_found_by_name():
    names = [drill.name for drill in catalogue.drills()]

    assert {"softmax", "kmeans", "backprop", "metrics"} <= set(names)
    assert names == sorted(names)
    assert catalogue.find("kmeans").defines == ("KMeans",)


@pytest.mark.parametrize("name", ["kmean", "kmaens", "K-Means", "k-means"])
def test_a_near_miss_is_suggested(name):
    with pytest.raises(catalogue.UnknownDrill, match="did you mean kmeans") as caught:
        catalogue.find(name)

    assert caught.value.near[0] == "kmeans"


@pytest.mark.parametrize("name", ["../kmeans", "", "kmeans/", "xyzzy", "/etc"])
def test_what_is_no_name_finds_nothing(name):
    with pytest.raises(catalogue.UnknownDrill, match="there is no drill"):
        catalogue.find(name)


def test_words_of_the_rubric_become_weights(drills):
    drills()

    assert dict(catalogue.find("double").marks) == {"correctness": 5, "vectorisation": 3, "organisation": 2}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes = 5", "minutes = 0", "minutes must be a number above 0"),
        ("minutes = 5", 'minutes = "5"', "minutes must be a number above 0"),
        ('title = "Doubling"', "", "title must be a text"),
        ('difficulty = "easy"', 'difficulty = "simple"', "difficulty must be one of easy, medium, hard"),
        ('uses = "numpy"', 'uses = "jax"', "uses must be one of numpy, torch"),
        ('defines = ["double", "Counter"]', "defines = []", "defines must be a list of texts"),
        ('correctness = "critical"', "", "marks must be a table"),
        ('correctness = "critical"', 'correctness = "some"', "marks must be a table"),
        ("seconds = 1", "seconds = 1\ncolour = 3", "unknown key colour"),
        ("minutes = 5", "minutes = = 5", "cannot be read"),
    ],
)
def test_a_faulty_toml_is_named(drills, old, new, said):
    drills(toml=TOML.replace(old, new))

    with pytest.raises(catalogue.CatalogueError, match=rf"double/drill\.toml.*{said}"):
        catalogue.find("double")


def test_the_starter_leaves_out_what_stands_between_the_markers(drills):
    solution = '''"""A part."""

# your part
import math
# end of your part


def area(r):
    """Of a circle."""
    # your part
    return math.pi * r**2
    # end of your part


def kept():
    return 1
'''
    drills(solution=solution)
    drill = catalogue.find("double")

    assert (
        drill.starter
        == '''"""A part."""


def area(r):
    """Of a circle."""
    raise NotImplementedError


def kept():
    return 1
'''
    )
    assert "your part" not in drill.solution
    assert "math.pi" in drill.solution


def test_a_part_of_a_class_is_left_out_and_raises_nothing_where_it_stood(drills):
    solution = '''class Mean:
    """A running mean."""

    def add(
        self,
        x,
    ):
        """Take one more."""
        # your part
        def heavier(n):
            return n + 1

        self.n = heavier(self.n)
        # end of your part

    # your part
    @property
    def value(self):
        return self.total / self.n

    limit = 3
    # end of your part

    def reset(self):
        for name in ("n", "total"):
            # your part
            setattr(self, name, 0)
            # end of your part
'''
    drills(solution=solution)

    assert (
        catalogue.find("double").starter
        == '''class Mean:
    """A running mean."""

    def add(
        self,
        x,
    ):
        """Take one more."""
        raise NotImplementedError

    def reset(self):
        for name in ("n", "total"):
            raise NotImplementedError
'''
    )


@pytest.mark.parametrize(
    "solution",
    ["x = 1\n", "# your part\nx = 1\n", "# end of your part\n", "# your part\n# your part\n# end of your part\n"],
    ids=["no markers", "open", "closed only", "twice open"],
)
def test_markers_that_do_not_pair_up_are_refused(drills, solution):
    drills(solution=solution)

    with pytest.raises(catalogue.CatalogueError, match=r"double/solution\.py"):
        _ = catalogue.find("double").starter


def test_hints_and_follow_ups_are_read_by_heading(drills):
    drills(hints="Intro.\n\n## The idea\n\nTwice.\n\n## The shapes\n\nSame.\n", followups="## Why?\n\n- So.\n- And.\n")
    drill = catalogue.find("double")

    assert drill.hints == (catalogue.Hint("The idea", "Twice."), catalogue.Hint("The shapes", "Same."))
    assert drill.follow_ups == (catalogue.FollowUp("Why?", "- So.\n- And."),)


def test_a_missing_file_is_named(drills):
    drills()

    with pytest.raises(catalogue.CatalogueError, match=r"double/prompt\.md is missing"):
        _ = catalogue.find("double").prompt


def test_a_missing_folder_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("GROUNDUP_DRILLS", str(tmp_path / "none"))

    with pytest.raises(catalogue.CatalogueError, match="no folder of drills"):
        catalogue.drills()
