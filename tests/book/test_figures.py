"""A figure is shown as SVG that follows the theme, and locked by what it plots."""

import re
import subprocess
import sys

import pytest

from groundup.book import figures
from groundup.book.figures import Drawing, figure, with_prefix

SETUP = "# %% one\nimport matplotlib.pyplot as plt\nimport numpy as np\nfrom groundup.book import figure\n"


@pytest.fixture
def draw(project):
    """Draw a figure by a program, as chapters do."""

    def draw(source: str) -> Drawing:
        program = f"{SETUP}{source}\nfigure(fig, alt='what is seen', caption='where to look')\n"
        project.program("01-a", program)
        (drawing,) = project.run("01-a")["01-a"].cells["one"].figures
        return drawing

    return draw


LINE = "fig, ax = plt.subplots(figsize=(6, 3))\nax.plot([0, 1], [0.5, 0.25])"


def test_a_figure_carries_its_words(draw) -> None:
    drawing = draw(LINE)
    assert (drawing.alt, drawing.caption) == ("what is seen", "where to look")


def test_colours_follow_the_theme(draw) -> None:
    svg = draw(f"{LINE}\nax.plot([1, 0], color='C5')\nax.axhline(0, color='black')").svg
    assert "var(--figure-1, #0072b2)" in svg
    assert "var(--figure-6, #6b7280)" in svg
    assert "currentColor" in svg
    assert "#000000" not in svg


def test_an_svg_brings_nothing_that_acts_on_the_rest_of_the_page(draw) -> None:
    svg = draw(LINE).svg
    assert svg.startswith('<svg class="figure"')
    assert not re.search(r"<style|<script|<\?xml|<!DOCTYPE|<metadata|<!--|https?://(?!www\.w3\.org)", svg)


def test_text_in_a_figure_is_text(draw) -> None:
    svg = draw(f"{LINE}\nax.set_title('Loss over steps')\nax.annotate('here', (0, 0.5))").svg
    assert ">Loss over steps</text>" in svg
    assert ">here</text>" in svg


def test_the_same_program_draws_the_same_bytes(draw) -> None:
    source = f"{LINE}\nax.fill_between([0, 1], [0, 1], alpha=0.3)\nax.scatter([0, 1], [1, 0])\nax.legend(['a'])"
    assert draw(source) == draw(source)


@pytest.mark.parametrize(
    ("source", "artists"),
    [
        ("ax.plot([0, 1], [0.5, 0.25])", [{"line": {"n": 2, "data": [[0.0, 0.5], [1.0, 0.25]]}}]),
        ("ax.scatter([1, 2], [3, 4])", [{"points": {"n": 2, "data": [[1.0, 3.0], [2.0, 4.0]]}}]),
        ("ax.bar([1], [0.7], width=1)", [{"bar": {"n": 1, "data": [[0.5, 0.0, 1.0, 0.7]]}}]),
        ("ax.imshow([[0.1, 0.2]])", [{"image": {"n": 1, "data": [[0.1, 0.2]]}}]),
        ("ax.plot([0, 1], [1 / 3, np.nan])", [{"line": {"n": 2, "data": [[0.0, 0.33333], [1.0, "nan"]]}}]),
    ],
    ids=["line", "points", "bar", "image", "not a number"],
)
def test_the_lock_keeps_what_is_plotted(draw, source: str, artists: list[object]) -> None:
    (axes,) = draw(f"fig, ax = plt.subplots()\n{source}").plotted
    assert axes["artists"] == artists


def test_the_lock_keeps_titles_labels_and_texts(draw) -> None:
    source = "fig, ax = plt.subplots()\nax.set(title='t', xlabel='x', ylabel='y')\nax.annotate('here', (0, 0))"
    (axes,) = draw(source).plotted
    assert axes == {"title": "t", "x": "x", "y": "y", "texts": ["here"], "artists": []}


def test_the_lock_keeps_a_sample_of_a_long_curve_with_both_ends(draw) -> None:
    (axes,) = draw("fig, ax = plt.subplots()\nax.plot(np.arange(1000.0))").plotted
    kept = axes["artists"][0]["line"]
    assert kept["n"] == 1000
    assert len(kept["data"]) < 50
    assert (kept["data"][0], kept["data"][-1]) == ([0.0, 0.0], [999.0, 999.0])


def test_every_axes_of_a_figure_is_kept(draw) -> None:
    assert len(draw("fig, axes = plt.subplots(1, 3)").plotted) == 3


@pytest.mark.parametrize(
    "source",
    [
        "ax.hist([1, 2, 2, 3])",
        "ax.vlines([1, 2], 0, 1)",
        "ax.contourf([[0, 1], [1, 0]])",
        "ax.errorbar([1], [2], [0.1])",
    ],
    ids=["histogram", "vlines", "contours", "error bars"],
)
def test_other_artists_are_kept_too(draw, source: str) -> None:
    (axes,) = draw(f"fig, ax = plt.subplots()\n{source}").plotted
    assert axes["artists"]


@pytest.mark.parametrize("empty", ["alt", "caption"])
def test_a_figure_without_words_is_refused(project, empty: str) -> None:
    words = {"alt": "'a'", "caption": "'b'", empty: "' '"}
    source = f"fig, ax = plt.subplots()\nfigure(fig, alt={words['alt']}, caption={words['caption']})\n"
    project.program("01-a", SETUP + source)
    fault = project.fault("01-a")
    assert (fault.cell, fault.line) == ("one", 6)
    assert f"a figure needs `{empty}`" in fault.message


def test_run_as_a_script_a_figure_prints_nothing_and_is_closed(project) -> None:
    project.program("01-a", f"{SETUP}{LINE}\nfigure(fig, alt='a', caption='b')\nprint(plt.get_fignums())\n")
    script = project.root / "snippets/01-a.py"
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n" == project.text("01-a")
    assert figures.drawn is None


def test_ids_are_unique_on_a_page() -> None:
    svg = '<svg><clipPath id="p1"/><use href="#p1"/><g clip-path="url(#p1)"/></svg>'
    assert with_prefix(svg, "one-1-") == (
        '<svg><clipPath id="one-1-p1"/><use href="#one-1-p1"/><g clip-path="url(#one-1-p1)"/></svg>'
    )


def test_a_chapter_is_not_blamed_for_the_search_for_fonts(project, tmp_path) -> None:
    # Matplotlib says on standard error that it looks for fonts where that takes 5 seconds; here it says so at once.
    hurry = "import threading\nTimer = threading.Timer\nthreading.Timer = lambda seconds, say: Timer(0, say)\n"
    project.file("hurry/sitecustomize.py", hurry)
    project.program("01-a", f"{SETUP}{LINE}\nfigure(fig, alt='a', caption='b')\nprint(1)\n")
    ran = project.book("run", PYTHONPATH=str(project.root / "hurry"))
    assert ran.returncode == 0, ran.stderr


def test_only_figure_is_public() -> None:
    import groundup.book

    assert groundup.book.__all__ == ["figure"]
    assert groundup.book.figure is figure
