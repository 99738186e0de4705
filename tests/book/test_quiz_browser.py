"""Quizzes in a browser: a page as ``quiz.place`` makes it, with the site's own style sheets and script."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pytest
from markdown import Markdown

from groundup.book import quiz
from groundup.book.companion import Choice, Companion, Question

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "part-1/01-knobs"
PAGE = "# Knobs\n\nWords.\n\n## Two knobs\n\nText.\n\n!!! confusion\n    Box.\n\n## Exercises\n\nDo it.\n"
STORED = 'localStorage.getItem("ground-up")'

SHELL = """\
<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Knobs</title>
{sheets}
<body dir="ltr" data-md-color-scheme="{scheme}" data-md-color-primary="custom"><div class="md-container">
<main class="md-main"><div class="md-main__inner md-grid"><div class="md-content">
<article class="md-content__inner md-typeset">{content}</article></div></div></main></div>
{head}<script src="{root}assets/javascripts/store.js"></script>
<script src="{root}assets/javascripts/quiz.js"></script></body></html>
"""


def asked(name: str, section: str) -> Question:
    choices = (
        Choice("`w` falls to $w - 1$", "The slope is positive, so *down* is left.", right=True),
        Choice("w grows", "That goes up the slope.", misconception="along-the-gradient"),
        Choice("w stays as it was, for a step of the rate 0.1 is far too small to be seen", "It is seen."),
        Choice("b moves", "It has a slope of its own."),
    )
    return Question(name, section, "step", "what-if", "choice", f"One step is taken on {name}. What moves?", choices)


def computed(
    name: str, section: str, kind: Literal["number", "trace"], stem: str, code: str, off: float = 0
) -> Question:
    return Question(name, section, "sum", "compute", kind, stem, (), code, off, "It counts.")


QUESTIONS = (
    asked("step", "two-knobs"),
    computed("sum", "two-knobs", "number", "What is $1 + 2.5$?", "print(1 + 2.5)", 0.01),
    computed("loop", "two-knobs", "trace", "What is printed?", 'for k in range(2):\n    print("k", k)\n\nprint(k < 1)'),
    *(asked(f"m{n}", "mastery") for n in range(3)),
    computed("twice", "mastery", "number", "What is 2000 × −1?", "print(-2000)"),
)
ANSWERS = {"sum": "3.5\n", "loop": "k 0\nk 1\nFalse\n", "twice": "-2000\n"}


def document(
    questions: tuple[Question, ...] = QUESTIONS, scheme: str = "default", head: str = "", root: str = "../../"
) -> str:
    lines = quiz.place(PAGE.splitlines(), Companion(questions), ANSWERS)
    content = Markdown(extensions=["toc", "admonition", "md_in_html"]).convert("\n".join(lines))
    sheets = [*sorted(path.name for path in material().glob("*.css")), "ground-up.css", "quiz.css"]
    links = "".join(f'<link rel="stylesheet" href="{root}assets/stylesheets/{name}">' for name in sheets)
    return SHELL.format(sheets=links, scheme=scheme, content=content, head=head, root=root)


def material() -> Path:
    found = find_spec("material")
    assert found
    assert found.origin
    return Path(found.origin).parent / "templates" / "assets" / "stylesheets"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs" / "assets", folder / "assets")
    for sheet in material().glob("*.css"):
        shutil.copy(sheet, folder / "assets" / "stylesheets")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path, serving: Any) -> Iterator[str]:
    """Where the site is served: below a folder, as on a project's pages."""
    with serving(folder.parent) as url:
        yield f"{url}{folder.name}/"


@pytest.fixture
def write(folder: Path, address: str) -> Callable[..., str]:
    """Writes a page and returns its address."""

    def write(path: str = CHAPTER, **given: Any) -> str:
        (folder / path).mkdir(parents=True, exist_ok=True)
        (folder / path / "index.html").write_text(document(**given), encoding="utf-8")
        return f"{address}{path}/"

    return write


def verdict(page: Any, name: str) -> str:
    return page.inner_text(f"#quiz-{name} [role=status][aria-live=polite]")


def answer(page: Any, name: str, *, right: bool) -> None:
    radios = f"#quiz-{name} input"
    if page.locator(f"{radios}[type=radio]").count():
        page.locator(f"{radios}[data-right]" if right else f"{radios}:not([data-right])").first.check()
    else:
        page.fill(radios, "−2,000" if right else "5")
    page.click(f"#quiz-{name} .quiz-check")


