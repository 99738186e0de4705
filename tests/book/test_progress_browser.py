"""The reader's progress in a browser: what is kept, where the reader stopped, and the page that shows and moves it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundup.book.contents import read_parts
from groundup.drill.clock import Stamp
from groundup.drill.history import History
from groundup.drill.record import Record
from groundup.drill.report import export as export_of_drills
from groundup.drill.session import Attempt, Mode
from groundup.drill.verdict import Outcome, Verdict

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
PARTS = read_parts(ROOT / "docs" / "contents.toml")
WRITTEN = sum(len(part.chapters) for part in PARTS)
FIRST, VECTORS = "part-1/01-what-is-a-model", "part-1/04-similarity"
STOPPED = {
    "path": VECTORS,
    "anchor": "direction-cosine-similarity",
    "heading": "Direction: cosine similarity",
    "when": "2026-11-20T10:00:00.000Z",
}
KEPT: dict[str, Any] = {
    "version": 1,
    "chapters": {FIRST: {"done": "2026-11-19", "right": 9, "of": 10}},
    "questions": {f"{FIRST}#new-tariff": "right", f"{FIRST}#guess-loss": "wrong", f"{VECTORS}#unused-word": "right"},
    "stopped": STOPPED,
    "drills": {
        "kmeans": {"outcome": "partial", "score": 0.8, "used": 900, "late": False, "clock": True, "when": "2026-11-18"}
    },
}
EMPTY = {"version": 1, "chapters": {}, "questions": {}, "stopped": {}, "drills": {}}
ROWS = ".progress-page li[data-quiz]"


def build(folder: Path, *options: str, url: str = "") -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder), *options]
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_URL": url, "REPO_URL": ""}
    built = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serving: Any) -> Iterator[str]:
    """The site where it knows that it is served, without which Material loads whole pages."""
    folder = tmp_path_factory.mktemp("site")
    with serving(folder) as url:
        build(folder, url=url)
        yield url


def keep(page: Any, address: str, data: Any) -> None:
    """Put something into the store before the book's scripts look."""
    page.goto(address + "assets/favicon.svg")
    text = data if isinstance(data, str) else json.dumps(data)
    page.evaluate("text => localStorage.setItem('ground-up', text)", text)


def stored(page: Any, key: str = "ground-up") -> Any:
    text = page.evaluate("key => localStorage.getItem(key)", key)
    return text and json.loads(text)


def row(page: Any, chapter: str) -> str:
    return page.inner_text(f"{ROWS}:has(a[href*='{chapter}']) > span")


def total(page: Any) -> str:
    return page.inner_text(".progress-total")


def said(page: Any) -> str:
    page.wait_for_selector(".progress-said[role=status]:not(:empty)")
    return page.inner_text(".progress-said")


def picture(page: Any) -> list[str]:
    """All that the page says of the reader."""
    bars = page.evaluate("[...document.querySelectorAll('progress')].map(bar => bar.value + '/' + bar.max)")
    return [*page.locator(f".progress-total, .continue, progress + span, {ROWS}").all_inner_texts(), *bars]


def export(page: Any) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.click(".progress-export")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def bring(page: Any, data: Any) -> str:
    """Import a file; returns what the page says."""
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    page.evaluate("document.querySelector('.progress-said').textContent = ''")
    file = {"name": "progress.json", "mimeType": "application/json", "buffer": content}
    page.get_by_label("Import a file").set_input_files(file)
    return said(page)


def reset(page: Any) -> None:
    page.click("text=Reset …")
    page.click("dialog button:has-text('Delete')")
    page.wait_for_selector(".progress-said:has-text('Deleted.')")


def answer_mastery(page: Any) -> None:
    """Right, all of it."""
    for form in page.locator("section.mastery form").all():
        if form.locator("input[type=radio]").count():
            form.locator("input[data-right]").check()
        else:
            form.locator(".quiz-field").fill(form.get_attribute("data-answer"))
        form.locator(".quiz-check").click()


