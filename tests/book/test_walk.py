"""A reader's way through the built site: from page to page, with and without JavaScript, on a phone, offline."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

COSINE = "part-1/04-similarity/"
PHONE = {"viewport": {"width": 375, "height": 800}}


def paths(site: Path) -> list[str]:
    """Every page, as an address below the site's."""
    return sorted(path.relative_to(site).as_posix().removesuffix("index.html") for path in site.rglob("*.html"))


def answer(page: Any) -> None:
    """Answer the page's first choice by keyboard."""
    form = page.locator(".quiz[data-kind=choice]").first
    form.locator("input[data-right]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    form.locator("text=✓ Right.").wait_for()


def predict(page: Any) -> None:
    """Answer the page's first prediction by keyboard."""
    page.locator(".predict-choice").first.focus()
    page.keyboard.press("Enter")
    page.locator(".predict-done [role=status] a").first.wait_for()


def go(page: Any, title: str) -> None:
    """Follow a link of the navigation."""
    page.click(f".md-nav--primary >> text={title}")
    page.wait_for_selector(f".md-content h1:has-text('{title}')")


def test_the_theme_has_three_states_that_a_reload_keeps(page: Any, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    seen = []
    for _ in range(3):
        switch = page.locator(".palette label:visible")
        seen.append((switch.get_attribute("title"), page.get_attribute("body", "data-md-color-scheme")))
        switch.focus()
        page.keyboard.press("Enter")
        now = page.locator(".palette label:visible").get_attribute("title")
        scheme = page.get_attribute("body", "data-md-color-scheme")
        page.reload()
        assert page.locator(".palette label:visible").get_attribute("title") == now
        assert page.get_attribute("body", "data-md-color-scheme") == scheme
    assert seen == [
        ("Colours follow the system. Switch to light", "slate"),
        ("Light colours. Switch to dark", "default"),
        ("Dark colours. Switch to those of the system", "slate"),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_its_colours_before_any_script_has_come(page: Any, address: str, scheme: str) -> None:
    page.route("**/*.js", lambda route: route.abort())
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    for now in (scheme, {"light": "dark", "dark": "light"}[scheme]):
        page.emulate_media(color_scheme=now)
        page.wait_for_selector(f"body[data-md-color-scheme={'default' if now == 'light' else 'slate'}]")
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == now
        header = page.evaluate("getComputedStyle(document.querySelector('.md-header')).backgroundColor")
        bar = page.get_attribute("meta[name=theme-color]", "content")
        assert header == f"rgb({', '.join(str(int(bar[at : at + 2], 16)) for at in (1, 3, 5))})"


def test_damaged_colours_are_those_of_the_system(page: Any, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    for kept in ("{}", "[", "7", '{"index": 9}', '{"index": "toString"}'):
        page.evaluate("kept => localStorage.setItem('/.__palette', kept)", kept)
        page.reload()
        assert page.get_attribute("body", "data-md-color-scheme") == "slate", kept


def test_a_style_sheet_is_loaded_once(page: Any, address: str) -> None:
    page.add_init_script("""
      window.sheets = []
      const note = ({ target }) => { if (target.rel === "stylesheet") sheets.push(target.href) }
      document.addEventListener("load", note, true)
    """)
    page.goto(address + "about/", wait_until="networkidle")
    sheets = page.evaluate("sheets")
    assert len(sheets) == len(set(sheets)) == 3  # Material's two, and one that holds all of ours
    go(page, "How alike are two vectors?")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("sheets") == sheets
    assert page.locator("head link[rel=stylesheet]").count() == 3


def test_a_page_replaces_another_without_loading_and_everything_on_it_works(page: Any, address: str) -> None:
    page.goto(address + "about/", wait_until="networkidle")
    page.evaluate("window.here = true")
    for title in ("How alike are two vectors?", "Letting a framework do the derivatives: PyTorch"):
        go(page, title)
        assert page.evaluate("window.here")
        assert page.locator("math").first.is_visible()
        answer(page)
        predict(page)
    page.go_back()
    page.wait_for_selector(".md-content h1:has-text('How alike')")
    assert page.evaluate("window.here")
    assert page.locator(".quiz[data-checked]").count() == 1, "what was answered is not restored"


def test_a_link_to_a_box_leads_there_however_late_the_page_is_laid_out(page: Any, address: str) -> None:
    target = "confusion-sorted-is-best-first"
    page.goto(address + "confusions/", wait_until="networkidle")
    page.click(f"a[href$='#{target}']")
    page.wait_for_selector(f"#{target}")
    place = f"document.getElementById('{target}').getBoundingClientRect().top"
    settled = f"""() => new Promise((done) => {{
      let last = NaN, same = 0;
      (function look() {{
        const now = {place};
        same = now === last ? same + 1 : 0;
        last = now;
        if (same > 10) done(now); else requestAnimationFrame(look);
      }})();
    }})"""
    assert 48 <= page.evaluate(settled) <= 120  # below the header
    page.mouse.wheel(0, 600)
    page.wait_for_function(f"{place} < 0")
    assert page.evaluate(settled) < 0, "the page goes back to where the link led, against the reader"


@pytest.mark.parametrize("page", [PHONE], indirect=True, ids=["375"])
def test_no_page_is_wider_than_a_phone(page: Any, site: Path, address: str) -> None:
    wide = []
    for path in paths(site):
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth") > 375:
            wide.append(path)
    assert wide == []


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True, ids=["no JavaScript"])
def test_without_javascript_everything_is_readable_and_nothing_is_dead(page: Any, site: Path, address: str) -> None:
    for path in paths(site):
        page.goto(address + path)
        assert page.locator("button:not([type=reset]):visible").count() == 0, path  # a form empties itself
        assert page.locator(".md-search:visible, .palette label:visible").count() == 0, path
    page.goto(address + COSINE)
    answers = page.locator(".quiz .quiz-answer > summary:visible")
    assert answers.count() == page.locator(".quiz").count() > 0
    answers.first.click()
    assert page.locator(".quiz-answer[open] >> text=The answer:").first.is_visible()
    folds = page.locator(".cell .predicted > summary:visible")
    folds.first.click()
    assert page.locator(".predicted[open] .cell-output").first.is_visible()


def test_with_every_other_host_blocked_none_is_asked(page: Any, site: Path, address: str) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.context.route(re.compile(f"^(?!{re.escape(address)})"), lambda route: route.abort())
    for path in paths(site):
        page.goto(address + path)
        for fold in page.locator("details:not([open]) > summary:visible").all()[:3]:
            fold.click()
    page.goto(address + "about/", wait_until="networkidle")
    for title in ("Easily confused", "How alike are two vectors?", "About this book"):
        go(page, title)
    page.go_back()
    page.wait_for_selector(".md-content h1:has-text('How alike')")
    answer(page)
    predict(page)
    page.keyboard.press("Escape")
    page.locator(".md-search__input").press_sequentially("jaccard")
    page.wait_for_selector(".md-search-result__item a[href*='h=jaccard']")
    page.keyboard.press("Escape")
    page.locator(".palette label:visible").click()
    outside = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert outside == []
