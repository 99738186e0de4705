"""The search: what readers type leads to the right page, and nobody who does not ask pays for the index."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from groundup.book.book import Book
from groundup.book.glossary import Glossary

ROOT = Path(__file__).resolve().parents[2]
GOLDEN: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("golden_search.toml").read_text(encoding="utf-8"))

# The site's own worker, asked as Material's script asks it.
ASK = """async (queries) => {
  const config = JSON.parse(document.getElementById("__config").textContent);
  const index = await (await fetch(new URL("search/search_index.json", new URL(`${config.base}/`, location)))).json();
  const worker = new Worker(config.search);
  const told = (message, type) => new Promise((done) => {
    worker.onmessage = ({ data }) => data.type === type && done(data.data);
    worker.postMessage(message);
  });
  await told({ type: 0, data: { ...index, options: { suggest: true } } }, 1);
  const found = {}, missing = {};
  for (const query of queries) {
    const { items } = await told({ type: 2, data: query }, 3);
    found[query] = [...new Set(items.map((sections) => sections[0].location.split("#")[0]))];
    missing[query] = items.flat().map(({ terms }) => Object.keys(terms).filter((term) => !terms[term]));
  }
  return { found, missing };
}"""


def entries(site: Path) -> list[dict[str, str]]:
    return json.loads((site / "search" / "entries.json").read_text(encoding="utf-8"))["docs"]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The address below the site's of every page that the golden queries may name."""
    chapters = {chapter.slug: chapter.page for chapter in Book(ROOT).collect().chapters if chapter.part}
    return {"index": "", "about": "about/", "confusions": "confusions/"} | {
        slug: page.removesuffix(".md") + "/" for slug, page in chapters.items()
    }


def test_every_chapter_is_in_the_search_index(site: Path, pages: dict[str, str]) -> None:
    assert set(pages.values()) <= {entry["location"].partition("#")[0] for entry in entries(site)}


def test_a_page_carries_the_terms_that_it_defines(site: Path) -> None:
    tags = {entry["location"]: entry.get("tags", []) for entry in entries(site)}
    assert {"cosine similarity", "cosine", "γ"} <= set(tags["part-1/04-similarity/"])
    assert "cosine similarity" not in tags["part-3/12-pytorch/"]


def test_what_says_that_it_is_not_searched_leaves_no_trace(site: Path) -> None:
    pages = {
        path: re.findall(r".{20}data-search-.{9}", path.read_text(encoding="utf-8")) for path in site.rglob("*.html")
    }
    assert {path.as_posix(): found for path, found in pages.items() if found} == {}


def test_tick_labels_stay_out_of_the_search_index(site: Path) -> None:
    assert not any("<svg" in entry["text"] or "0.00 0.25 0.50" in entry["text"] for entry in entries(site))


def test_the_golden_queries_are_enough_for_the_chapters_there_are(pages: dict[str, str]) -> None:
    assert sum(len(GOLDEN.get(page, [])) for page in pages) >= 30
    assert [page for page in pages if len(GOLDEN.get(page, [])) < 2] == []


def test_a_site_for_a_folder_keeps_its_index_whole(material: Any) -> None:
    material.program("01-a", "# %% one\nprint(1)\n")
    material.lock("01-a")
    settings = material.root / "mkdocs.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("  - search\n", "  - search\n  - offline\n"))
    built = material.build()
    assert built.returncode == 0, built.stderr
    index = json.loads((material.root / "site/search/search_index.json").read_text(encoding="utf-8"))
    assert any("01-a" in entry["location"] for entry in index["docs"])
    assert not (material.root / "site/search/entries.json").exists()
    assert list((material.root / "site/assets/javascripts/workers").glob("engine.*")) == []


@pytest.mark.browser
def test_the_golden_queries_find_their_pages(page: Any, address: str, pages: dict[str, str]) -> None:
    page.goto(address)
    wanted = {(query, pages[name]) for name, queries in GOLDEN.items() if name in pages for query in queries}
    found = page.evaluate(ASK, [query for query, _ in wanted])["found"]
    missed = [f"{query}: {found[query][:3]}, wanted: {path}" for query, path in wanted if path not in found[query][:3]]
    assert missed == []


