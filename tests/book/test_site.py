"""The site as a reader's browser gets it, built from the repository's own chapters."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from groundup.book.book import Book

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "https://example.org/book"
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "use": "href"}


@pytest.fixture(scope="module")
def chapters() -> list[str]:
    return [chapter.page for chapter in Book(ROOT).collect().chapters if chapter.part]


class Loads(HTMLParser):
    """Collects the addresses that a page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" and values.get("rel") in ("canonical", "prev", "next"):
            return
        if address := values.get(LOADED.get(tag, "")):
            self.found.append(address)


def test_no_page_or_style_sheet_loads_anything_from_another_host(site: Path) -> None:
    elsewhere = []
    for page in site.rglob("*.html"):
        loads = Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        elsewhere += [(page.name, address) for address in loads.found if re.match(r"(https?:)?//", address)]
    for sheet in site.rglob("*.css"):
        addresses = re.findall(r"(?:url\(|@import )[\"']?((?:https?:)?//[^\"')]+)", sheet.read_text(encoding="utf-8"))
        elsewhere += [(sheet.name, address) for address in addresses]
    assert elsewhere == []


def test_no_script_file_holds_up_what_is_read(site: Path) -> None:
    for page in site.rglob("*.html"):
        scripts = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", page.read_text(encoding="utf-8"))
        assert len(scripts) > 5, page
        assert [script for script in scripts if " defer" not in script] == [], page


def test_the_navigation_numbers_the_chapters_under_their_parts(site: Path) -> None:
    page = (site / "part-1" / "04-similarity" / "index.html").read_text(encoding="utf-8")
    nav = page[page.index("md-nav--primary") :]
    order = ["Part I · Data and vocabulary", "1 · Knobs", "4 · How alike", "Part III", "12 · Letting"]
    positions = [nav.index(text) for text in order]
    assert positions == sorted(positions)


def test_the_start_page_lists_what_is_written_and_what_is_planned(site: Path) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    collection = Book(ROOT).collect()
    written = {chapter.part for chapter in collection.chapters}
    assert page.count('class="part"') == len(collection.parts)
    assert page.count(">Planned<") == sum(part not in written for part in collection.parts)
    assert "1 · Knobs" in page


def test_maths_is_rendered_at_build_time(site: Path) -> None:
    page = (site / "part-1" / "04-similarity" / "index.html").read_text(encoding="utf-8")
    assert "<math" in page
    assert "arithmatex" not in page


def test_there_is_a_page_for_addresses_that_lead_nowhere(site: Path) -> None:
    assert "There is no page here" in (site / "404.html").read_text(encoding="utf-8")


def test_edit_links_follow_the_repository(site: Path, build_site: Any, tmp_path: Path) -> None:
    name = "part-1/04-similarity/index.html"
    target = f"{REPOSITORY}/edit/main/docs/part-1/04-similarity.md"
    assert target in (site / name).read_text(encoding="utf-8")
    without = build_site(tmp_path, SITE_URL="", REPO_URL="") / name
    assert "edit/main" not in without.read_text(encoding="utf-8")


# In a browser


@pytest.mark.browser
@pytest.mark.parametrize("page", [{"viewport": {"width": 375, "height": 800}}], indirect=True, ids=["375"])
def test_a_chapter_leads_to_its_notebook_and_back(page: Any, address: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address + "part-3/12-pytorch/")
    with page.expect_download() as download:
        page.click(".downloads >> text=Program")
    assert download.value.suggested_filename == "12-pytorch.py"
    page.click(".downloads >> text=Notebook as a page")
    page.wait_for_url("**/12-pytorch-notebook/")
    page.wait_for_selector(".chapter-line:has-text('· Notebook')")  # the address changes before the page does
    assert "torch.float32 3.5" in page.locator(".cell-output").first.inner_text()
    assert page.locator("figure.cell-figure svg").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.click(".chapter-line a")
    page.wait_for_url("**/12-pytorch/")
    assert [url for url in requests if not url.startswith((address, "data:"))] == []


@pytest.mark.browser
@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True, ids=["no JavaScript"])
def test_a_chapter_reads_without_javascript(page: Any, address: str) -> None:
    page.goto(address + "part-1/04-similarity/")
    assert page.locator(".cell-output").first.is_visible()
    assert page.locator("figure.cell-figure svg").first.is_visible()
    assert page.locator("math").first.is_visible()


@pytest.mark.browser
def test_figures_follow_the_theme(page: Any, address: str) -> None:
    page.goto(address + "part-1/04-similarity/")
    ink = "getComputedStyle(document.querySelector('figure.cell-figure svg text')).fill"
    page.emulate_media(color_scheme="light")
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{ink} !== '{light}'")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
