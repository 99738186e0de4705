"""What a reader's first page weighs, compressed as servers do it."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from groundup.book.book import Book

ROOT = Path(__file__).resolve().parents[2]
CODE = 120_000  # bytes of HTML without its figures, style sheets and scripts
EVERYTHING = 400_000
OWN_SCRIPTS = 15_000


def weight(data: bytes) -> int:
    return len(gzip.compress(data, 6, mtime=0))


def without_figures(html: bytes) -> bytes:
    return re.sub(rb'<figure class="cell-figure">.*?</figure>', b"", html, flags=re.DOTALL)


def test_figures_are_taken_out_of_a_page_and_nothing_else(site: Path) -> None:
    html = (site / "part-1" / "04-similarity" / "index.html").read_bytes()
    left = without_figures(html)
    assert b"<svg xmlns:xlink" not in left
    assert left.count(b'data-cell="') == html.count(b'data-cell="')
    assert len(left) < 0.9 * len(html)


@pytest.mark.browser
def test_the_first_load_of_every_chapter(browser: Any, address: str) -> None:
    heavy = []
    for chapter in [each for each in Book(ROOT).collect().chapters if each.part]:
        context = browser.new_context()  # with nothing in its cache
        loaded: list[Any] = []
        context.on("response", lambda response, loaded=loaded: loaded.append(response))
        page = context.new_page()
        page.goto(address + chapter.page.removesuffix(".md") + "/", wait_until="networkidle")
        weights: Counter[str] = Counter()
        for response in loaded:
            kind = response.request.resource_type
            body = response.body()
            weights[kind] += weight(body)
            if kind == "document":
                weights["figures"] = weight(body) - weight(without_figures(body))
        context.close()
        code = weights["document"] - weights["figures"] + weights["stylesheet"] + weights["script"]
        everything = weights.total() - weights["figures"]
        print(f"{chapter.slug}: {code / 1000:.1f} kB of code, {everything / 1000:.1f} kB in all: {dict(weights)}")
        if code > CODE or everything > EVERYTHING:
            heavy.append((chapter.slug, code, everything, dict(weights)))
    assert heavy == []


def test_our_own_scripts() -> None:
    scripts = [*ROOT.glob("docs/assets/javascripts/*.js"), ROOT / "src/groundup/book/search.js"]
    weights = {script.name: weight(script.read_bytes()) for script in scripts}
    assert "quiz.js" in weights
    assert sum(weights.values()) <= OWN_SCRIPTS, weights
