"""WCAG 2.1 A and AA, as far as axe-core can tell: every type of page, light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

RULES = {
    "light": {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}},
    # What else the rules look at is the same in the dark.
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}},
}
WIDTHS = [1280, 375]
EACH = [(scheme, width) for scheme in RULES for width in WIDTHS]
ONCE = [("light", 375), ("dark", 1280)]  # for large pages, which take seconds
# Nothing fades while it is measured. And axe asks for the place of every element; where layout waits until something
# comes near, each such question lays it out anew.
STILL = """*, ::before, ::after {
  transition: none !important; animation: none !important; content-visibility: visible !important;
}"""


def look(page: Any, scheme: str, width: int, *, inside: str | None = None) -> Iterator[str]:
    """What axe has to say of the page, or of a part of it, one string for each rule and element."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_selector(f"body[data-md-color-scheme={'default' if scheme == 'light' else 'slate'}]")
    page.add_style_tag(content=STILL)
    found = Axe().run(page, context=inside, options={**RULES[scheme], "resultTypes": ["violations"]}).response
    for rule in found["violations"]:
        for node in rule["nodes"]:
            where = f"{page.url}, {scheme}, {width} wide"
            yield f"{where}: {rule['id']}: {node['target'][0]}: {node['html'][:120]}: {node['failureSummary']}"


def everywhere(page: Any, pairs: list[tuple[str, int]] = EACH, *, inside: str | None = None) -> list[str]:
    return [told for scheme, width in pairs for told in look(page, scheme, width, inside=inside)]


def types(site: Path, *, chapters: bool) -> list[str]:
    """Every page that is no chapter, one notebook among them; or every chapter. Below the site."""
    paths = sorted(path.relative_to(site) for path in site.rglob("*.html"))
    in_parts = [path for path in paths if path.parts[0].startswith("part-")]
    notebooks = [path for path in in_parts if path.parent.name.endswith("-notebook")]
    if not chapters:
        return [path.as_posix() for path in paths if path not in in_parts] + [notebooks[0].as_posix()]
    return [path.as_posix() for path in in_parts if path not in notebooks]


def test_pages_that_are_no_chapters(page: Any, site: Path, address: str) -> None:
    told = []
    for path in types(site, chapters=False):
        page.goto(address + path.removesuffix("index.html"))
        told += everywhere(page)
    assert told == []


def test_every_chapter(page: Any, site: Path, address: str) -> None:
    told = []
    for path in types(site, chapters=True):
        page.goto(address + path.removesuffix("index.html"))
        told += everywhere(page, ONCE)
    assert told == []


def test_what_is_not_laid_out_yet_has_its_place(page: Any, site: Path, address: str) -> None:
    """With too small a place, a cell's fold would lie over the next cell's until both are laid out."""
    page.set_viewport_size({"width": 412, "height": 823})
    told = []
    for path in types(site, chapters=True):
        page.goto(address + path.removesuffix("index.html"))
        options = {"runOnly": {"type": "rule", "values": ["target-size"]}, "resultTypes": ["violations"]}
        for rule in Axe().run(page, options=options).response["violations"]:
            told += [f"{path}: {node['target'][0]}: {node['failureSummary']}" for node in rule["nodes"]]
    assert told == []


@pytest.fixture
def chapter(page: Any, address: str) -> Any:
    page.goto(address + "part-1/04-similarity/", wait_until="networkidle")
    return page


def test_answered_questions(chapter: Any) -> None:
    forms = chapter.locator('.quiz[data-kind="choice"]')
    for form, choice in [(forms.nth(0), "[data-right]"), (forms.nth(1), ":not([data-right])")]:
        form.locator(f"input{choice}").first.check()
        form.get_by_role("button", name="Check").click()
    assert chapter.locator(".quiz[data-checked]").count() == 2
    assert everywhere(chapter, inside=".quiz[data-checked]") == []


def test_answered_predictions_and_open_boxes(chapter: Any) -> None:
    chapter.locator(".predict-choice").first.click()
    chapter.evaluate("""() => {
      for (const kind of [".predict-done", ".predicted", ".cell-source", ".solution", ".beyond"]) {
        const box = document.querySelector(`.cell:has(> ${kind}), ${kind}`);
        box.dataset.look = "";
        for (const fold of [box, ...box.querySelectorAll("details")]) fold.open = true;
      }
    }""")
    assert everywhere(chapter, ONCE, inside="[data-look]") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_open_search(chapter: Any, width: int) -> None:
    chapter.set_viewport_size({"width": width, "height": 900})
    if width < 1000:
        chapter.click(".md-header label[for=__search]")
    chapter.locator(".md-search__input").press_sequentially("cosine")  # also finds long lines of code
    chapter.wait_for_selector(".md-search-result__item mark")
    assert everywhere(chapter, [(scheme, width) for scheme in RULES], inside=".md-header") == []


def test_the_open_drawer_on_a_phone(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 375, "height": 900})
    page.goto(address + "about/")
    page.click(".md-header label[for=__drawer]")
    assert everywhere(page, [(scheme, 375) for scheme in RULES], inside=".md-sidebar--primary") == []


def test_task_lists_and_tabs_are_on_no_page_yet() -> None:
    """Material's colours fail on content tabs and its task lists carry no labels: look at them before they are used."""
    settings = (Path(__file__).resolve().parents[2] / "mkdocs.yml").read_text(encoding="utf-8")
    assert "pymdownx.tabbed" not in settings
    assert "pymdownx.tasklist" not in settings