def test_what_is_answered_stays_after_a_reload_and_is_on_the_progress_page(page: Any, address: str) -> None:
    page.goto(f"{address}{VECTORS}/")
    answer_mastery(page)
    assert page.text_content(".md-nav--primary a.md-nav__link--active .done") == " (done)"
    page.reload()
    assert "Chapter done: 10 of 10" in page.inner_text(".mastery-result")
    day = stored(page)["chapters"][VECTORS]["done"]
    page.goto(f"{address}progress/")
    assert row(page, "04-similarity") == f"✓ Done, {day} · mastery check 10 of 10 right"
    assert row(page, "01-what") == "Not begun"
    told = rf"1 of {WRITTEN} chapters done\. 10 of \d+ questions answered, 10 right on the first try\."
    assert re.fullmatch(told, total(page))
    part = page.locator(".part").first
    assert part.locator("progress").evaluate("bar => [bar.value, bar.max]") == [1, len(PARTS[0].chapters)]
    assert page.get_by_role("progressbar", name="Part I · Data and vocabulary").count() == 1
    assert part.locator("progress + span").inner_text() == f"1 of {len(PARTS[0].chapters)} chapters done"
    assert page.locator(".part:has(.planned) progress").count() == 0
    assert page.locator(".planned").count() == sum(not part.chapters for part in PARTS)
    link = page.locator(".md-nav--primary a:has(.done)")
    assert "How alike are two vectors? (done)" in re.sub(r"\s+", " ", link.text_content())


def test_instant_navigation_shows_each_page_as_a_load_does(page: Any, address: str) -> None:
    keep(page, address, KEPT)
    page.goto(f"{address}progress/")
    loaded = picture(page)
    page.evaluate("window.sameDocument = true")
    for _ in range(2):
        page.click(".md-nav--primary >> text=How alike are two vectors")
        page.wait_for_selector("h1:has-text('How alike')")
        assert page.locator(".md-nav--primary .done").count() == 1
        page.click(".md-nav--primary >> text=Your progress")
        page.wait_for_selector(".progress-page .continue a")
    assert picture(page) == loaded
    page.click(".md-nav--primary >> text=How alike are two vectors")
    page.wait_for_selector("h1:has-text('How alike')")
    page.locator("#quiz-many-small-gaps input").first.check()
    page.click("#quiz-many-small-gaps .quiz-check")
    page.click(".md-nav--primary >> text=Your progress")
    page.wait_for_selector(f"{ROWS} >> text=questions 2 of 10")
    reset(page)
    assert f"0 of {WRITTEN} chapters done" in total(page)
    assert page.locator(".done").count() == 0
    assert page.evaluate("window.sameDocument")


def test_an_export_is_undone_by_a_reset_and_brought_back_elsewhere(page: Any, browser: Any, address: str) -> None:
    keep(page, address, KEPT)
    page.goto(f"{address}progress/")
    before = picture(page)
    name, content = export(page)
    assert re.fullmatch(r"ground-up-progress-\d{4}-\d\d-\d\d\.json", name)
    assert said(page) == f"Exported as {name}."
    page.evaluate("localStorage.setItem('/.__palette', '{}')")
    page.click("text=Reset …")
    page.keyboard.press("Escape")
    page.click("text=Reset …")
    page.click("dialog >> text=Cancel")
    assert picture(page) == before
    assert stored(page) == KEPT
    reset(page)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('ground-up'))") == []
    assert stored(page, "/.__palette") == {}
    assert f"0 of {WRITTEN} chapters done. 0 of" in total(page)
    assert page.inner_text(".continue") == ""
    assert said(page).startswith("Deleted.")
    other = browser.new_context()
    elsewhere = other.new_page()
    elsewhere.goto(f"{address}progress/")
    assert picture(elsewhere) != before
    assert "chapters: 1, answers: 3, place where you stopped: 1, drills: 1" in bring(elsewhere, content)
    assert picture(elsewhere) == before
    assert stored(elsewhere)["chapters"] == KEPT["chapters"]
    assert "chapters: 0, answers: 0, place where you stopped: 0, drills: 0" in bring(elsewhere, content)
    other.close()