@pytest.mark.browser
def test_terms_find_the_chapters_that_define_them(page: Any, address: str) -> None:
    collection = Book(ROOT).collect()
    entries = Glossary.of(collection.chapters, collection.companions).entries
    wanted = {entry.term.name: entry.chapter.page.removesuffix(".md") + "/" for entry in entries}
    page.goto(address)
    found = page.evaluate(ASK, list(wanted))["found"]
    missed = {term: found[term][:3] for term, path in wanted.items() if path not in found[term][:3]}
    assert missed == {}


SPELLINGS = [
    ("normalise vectors", "normalize vectors"),
    ("vectorisation", "vectorization"),
    ("factorise", "factorize"),
    ("neighbour", "neighbor"),
    ("behavioural round", "behavioral round"),
    ("centre the data", "center the data"),
    ("labelled data", "labeled data"),
    ("quantisation error", "quantization error"),
    ("optimiser state", "optimizer state"),
    ("colour", "color"),
    ("analyse residuals", "analyze residuals"),
]


@pytest.mark.browser
def test_british_and_american_spellings_find_the_same_pages(page: Any, address: str) -> None:
    page.goto(address)
    answers = page.evaluate(ASK, [query for pair in SPELLINGS for query in pair])
    found, missing = answers["found"], answers["missing"]
    firsts = {pair: [found[query][:5] for query in pair] for pair in SPELLINGS}
    assert {pair: pages for pair, pages in firsts.items() if pages[0] != pages[1] or not pages[0]} == {}
    # No page lacks a word that it has in its other spelling, or one that nobody typed.
    called = {query: {word for words in missing[query] for word in words} for query in missing}
    assert called["neighbor"] == called["colour"] == set()
    assert called["normalize vectors"] <= {"normalize", "vectors"}


@pytest.mark.browser
def test_a_word_without_another_spelling_is_asked_as_it_is(page: Any, address: str) -> None:
    page.goto(address)
    missing = page.evaluate(ASK, ["tensor size zzzz"])["missing"]["tensor size zzzz"]
    assert {word for words in missing for word in words} <= {"tensor", "size", "zzzz"}


@pytest.mark.browser
def test_the_entries_are_fetched_when_something_is_asked(page: Any, address: str) -> None:
    fetched: list[str] = []
    page.context.on("request", lambda request: fetched.append(request.url))
    page.goto(address, wait_until="networkidle")
    field = page.get_by_role("textbox", name="Search")
    field.focus()
    assert "No matching" not in page.inner_text(".md-search-result__meta")
    assert not any("entries.json" in url or "engine" in url for url in fetched)
    field.press_sequentially("jaccard")
    page.wait_for_selector(".md-search-result__item a[href*='h=jaccard']")
    assert "04-similarity" in page.locator(".md-search-result__item a").first.get_attribute("href")
    assert sum("entries.json" in url for url in fetched) == 1


@pytest.mark.browser
def test_a_search_without_a_network_is_tried_again(page: Any, address: str) -> None:
    page.goto(address, wait_until="networkidle")
    page.context.route("**/entries.json", lambda route: route.abort())
    field = page.get_by_role("textbox", name="Search")
    field.fill("jaccard")
    with page.context.expect_event("requestfailed"):
        field.press("End")
    page.wait_for_selector("text=No matching documents")
    page.context.unroute("**/entries.json")
    field.press_sequentially(" index")
    page.wait_for_selector(".md-search-result__item a")


@pytest.mark.browser
def test_search_works_by_keyboard_alone(page: Any, address: str) -> None:
    page.goto(address + "part-3/12-pytorch/", wait_until="networkidle")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "query"
    page.keyboard.type("cosine similarity")
    page.wait_for_selector(".md-search-result__item a[href*='h=cosine']")
    page.keyboard.press("ArrowDown")
    assert "04-similarity" in page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_selector(".md-content h1:has-text('How alike')")
    assert page.locator(".md-content mark").count() > 0


@pytest.mark.browser
def test_what_is_searched_for_can_be_linked(page: Any, address: str) -> None:
    page.goto(address + "part-3/12-pytorch/?q=cosine+similarity")
    page.wait_for_selector(".md-search-result__item a")
    assert "04-similarity" in page.locator(".md-search-result__item a").first.get_attribute("href")