def stored(page: Any) -> Any:
    return json.loads(page.evaluate(STORED))


def focused(page: Any) -> str:
    return page.evaluate(
        "document.activeElement.className || document.activeElement.name || document.activeElement.tagName"
    )


pytestmark = pytest.mark.browser


def test_a_choice_is_answered_by_keyboard_wrong_then_right(page: Any, write: Callable[..., str]) -> None:
    page.goto(write())
    assert not page.is_visible("#quiz-step details")
    page.keyboard.press("Tab")
    assert focused(page) == "step"
    right = page.evaluate("[...document.querySelectorAll('#quiz-step input')].findIndex(i => 'right' in i.dataset)")
    page.keyboard.press("Space")  # the first choice
    for _ in range((right + 1) % 4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "Wrong." in verdict(page, "step")
    assert page.get_attribute("#quiz-step details", "open") is not None
    assert page.inner_text("#quiz-step [data-mark=wrong] .quiz-mark") == "✗ your answer, wrong"
    assert page.inner_text("#quiz-step [data-mark=right] .quiz-mark") == "✓ the right answer"
    page.keyboard.press("ArrowUp")
    assert verdict(page, "step") == ""
    assert page.locator("#quiz-step [data-mark=wrong]").count() == 0
    page.keyboard.press("Tab")
    assert focused(page) == "quiz-check"
    page.keyboard.press("Enter")
    assert verdict(page, "step") == "✓ Right, on a later try."
    assert stored(page)["questions"] == {f"{CHAPTER}#step": "wrong"}
    page.keyboard.press("Tab")
    assert focused(page) == "SUMMARY"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Write an answer first."),
        ("three", "Write a number, such as 0.25."),
        ("3,505", "✓ Right."),
        (" 3.49 ", "✓ Right."),
        ("3.52", "✗ Wrong."),
    ],
)
def test_a_number_is_read_within_its_tolerance(page: Any, write: Callable[..., str], text: str, told: str) -> None:
    page.goto(write())
    page.fill("#quiz-sum input", text)
    page.press("#quiz-sum input", "Enter")
    assert verdict(page, "sum").startswith(told)


@pytest.mark.parametrize(("text", "told"), [("k 0\n k  1 \nFalse\n", "✓ Right."), ("k 0\nk 1\nTrue", "✗ Wrong.")])
def test_a_trace_is_compared_without_its_spacing(page: Any, write: Callable[..., str], text: str, told: str) -> None:
    page.goto(write())
    page.fill("#quiz-loop textarea", text)
    page.press("#quiz-loop textarea", "Control+Enter")
    assert verdict(page, "loop").startswith(told)


def test_nothing_chosen_is_no_answer(page: Any, write: Callable[..., str]) -> None:
    page.goto(write())
    page.click("#quiz-step .quiz-check")
    assert verdict(page, "step") == "Choose an answer first."
    assert page.evaluate(STORED) is None


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True, ids=["no JavaScript"])
def test_without_javascript_every_question_has_a_folded_answer(page: Any, write: Callable[..., str]) -> None:
    page.goto(write())
    assert page.locator("form.quiz .quiz-answer:not([open]) > summary:visible").count() == len(QUESTIONS)
    assert page.locator("button:visible").count() == 0
    page.click("#quiz-step summary")
    assert page.is_visible("text=That goes up the slope.")
    page.press("#quiz-sum input", "Enter")
    assert page.url.endswith(f"{CHAPTER}/")


def test_a_reload_keeps_what_was_answered_until_it_is_cleared(page: Any, write: Callable[..., str]) -> None:
    other = write("part-1/02-other")
    page.goto(other)
    answer(page, "step", right=True)
    page.goto(write())
    assert verdict(page, "step") == ""
    assert not page.is_visible("text=Try again")
    answer(page, "step", right=True)
    answer(page, "m0", right=False)
    page.reload()
    assert verdict(page, "step") == "✓ Right on the first try."
    assert page.is_checked("#quiz-step input[data-right]")
    assert verdict(page, "m0") == "✗ Wrong on the first try."
    assert page.is_visible("#quiz-m0 summary")
    assert page.inner_text(".mastery-progress") == "1 of 4 answered, 0 right on the first try."
    page.click("text=Try again")
    assert focused(page) == "m0"
    assert [verdict(page, name) for name in ("step", "m0")] == ["", ""]
    assert not page.is_visible("#quiz-step details")
    assert stored(page)["questions"] == {"part-1/02-other#step": "right"}
    page.reload()
    assert verdict(page, "step") == ""
    assert page.locator("input:checked").count() == 0