def test_of_two_results_an_import_takes_the_better(page: Any, address: str) -> None:
    keep(page, address, KEPT)
    page.goto(f"{address}progress/")
    given = {
        "book": "ground-up",
        "version": 1,
        "chapters": {FIRST: {"done": "2026-11-21", "right": 10, "of": 10}, VECTORS: {"done": 5, "right": 1, "of": 1}},
        "questions": {f"{FIRST}#new-tariff": "wrong", f"{FIRST}#guess-loss": "right", f"{VECTORS}#x": "maybe"},
        "stopped": {**STOPPED, "path": FIRST, "when": "2026-11-19T10:00:00.000Z"},
        "something": "unknown",
    }
    told = bring(page, given)
    assert "chapters: 1, answers: 1, place where you stopped: 0, drills: 0. Left out, because unreadable: 2." in told
    now = stored(page)
    assert now["chapters"] == {FIRST: {"done": "2026-11-19", "right": 10, "of": 10}}
    assert now["questions"] == {**KEPT["questions"], f"{FIRST}#guess-loss": "right"}
    assert now["stopped"] == STOPPED
    assert "something" not in now
    given["chapters"] = {FIRST: {"done": "2026-11-01", "right": 1, "of": 10}}
    bring(page, given)
    assert stored(page)["chapters"] == {FIRST: {"done": "2026-11-01", "right": 10, "of": 10}}


