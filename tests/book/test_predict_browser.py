"""Predictions in a browser: what is folded at first, and what opens it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import material
import pytest
from markdown import markdown

from groundup.book.page import fences
from groundup.book.predict import place

pytestmark = pytest.mark.browser

ASSETS = Path(__file__).resolve().parents[2] / "docs" / "assets"
THEME = Path(material.__file__).parent / "templates" / "assets" / "stylesheets"

CHAPTER = """\
# Knobs

Text before.

??? predict "Which knob reaches its final value first, by `loss`?"
    - w, the `price` per kilometre
    - b, the fee at the start of every single trip, however short or long the trip itself may turn out to be
    - both together

Text between.

```python exec="on" cell="two-speeds"
```

Text after.

??? predict "The nearest receipt prices a trip of 10 km. At how many euros?"
    Write a number down.

```python exec="on" cell="nearest"
```

!!! note "Inside another box"
    ??? predict "How steep?"
        - flat
        - steep

    ??? predict "By how much?"
        Write a number down.

    ```python exec="on" cell="slope"
    ```
"""
CELL = (
    '<div class="cell" id="cell-{name}" data-cell="{name}"><div class="highlight"><pre><code>for step in range(3):\n'
    '    print(step)\n</code></pre></div><details class="predicted"><summary>Show what it prints</summary>'
    '<div class="cell-output"><pre tabindex="0"><code>0\n1\n2 of {name}\n</code></pre></div></details></div>'
)
HTML = """\
<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Predictions</title>{styles}</head>
<body data-md-color-scheme="default" data-md-color-primary="custom" data-md-color-accent="custom">
<main class="md-content"><article class="md-content__inner md-typeset">{content}</article></main>
<script>
  // As in a theme with instant navigation: told now, and again after each change of the page.
  const told = []; if (location.hash !== "#plain") window.document$ = {{ subscribe: f => {{ told.push(f); f() }} }}