WRONG_PARTS = '{"version": 1, "chapters": [], "questions": 3}'


@pytest.mark.parametrize("damaged", ["{", "null", "[]", '"x"', "{}", WRONG_PARTS, '{"version": "old"}'])
def test_a_damaged_store_is_as_good_as_none(page: Any, write: Callable[..., str], damaged: str) -> None:
    address = write()
    page.goto(address)
    page.evaluate("text => localStorage.setItem('ground-up', text)", damaged)
    page.reload()
    answer(page, "step", right=True)
    assert stored(page)["questions"] == {f"{CHAPTER}#step": "right"}


def test_what_others_keep_in_the_store_stays(page: Any, write: Callable[..., str]) -> None:
    page.goto(write())
    page.evaluate('localStorage.setItem(\'ground-up\', \'{"version": 1, "predictions": {"a": 1}}\')')
    answer(page, "step", right=True)
    assert stored(page)["predictions"] == {"a": 1}


def test_a_damaged_entry_is_set_aside_and_the_others_stay(page: Any, write: Callable[..., str]) -> None:
    page.goto(write())
    kept = {"version": 1, "chapters": {CHAPTER: {"right": 3}}, "questions": {f"{CHAPTER}#sum": "right", "a#b": 1}}
    page.evaluate("text => localStorage.setItem('ground-up', text)", json.dumps(kept))
    page.reload()
    assert page.inner_text(".mastery-result") == ""
    answer(page, "step", right=True)
    assert stored(page)["questions"] == {f"{CHAPTER}#sum": "right", f"{CHAPTER}#step": "right"}
    assert json.loads(page.evaluate("localStorage.getItem('ground-up-damaged')")) == kept


def test_a_store_of_a_later_version_is_left_alone(page: Any, write: Callable[..., str]) -> None:
    page.goto(write())
    page.evaluate("localStorage.setItem('ground-up', '{\"version\": 2, \"questions\": []}')")
    page.reload()
    answer(page, "m0", right=True)
    answer(page, "m1", right=True)
    assert page.inner_text(".mastery-progress") == "2 of 4 answered, 2 right on the first try."
    assert stored(page) == {"version": 2, "questions": []}


REFUSED = "get() { throw new DOMException('no', 'SecurityError'); }"
FULL = "value: {getItem: () => null, setItem() { throw new DOMException('full', 'QuotaExceededError'); }}"


@pytest.mark.parametrize("broken", [REFUSED, FULL], ids=["refused", "full"])
def test_a_store_that_throws_breaks_nothing(page: Any, write: Callable[..., str], broken: str) -> None:
    page.add_init_script(f"Object.defineProperty(window, 'localStorage', {{ {broken} }})")
    page.goto(write())
    for name in ("m0", "m1", "m2"):
        answer(page, name, right=True)
    assert "Chapter done: 3 of 4" in page.inner_text(".mastery-result")


def test_three_quarters_right_on_the_first_try_finish_the_chapter(page: Any, write: Callable[..., str]) -> None:
    page.goto(write())
    assert page.inner_text(".mastery-progress[role=status]") == "0 of 4 answered, 0 right on the first try."
    answer(page, "m0", right=False)
    answer(page, "m0", right=True)
    answer(page, "m1", right=True)
    answer(page, "m2", right=True)
    assert page.inner_text(".mastery-progress") == "3 of 4 answered, 2 right on the first try."
    assert page.inner_text(".mastery-result[role=status]") == ""
    assert stored(page)["chapters"] == {}
    answer(page, "twice", right=True)
    assert "Chapter done: 3 of 4 right on the first try" in page.inner_text(".mastery-result")
    done = stored(page)["chapters"][CHAPTER]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", done.pop("done"))
    assert done == {"right": 3, "of": 4}
    page.click("text=Try again")
    page.reload()
    assert "Chapter done: 3 of 4" in page.inner_text(".mastery-result")
    answer(page, "m0", right=True)
    assert stored(page)["chapters"][CHAPTER]["right"] == 3
    for name in ("m1", "m2", "twice"):
        answer(page, name, right=True)
    assert stored(page)["chapters"][CHAPTER]["right"] == 4


