"""Terms in a browser: a small site in Material's theme, with the book's own style sheets and script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
TERMS = """\
[[terms]]
name = "learning rate"
group = "Models and training"
definition = 'The factor $\\eta$ on the gradient in one update, which you choose before the training starts.'
[[terms]]
name = "step"
group = "Learning loop"
definition = "One update."
"""
SETTINGS = """\
site_url: {url}
theme:
  name: material
  font: false
  features: [navigation.instant]
extra_css: [assets/stylesheets/ground-up.css, assets/stylesheets/glossary.css]
extra_javascript: [assets/javascripts/glossary.js]
plugins:
  - search
"""
CELL = '\n```python exec="on" cell="one"\n```\n'
FILLER = "Words that fill the page.\n\n" * 40
TOUCH = {"viewport": {"width": 375, "height": 700}, "has_touch": True, "is_mobile": True}

TERM, TIP = "a.term >> text=learning rate", "#tip-learning-rate"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, make_material: Any, serving: Any) -> Iterator[str]:
    book = make_material(tmp_path_factory.mktemp("glossary") / "book")
    for chapter in ("01-first", "02-second"):
        book.program(chapter, "# %% one\nprint(1)\n")
    book.lock("01-first", "02-second")
    book.page("01-first", f"# First\n\n{FILLER}A **learning rate** is here, and a **step**.\n\n{FILLER}{CELL}")
    lines = "Some words before the end of the line, and then\\\n" * 2
    book.page("02-second", f"# Second\n\n{lines}words, words, words, the learning rate. A step.\n\n{FILLER}{CELL}")
    book.file("docs/part-1/01-first.toml", TERMS)
    shutil.copytree(ROOT / "docs" / "assets", book.root / "docs" / "assets")
    with serving(book.root / "site") as url:
        text = (book.root / "mkdocs.yml").read_text(encoding="utf-8")
        theme = text[text.index("theme:") : text.index("  - markdown-exec")]
        book.file("mkdocs.yml", text.replace(theme, SETTINGS.format(url=url)))
        built = book.build()
        assert built.returncode == 0, built.stderr
        yield url


@pytest.fixture
def second(page: Any, address: str) -> Any:
    page.goto(f"{address}part-1/02-second/")
    return page


def test_a_term_is_described_even_while_its_tip_is_hidden(second: Any) -> None:
    assert second.get_attribute(TERM, "aria-describedby") == "tip-learning-rate"
    assert not second.is_visible(TIP)
    assert second.get_attribute(TIP, "role") == "tooltip"


def test_the_focus_shows_a_tip_escape_hides_it_and_enter_leads_to_the_definition(second: Any) -> None:
    second.focus("a.term >> nth=0")
    assert second.is_visible(TIP)
    assert "The factor" in second.inner_text(TIP)
    second.keyboard.press("Escape")
    assert not second.is_visible(TIP)
    second.keyboard.press("Tab")
    assert second.is_visible("#tip-step")
    second.keyboard.press("Shift+Tab")
    assert second.is_visible(TIP)
    assert not second.is_visible("#tip-step")
    second.keyboard.press("Enter")
    second.wait_for_url("**/01-first/#term-learning-rate")
    second.wait_for_selector("dfn#term-learning-rate")


def test_the_link_in_a_tip_is_no_stop_for_the_keyboard(second: Any) -> None:
    second.focus("a.term >> nth=1")
    second.keyboard.press("Tab")
    assert second.evaluate("document.activeElement.closest('.term-tip')") is None
    assert not second.is_visible("#tip-step")


def test_the_pointer_shows_a_tip_that_stays_while_it_is_pointed_at(second: Any) -> None:
    term = second.locator(TERM).bounding_box()
    second.mouse.move(term["x"] + term["width"] / 2, term["y"] + term["height"] / 2)
    assert second.is_visible(TIP)
    tip = second.locator(TIP).bounding_box()
    second.mouse.move(tip["x"] + 30, tip["y"] + tip["height"] / 2, steps=30)
    assert second.is_visible(TIP)
    second.keyboard.press("Escape")
    assert not second.is_visible(TIP)
    second.hover(TERM)
    assert second.is_visible(TIP)
    second.hover("h1")
    assert not second.is_visible(TIP)


def test_a_tip_under_the_pointer_does_not_close_one_that_has_the_focus(second: Any) -> None:
    second.focus(TERM)
    second.hover("h1")
    assert second.is_visible(TIP)
    second.hover("a.term >> text=step")
    assert second.is_visible("#tip-step")
    assert not second.is_visible(TIP)


def test_a_tip_opens_above_where_there_is_no_room_below(second: Any) -> None:
    term = second.locator(TERM).bounding_box()
    second.set_viewport_size({"width": 1280, "height": round(term["y"] + term["height"] + 20)})
    second.hover(TERM)
    term, tip = second.locator(TERM).bounding_box(), second.locator(TIP).bounding_box()
    assert tip["y"] + tip["height"] <= term["y"] + 4
    assert tip["y"] > 0


@pytest.mark.parametrize("page", [TOUCH], indirect=True)
def test_the_first_tap_opens_a_tip_whose_link_leads_to_the_definition(second: Any) -> None:
    second.tap(TERM)
    assert second.is_visible(TIP)
    assert "/02-second/" in second.url
    tip = second.locator(TIP).bounding_box()
    assert tip["x"] >= 0
    assert tip["x"] + tip["width"] <= 375
    assert second.evaluate("document.documentElement.scrollWidth") == 375
    second.tap(f"{TIP} >> a")
    second.wait_for_url("**/01-first/#term-learning-rate")


@pytest.mark.parametrize("page", [TOUCH], indirect=True)
def test_a_tap_elsewhere_closes_a_tip_and_a_second_tap_on_the_term_follows_it(second: Any) -> None:
    second.tap(TERM)
    second.tap("h1")
    assert not second.is_visible(TIP)
    second.tap(TERM)
    assert second.is_visible(TIP)
    second.tap(TERM)
    second.wait_for_url("**/01-first/#term-learning-rate")


@pytest.mark.parametrize("page", [{"viewport": {"width": 375, "height": 700}}], indirect=True)
def test_no_tip_widens_a_narrow_page(second: Any) -> None:
    for name in ("learning-rate", "step"):
        second.focus(f"[aria-describedby=tip-{name}]")
        tip = second.locator(f"#tip-{name}").bounding_box()
        assert tip["x"] >= 0
        assert tip["x"] + tip["width"] <= 375
        assert second.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_a_term_is_a_link_to_its_definition(second: Any) -> None:
    assert not second.is_visible(TIP)
    second.click(TERM)
    assert second.url.endswith("/01-first/#term-learning-rate")
    assert second.is_visible("dfn#term-learning-rate")


def test_tips_work_on_a_page_that_replaced_another(page: Any, address: str) -> None:
    page.goto(f"{address}part-1/01-first/")
    page.evaluate("window.stayed = true")
    page.click(".md-nav--primary >> text=Second")
    page.wait_for_selector("h1:has-text('Second')")
    assert page.evaluate("window.stayed") is True
    page.focus(TERM)
    assert page.is_visible(TIP)
    page.keyboard.press("Escape")
    assert not page.is_visible(TIP)


def test_paper_shows_neither_tips_nor_their_marks(second: Any) -> None:
    second.focus(TERM)
    second.emulate_media(media="print")
    assert not second.is_visible(TIP)
    line = "element => getComputedStyle(element).textDecorationLine"
    assert second.evaluate(line, second.query_selector(TERM)) == "none"


def test_a_term_is_told_from_other_links_by_its_line(second: Any) -> None:
    style = second.evaluate(
        "element => [getComputedStyle(element).textDecorationStyle, getComputedStyle(element).color,"
        " getComputedStyle(element.parentElement).color]",
        second.query_selector(TERM),
    )
    assert style[0] == "dotted"
    assert style[1] == style[2]