</script>
{scripts}</body></html>
"""


def standin(lines: list[str]) -> str:
    """The page with every cell drawn, as the renderer does it for cells that answer a prediction."""
    marked: list[str] = []
    at = 0
    for fence in fences(lines):
        assert fence.options["predicted"] == "on"
        marked += [*lines[at : fence.start], f"{fence.indent}CELL {fence.options['cell']}"]
        at = fence.end
    html = markdown("\n".join(marked + lines[at:]), extensions=["admonition", "pymdownx.details"])
    return re.sub("<p>CELL (.*)</p>", lambda cell: CELL.format(name=cell[1]), html)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    main, palette = next(THEME.glob("main.*.min.css")), next(THEME.glob("palette.*.min.css"))
    sheets = [main, palette, *(ASSETS / "stylesheets" / name for name in ("ground-up.css", "predict.css"))]
    path = tmp_path_factory.mktemp("predict") / "page.html"
    script = f'<script src="{(ASSETS / "javascripts" / "predict.js").as_uri()}"></script>'
    html = HTML.format(
        styles="".join(f'<link rel="stylesheet" href="{sheet.as_uri()}">' for sheet in sheets),
        content=standin(place(CHAPTER.split("\n"))),
        scripts=script * 2,  # Twice, since a theme may run it again.
    )
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(page: Any, address: str) -> Any:
    page.goto(address)
    return page


def output(page: Any, cell: str) -> Any:
    return page.locator(f"#cell-{cell} .cell-output")


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim() || document.activeElement.tagName") == name:
            return
    pytest.fail(f"the keyboard does not reach {name}")


def test_every_output_is_folded_at_first(page: Any) -> None:
    assert page.locator(".cell-output").count() == 3
    assert page.locator(".cell-output:visible").count() == 0
    assert page.locator("[role=status]").all_text_contents() == ["", "", "", ""]


def test_a_choice_by_keyboard_opens_the_output_and_is_said(page: Any) -> None:
    tab_to(page, "w, the price per kilometre")
    page.keyboard.press("Enter")
    assert output(page, "two-speeds").is_visible()
    assert output(page, "nearest").is_hidden()
    box = page.get_by_role("group", name="Which knob")
    status = box.get_by_role("status")
    assert status.inner_text() == "You said: w, the price per kilometre. The output is open."
    assert status.locator("code").inner_text() == "price"
    pressed = box.get_by_role("button", pressed=True)
    assert pressed.inner_text() == "w, the price per kilometre"
    assert page.evaluate("document.activeElement.ariaPressed") == "true"
    assert box.get_by_role("button", disabled=False).all_inner_texts() == []


def test_a_choice_is_made_once(page: Any) -> None:
    choices = page.locator(".for-two-speeds .predict-choice")
    choices.nth(1).click()
    choices.nth(1).press("Enter")
    choices.nth(2).dispatch_event("click")
    assert page.locator(".for-two-speeds [role=status]").inner_text().count("You said") == 1


def test_the_choices_are_a_list_of_buttons(page: Any) -> None:
    group = page.get_by_role("group", name="Which knob")
    assert group.get_by_role("listitem").count() == 3
    assert group.get_by_role("button").count() == 4


def test_a_number_opens_the_output(page: Any) -> None:
    box = page.get_by_role("group", name="The nearest receipt")
    field = box.get_by_label("Your answer")
    field.fill(" -2.5e3 ")
    field.press("Enter")
    assert output(page, "nearest").is_visible()
    assert box.get_by_role("status").inner_text() == "You said: -2.5e3. The output is open."
    assert page.evaluate("document.activeElement.tagName") == "INPUT"


@pytest.mark.parametrize("nothing", ["", "  "])
def test_nothing_is_no_number(page: Any, nothing: str) -> None:
    box = page.locator(".for-nearest")
    box.locator("input").fill(nothing)
    box.get_by_role("button", name="Answer").click()
    assert output(page, "nearest").is_hidden()
    assert page.evaluate("document.activeElement.tagName") == "INPUT"


@pytest.mark.parametrize("cell", ["two-speeds", "nearest"])
def test_show_me_opens_the_output(page: Any, cell: str) -> None:
    box = page.locator(f".for-{cell}")
    box.get_by_role("button", name="Show me").press("Space")
    assert output(page, cell).is_visible()
    assert box.get_by_role("status").inner_text() == "The output is open."


def test_of_two_questions_about_a_cell_the_last_one_opens_it(page: Any) -> None:
    boxes = page.locator(".for-slope")
    boxes.nth(1).locator("input").fill("2")
    boxes.nth(1).locator("input").press("Enter")
    assert output(page, "slope").is_hidden()
    assert boxes.nth(1).get_by_role("status").inner_text() == "You said: 2."
    boxes.nth(0).get_by_role("button", name="steep").click()
    assert output(page, "slope").is_visible()


def test_the_link_leads_to_the_cell(page: Any) -> None:
    page.locator(".for-two-speeds .predict-choice").first.click()
    page.click("text=The output is open.")
    assert page.url.endswith("#cell-two-speeds")


def test_nothing_is_remembered(page: Any) -> None:
    page.locator(".for-two-speeds .predict-choice").first.click()
    page.reload()
    assert output(page, "two-speeds").is_hidden()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_page_that_arrives_by_instant_navigation_asks_too(page: Any, address: str) -> None:
    page.evaluate("""async () => {
        const article = document.querySelector("article");
        article.innerHTML = '<div class="admonition predict for-x"><p class="admonition-title">Q?</p>'
            + '<ul><li>a</li></ul></div><div id="cell-x"><details class="predicted">'
            + '<summary>Show</summary><p class="cell-output">out</p></details></div>';
        told.forEach(tell => tell()); told.forEach(tell => tell());
    }""")
    assert page.locator(".predict button").all_inner_texts() == ["a", "Show me"]
    page.click("text=a")
    assert output(page, "x").is_visible()


def test_it_works_without_the_theme_and_leaves_no_globals(page: Any, address: str) -> None:
    before = set(page.evaluate("Object.getOwnPropertyNames(window)"))
    page.goto("about:blank")
    page.goto(f"{address}#plain")
    assert page.locator(".predict-asks").count() == 4
    after = set(page.evaluate("Object.getOwnPropertyNames(window)"))
    assert after <= before


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True, ids=["no JavaScript"])
def test_without_javascript_the_output_is_a_plain_fold(page: Any) -> None:
    assert page.locator(".for-two-speeds li").all_inner_texts()[2] == "both together"
    assert page.locator("button, input").count() == 0
    assert output(page, "two-speeds").is_hidden()
    page.click("#cell-two-speeds summary")
    assert output(page, "two-speeds").is_visible()


@pytest.mark.parametrize("page", [{"viewport": {"width": 375, "height": 800}}], indirect=True, ids=["375"])
def test_it_fits_a_phone_and_a_finger(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    heights = [button.bounding_box()["height"] for button in page.locator(".predict :is(button, input)").all()]
    assert min(heights) >= 44


def test_the_focus_is_visible(page: Any) -> None:
    tab_to(page, "both together")
    style = page.evaluate("(s => [s.outlineStyle, s.outlineWidth])(getComputedStyle(document.activeElement))")
    assert style == ["solid", "2px"]


def test_paper_shows_the_output(page: Any) -> None:
    page.emulate_media(media="print")
    assert output(page, "two-speeds").bounding_box()["height"] > 0
    assert page.locator("#cell-two-speeds summary").is_hidden()