def test_too_few_right_answers_say_how_many_are_needed(page: Any, write: Callable[..., str]) -> None:
    page.goto(write())
    for name in ("m0", "m1"):
        answer(page, name, right=False)
    for name in ("m2", "twice"):
        answer(page, name, right=True)
    assert "Not done yet: 2 of 4 right on the first try, 3 needed." in page.inner_text(".mastery-result")


def test_a_page_without_a_mastery_check_can_be_tried_again(page: Any, write: Callable[..., str]) -> None:
    page.goto(write(questions=QUESTIONS[:2]))
    answer(page, "step", right=True)
    page.click("text=Try again")
    assert stored(page)["questions"] == {}


SUBJECT = """<script>
window.document$ = {seen: [], subscribe(f) { this.seen.push(f); f(); }, next() { this.seen.forEach((f) => f()); }};
</script>"""


def test_a_page_that_replaces_another_starts_once(page: Any, write: Callable[..., str]) -> None:
    """What Material's instant navigation does: another address, another article, one event."""
    other = write("part-1/02-other", head=SUBJECT)
    page.goto(write(head=SUBJECT))
    page.evaluate("document$.next()")
    answer(page, "step", right=True)
    assert page.locator(".quiz-again").count() == 1
    page.evaluate(
        """async (address) => {
          const text = await (await fetch(address)).text();
          history.pushState({}, "", address);
          const next = new DOMParser().parseFromString(text, "text/html");
          document.querySelector("article").replaceWith(next.querySelector("article"));
          document$.next();
        }""",
        other,
    )
    assert verdict(page, "step") == ""
    answer(page, "step", right=False)
    assert stored(page)["questions"] == {f"{CHAPTER}#step": "right", "part-1/02-other#step": "wrong"}


def test_the_scripts_leave_one_global_and_ask_for_nothing(page: Any, write: Callable[..., str]) -> None:
    requests: list[str] = []
    page.goto(write(head="<script>names = Object.keys(window);</script>"))
    page.on("request", lambda request: requests.append(request.url))
    for name in ("step", "m0", "twice"):
        answer(page, name, right=True)
    new = page.evaluate("Object.keys(window).filter((name) => !names.includes(name) && name !== 'names')")
    assert new == ["groundUp"]
    assert [url for url in requests if "/assets/fonts/" not in url] == []


# Contrast of an element's text with what lies behind it; colours are drawn, so that every notation is understood.
CONTRAST = """selector => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const paint = canvas.getContext("2d", {willReadFrequently: true});
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const drawn = (colours) => {
    for (const colour of colours) { paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); }
    const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return Math.min(...[...document.querySelectorAll(selector)].map((element) => {
    const behind = ["#fff"];
    for (let e = element; e; e = e.parentElement) behind.splice(1, 0, getComputedStyle(e).backgroundColor);
    const pair = [drawn(behind), drawn([...behind, getComputedStyle(element).color])].sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
  }));
}"""
TEXTS = """legend|.quiz-kind|.quiz-choice|.quiz-mark|.quiz-verdict|.quiz-check|.quiz-note|.quiz-answer b|.quiz-answer a
|.quiz-answer li|.quiz-again button|.quiz-again span|.mastery-progress|.mastery-result"""


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("page", [{"viewport": {"width": 375, "height": 800}}], indirect=True, ids=["375"])
def test_it_is_legible_and_large_enough_on_a_phone(page: Any, write: Callable[..., str], scheme: str) -> None:
    page.goto(write(scheme=scheme))
    answer(page, "m0", right=False)
    for name in ("m1", "m2", "twice", "step"):
        answer(page, name, right=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for selector in TEXTS.replace("\n", "").split("|"):
        assert page.evaluate(CONTRAST, selector) >= 4.5, selector
    targets = page.locator(".quiz-choice, .quiz-field, .quiz button, .quiz-again button, .quiz summary").all()
    small = [target.inner_text() for target in targets if target.is_visible() and target.bounding_box()["height"] < 24]
    assert small == []


def test_focus_is_seen(page: Any, write: Callable[..., str]) -> None:
    page.goto(write())
    seen = (
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(seen) == "solid2px", focused(page)