OURS = {**EMPTY, "book": "ground-up"}
FOREIGN = "JSON, but no export of this book"
REPORT = {"format": 1, "groundup": "0.1"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x89PNG", "not JSON"),
        (b"", "not JSON"),
        (b"null", FOREIGN),
        ({"type": "excalidraw", "version": 2}, FOREIGN),
        ([OURS], FOREIGN),
        ({**OURS, "version": "1.0"}, FOREIGN),
        ({**OURS, "version": 2}, "later version"),
        ({**REPORT, "sessions": 3}, FOREIGN),
        ({**REPORT, "format": 2, "sessions": []}, "later version"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(page: Any, address: str, data: Any, told: str) -> None:
    keep(page, address, KEPT)
    page.goto(f"{address}progress/")
    before = picture(page)
    sentence = bring(page, data)
    assert told in sentence
    assert "Nothing was imported." in sentence
    assert stored(page) == KEPT
    assert picture(page) == before


def drill(page: Any, name: str) -> str:
    return page.inner_text(f"[data-drill={name}] > span")


def report(home: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What `drill report --export` writes of a learner who handed in two drills three times."""
    monkeypatch.setenv("GROUNDUP_HOME", str(home))
    began = Stamp(wall=1_740_996_000.0, boot=5000.0, boot_id="first")  # 3 March 2025
    with History(print) as history:
        for name, mode, results in (
            ("kmeans", Mode.TIMED, [("fail", 0.2, 700.0), ("pass", 1.0, 1265.0)]),
            ("kmeans", Mode.PRACTICE, [("pass", 1.0, 60.0)]),
            ("softmax", Mode.TIMED, [("partial", 0.75, 300.0)]),
            ("metrics", Mode.PRACTICE, [("pass", 1.0, 60.0)]),
        ):
            session = history.begin(name, home / name, mode, device="cpu", seconds=2400.0, started=began)
            for outcome, score, used in results:
                attempt = Attempt(session.id, began.wall + used, used, False, 0, outcome, score, {}, 1, "cpu")
                verdict = Verdict(name, Outcome(outcome), score, {}, (), 0.1, 1, "cpu")
                history.keep(attempt, b"secret = 1", verdict, ends=False)
    return json.dumps(export_of_drills(History(print), Record.read(print))).encode()


def test_a_report_of_the_practice_tool_shows_the_best_result_of_each_drill(
    page: Any, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(page, address, KEPT)
    page.goto(f"{address}progress/")
    assert drill(page, "kmeans") == "partial, score 0.80 · 2026-11-18"
    assert drill(page, "softmax") == "Not handed in"
    content = report(tmp_path, monkeypatch)
    assert "chapters: 0, answers: 0, place where you stopped: 0, drills: 3" in bring(page, content)
    assert drill(page, "kmeans") == "✓ Passed in 21:05 · 2025-03-03"
    assert drill(page, "softmax") == "partial, score 0.75 · 2025-03-03"
    assert drill(page, "metrics") == "✓ Passed without a clock · 2025-03-03"
    assert "secret" not in page.evaluate("localStorage.getItem('ground-up')")
    assert "drills: 0" in bring(page, content)
    page.reload()
    assert drill(page, "kmeans") == "✓ Passed in 21:05 · 2025-03-03"
    reset(page)
    assert drill(page, "kmeans") == "Not handed in"


def test_a_worse_result_of_a_drill_changes_nothing(page: Any, address: str) -> None:
    best = {"outcome": "pass", "score": 1, "used": 90, "late": False, "clock": True, "when": "2026-11-18"}
    keep(page, address, {**KEPT, "drills": {"kmeans": best}})
    page.goto(f"{address}progress/")
    for change in ({"outcome": "fail"}, {"late": True}, {"used": 100}, {"score": 0.9}):
        attempt = {"outcome": "pass", "score": 1, "used": 90, "late": False, "when": "2026-11-20", **change}
        sessions = [{"drill": "kmeans", "mode": "timed", "attempts": [attempt]}]
        assert "drills: 0" in bring(page, {**REPORT, "sessions": sessions})
    assert stored(page)["drills"] == {"kmeans": best}


@pytest.mark.parametrize(
    "sessions",
    [
        [None],
        [3],
        [{"drill": "kmeans"}],
        [{"drill": "kmeans", "attempts": 3}],
        [{"drill": "kmeans", "attempts": [None]}],
    ],
)
def test_a_report_of_wrong_types_is_survived(page: Any, address: str, sessions: Any) -> None:
    keep(page, address, KEPT)
    page.goto(f"{address}progress/")
    assert "drills: 0" in bring(page, {**REPORT, "sessions": sessions})
    assert stored(page)["drills"] == KEPT["drills"]


def test_an_import_of_wrong_types_at_any_depth_is_survived(page: Any, address: str) -> None:
    page.goto(f"{address}progress/")
    given = {
        "book": "ground-up",
        "version": 1,
        "chapters": [1],
        "questions": {"__proto__": "right", "a#b": None},
        "stopped": {"path": {}, "anchor": 3, "when": "9"},
    }
    assert "Left out" in bring(page, given)
    page.reload()
    assert f"0 of {WRITTEN} chapters done" in total(page)
    assert page.inner_text(".continue") == ""
    assert page.inner_text(".progress-state") == ""


BAD_ENTRY = '{"version": 1, "chapters": {"part-1/04-similarity": {"done": true}}, "questions": {"a#b": 3}}'


@pytest.mark.parametrize("damaged", ["{", '"x"', '{"chapters": []}', BAD_ENTRY, '{"stopped": {"path": 1}}'])
def test_a_damaged_store_is_set_aside_and_only_reset_removes_it(page: Any, address: str, damaged: str) -> None:
    keep(page, address, damaged)
    page.goto(f"{address}progress/")
    state = page.locator(".progress-state")
    assert "damaged" in state.inner_text()
    assert f"0 of {WRITTEN} chapters done" in total(page)
    aside = "localStorage.getItem('ground-up-damaged')"
    assert page.evaluate("localStorage.getItem('ground-up')") == damaged
    assert "chapters: 1, answers: 3" in bring(page, {**KEPT, "book": "ground-up"})
    assert page.evaluate(aside) == damaged
    page.reload()
    assert f"1 of {WRITTEN} chapters done" in total(page)
    assert "damaged" in state.inner_text()
    reset(page)
    assert page.evaluate(aside) is None
    assert state.inner_text() == ""


def test_what_a_later_version_kept_is_left_alone_until_a_reset(page: Any, address: str) -> None:
    later = {"version": 2, "chapters": [], "new": True}
    keep(page, address, later)
    page.goto(f"{address}{VECTORS}/")
    answer_mastery(page)
    page.click(".md-nav--primary >> text=Your progress")
    page.wait_for_selector(".progress-state:not(:empty)")
    assert "A later version" in page.inner_text(".progress-state")
    assert f"1 of {WRITTEN} chapters done" in total(page)
    assert "Nothing was imported." in bring(page, {**KEPT, "book": "ground-up"})
    assert json.loads(export(page)[1]) == {**later, "book": "ground-up"}
    assert stored(page) == later
    reset(page)
    assert stored(page) is None
    assert page.inner_text(".progress-state") == ""
    bring(page, {**KEPT, "book": "ground-up"})
    assert stored(page)["chapters"] == KEPT["chapters"]


REFUSED = "get() { throw new DOMException('no', 'SecurityError'); }"
FULL = "value: {getItem: () => null, setItem() { throw new DOMException('full', 'QuotaExceededError'); }}"
DEAF = "value: {getItem: () => null, setItem() {}, removeItem() {}}"


@pytest.mark.parametrize("broken", [REFUSED, FULL, DEAF], ids=["refused", "full", "deaf"])
def test_where_the_browser_keeps_nothing_progress_lasts_as_long_as_the_page(
    browser: Any, address: str, broken: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})  # no `page`: Material itself raises here
    page = context.new_page()
    page.add_init_script(f"Object.defineProperty(window, 'localStorage', {{ {broken} }})")
    page.goto(f"{address}{VECTORS}/")
    answer_mastery(page)
    page.click(".md-nav--primary >> text=Your progress")
    page.wait_for_selector(".progress-state:not(:empty)")
    assert "This browser keeps nothing" in page.inner_text(".progress-state")
    assert row(page, "04-similarity").startswith("✓ Done")
    assert json.loads(export(page)[1])["chapters"].keys() == {VECTORS}
    reset(page)
    assert f"0 of {WRITTEN} chapters done. 0 of" in total(page)
    context.close()


CURRENT = "JSON.parse(localStorage.getItem('ground-up')).stopped"


def scroll_to(page: Any, anchor: str) -> None:
    page.evaluate("anchor => document.getElementById(anchor).scrollIntoView()", anchor)
    page.wait_for_function(f"anchor => {CURRENT}.anchor === anchor", arg=anchor)


def test_where_the_reader_stopped_is_offered_on_the_start_page_and_on_the_progress_page(
    page: Any, address: str
) -> None:
    page.goto(address)
    assert page.inner_text(".continue") == ""
    page.goto(f"{address}{VECTORS}/")
    page.wait_for_function(f"localStorage.getItem('ground-up') && {CURRENT}.path")
    page.goto(address)
    assert page.inner_text(".continue") == "Continue: How alike are two vectors?"
    page.goto(f"{address}{VECTORS}/")
    for anchor in ("direction-cosine-similarity", "summary", "position-euclidean-and-manhattan-distance"):
        scroll_to(page, anchor)
    words = "Continue: How alike are two vectors? · Position: Euclidean and Manhattan distance"
    for path in ("", "progress/", "about/", ""):
        page.goto(address + path)
        if path != "about/":
            assert page.inner_text(".continue") == words
    page.click(".continue a")
    page.wait_for_url(f"**/{VECTORS}/#position-euclidean-and-manhattan-distance")
    page.wait_for_function("scrollY > 1000")


def test_opening_a_chapter_again_does_not_lose_the_place_in_it(page: Any, address: str) -> None:
    keep(page, address, KEPT)
    page.goto(f"{address}{VECTORS}/")
    # The observer speaks in the first frame.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert stored(page)["stopped"] == STOPPED
    page.click(".md-nav--primary >> text=Knobs, error, repeat")
    page.wait_for_function(f"{CURRENT}.path === '{FIRST}'")
    assert stored(page)["stopped"]["anchor"] == ""


def test_a_place_in_a_chapter_that_is_gone_is_not_offered(page: Any, address: str) -> None:
    keep(page, address, {**KEPT, "stopped": {**STOPPED, "path": "//example.org/part-1/x"}})
    page.goto(address)
    assert page.locator(".continue a").count() == 0


def test_two_tabs_lose_nothing_and_see_each_other(page: Any, address: str) -> None:
    page.goto(f"{address}{VECTORS}/")
    others = [page.context.new_page() for _ in range(2)]
    second, shown = others
    second.goto(f"{address}{VECTORS}/")
    shown.goto(f"{address}progress/")
    for tab, name in ((page, "unused-word"), (second, "many-small-gaps")):
        tab.bring_to_front()
        tab.locator(f"#quiz-{name} input").first.check()
        tab.click(f"#quiz-{name} .quiz-check")
    assert stored(page)["questions"].keys() == {f"{VECTORS}#unused-word", f"{VECTORS}#many-small-gaps"}
    shown.wait_for_function("document.querySelector('.progress-total').textContent.includes(' 2 of ')")
    answer_mastery(second)
    page.wait_for_function("document.querySelector('.mastery-result').textContent.includes('Chapter done')")
    assert "10 of 10 answered" in page.inner_text(".mastery-progress")
    shown.wait_for_selector(".md-nav--primary .done", state="attached")


def focused(page: Any) -> str:
    return page.evaluate("document.activeElement.innerText || document.activeElement.type")


def test_everything_works_by_keyboard(page: Any, address: str) -> None:
    keep(page, address, KEPT)
    page.goto(f"{address}progress/")
    page.focus(".progress-export")
    page.keyboard.press("Tab")
    assert focused(page) == "file"
    page.keyboard.press("Tab")
    assert focused(page) == "Reset …"
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog", name="Delete your progress?").is_visible()
    assert focused(page) == "Cancel"
    page.keyboard.press("Escape")
    assert focused(page) == "Reset …"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "Delete"
    page.keyboard.press("Enter")
    assert said(page).startswith("Deleted.")
    assert focused(page) == "Reset …"
    with page.expect_download():
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")


@pytest.mark.parametrize("page", [{"viewport": {"width": 375, "height": 800}}], indirect=True, ids=["375"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Any, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    keep(page, address, KEPT)
    for path in ("progress/", ""):
        page.goto(address + path)
        assert page.locator(".continue a").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.goto(f"{address}progress/")
    page.click("text=Reset …")
    targets = page.locator("button.md-button, input[type=file]").all()
    assert len(targets) == 5
    assert [target.bounding_box()["height"] >= 24 for target in targets] == [True] * 5
    box = page.locator("dialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375


@pytest.mark.parametrize("width", [1280, 375])
def test_nothing_moves_on_a_page_for_what_is_kept(page: Any, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    places = """[...document.querySelectorAll(
      '.home h2, .parts li > a, .part-number, .md-nav--primary a, .progress-tools')]
      .map((element) => element.getBoundingClientRect())
      .flatMap((box) => [box.x, box.y, box.width, box.height])"""
    for path in ("", "progress/"):
        keep(page, address, EMPTY)
        page.goto(address + path)
        page.evaluate("document.fonts.ready")
        before = page.evaluate(places)
        keep(page, address, KEPT)
        page.goto(address + path)
        page.evaluate("document.fonts.ready")
        assert page.locator(".continue a").count() == 1
        assert page.evaluate(places) == pytest.approx(before, abs=1)  # a line is not a whole number of pixels


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True, ids=["no JavaScript"])
def test_without_javascript_the_chapters_are_listed(page: Any, address: str) -> None:
    page.goto(f"{address}progress/")
    assert page.locator(".parts a:visible").count() == WRITTEN
    assert page.is_visible("article noscript p")
    assert page.is_visible("text=kept in this browser")
    assert page.locator("article :is(button, input, progress, .needs-script):visible").count() == 0


def test_no_cookie_is_set_and_no_request_is_made(page: Any, address: str) -> None:
    page.goto(f"{address}{VECTORS}/")
    page.wait_for_load_state("networkidle")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    scroll_to(page, "summary")
    answer_mastery(page)
    page.goto(f"{address}progress/")
    page.wait_for_load_state("networkidle")
    assert [url for url in requests if not url.startswith(address)] == []
    requests.clear()
    _, content = export(page)
    bring(page, content)
    reset(page)
    assert [url for url in requests if not url.startswith("blob:")] == []
    assert page.context.cookies() == []


def test_it_works_in_a_folder_without_a_server(page: Any, tmp_path: Path) -> None:
    build(tmp_path, "--no-directory-urls")
    page.goto(f"{(tmp_path / VECTORS).as_uri()}.html")
    answer_mastery(page)
    scroll_to(page, "summary")
    assert stored(page)["chapters"].keys() == {VECTORS}
    page.goto((tmp_path / "progress.html").as_uri())
    assert row(page, "04-similarity").startswith("✓ Done")
    assert page.locator(".md-nav--primary .done").count() == 1
    page.click(".continue a")
    page.wait_for_url(f"file://**/{VECTORS}.html#summary")
