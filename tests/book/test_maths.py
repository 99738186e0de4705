"""Formulas become MathML, or end the build with a sentence that names them."""

import re
from xml.etree import ElementTree as ET

import pytest
from markdown import markdown

from groundup.book.maths import FormulaError, to_mathml


def page(text: str) -> str:
    return markdown(
        text,
        extensions=["pymdownx.arithmatex", "pymdownx.superfences", "toc", "groundup.book.maths"],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )


def shape(tex: str, *, display: bool = False) -> str:
    """The formula's elements and texts, without attributes."""
    return re.sub(r"<(\w+)[^>]*>", r"<\1>", to_mathml(tex, display=display))


def test_a_formula_in_a_line_stays_in_the_line() -> None:
    assert re.fullmatch(r'<p>so <math display="inline".*<mi>x</mi>.*</math>, then</p>', page("so $x$, then"))


def test_a_formula_on_lines_of_its_own_is_a_block() -> None:
    assert page("$$\nx\n$$").startswith('<div class="formula" tabindex="0"><math display="block"')


def test_no_trace_of_the_source_delimiters_is_left() -> None:
    rendered = page("$a$ and\n\n$$b$$")
    assert "arithmatex" not in rendered
    assert "\\(" not in rendered
    assert "\\[" not in rendered


def test_the_latex_source_is_the_alternative_text() -> None:
    assert 'alttext="\\frac{a}{b}"' in to_mathml(r"\frac{a}{b}")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        pytest.param(r"\frac{a}{2}", "<mfrac><mi>a</mi><mn>2</mn></mfrac>", id="fraction"),
        pytest.param(r"\eta", "<mi>η</mi>", id="greek"),
        pytest.param(r"\mathbf{x}", "<mi>𝐱</mi>", id="bold letter"),
        pytest.param(r"\boldsymbol{\theta}", "<mi>𝜽</mi>", id="bold greek"),
        pytest.param(r"\mathbf{1}", "<mn>𝟏</mn>", id="bold digit"),
        pytest.param(r"\mathbb{R}^{n}", "<mi>ℝ</mi>", id="number set"),
        pytest.param(r"\mathrm{ReLU}(x)", "<mi>ReLU</mi><mo>(</mo>", id="upright word"),
        pytest.param(r"x \sim p", "<mi>x</mi><mo>∼</mo><mi>p</mi>", id="sign between"),
    ],
)
def test_formula_holds(tex: str, expected: str) -> None:
    assert expected in shape(tex)


def test_limits_of_a_sum_stand_above_and_below_on_its_own_line() -> None:
    assert "<munderover><mo>∑</mo>" in shape(r"\sum_{i=1}^{n} x_i", display=True)
    assert "<msubsup><mo>∑</mo>" in shape(r"\sum_{i=1}^{n} x_i")


def test_limits_of_a_named_operator_stand_below_on_its_own_line() -> None:
    assert "<munder><mi>max</mi>" in shape(r"\max_w L", display=True)
    assert "<msub><mi>max</mi>" in shape(r"\max_w L")


def test_a_function_is_set_apart_from_its_argument_but_not_from_a_bracket() -> None:
    assert "<mi>log</mi><mspace></mspace><mi>x</mi>" in shape(r"\log x")
    assert "<mi>log</mi><mo>(</mo>" in shape(r"\log(x)")


def test_bars_open_and_close() -> None:
    bars = [mo for mo in ET.fromstring(to_mathml(r"\lVert a \rVert_2 \, |b|")).iter("mo") if mo.text in {"‖", "|"}]
    assert [bar.get("form") for bar in bars] == ["prefix", "postfix", "prefix", "postfix"]


def test_a_single_bar_neither_opens_nor_closes() -> None:
    assert "form" not in to_mathml("p(y|x)").replace("alttext", "")


def test_a_minus_after_another_sign_belongs_to_what_follows() -> None:
    operators = ET.fromstring(to_mathml("a - b = -c + (d) - e")).iter("mo")
    signs = [mo.get("form") for mo in operators if mo.text in {"−", "+"}]
    assert signs == [None, "prefix", None, None]


def test_signs_in_an_index_stand_close() -> None:
    assert ET.fromstring(to_mathml(r"x^{n \times d}")).find(".//mo[@lspace='0']") is not None


def test_the_brackets_of_a_matrix_grow_with_the_matrix_only() -> None:
    assert "<mrow><mo>[</mo><mtable>" in shape(r"A = \begin{bmatrix}1&2\\3&4\end{bmatrix}")


def test_aligned_equations_are_a_table() -> None:
    tree = ET.fromstring(to_mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", display=True))
    assert len(list(tree.iter("mtr"))) == 2
    assert len(list(tree.iter("mtd"))) == 4


@pytest.mark.parametrize("text", ["$a < b$", "$$\na < b\n$$"], ids=["inline", "display"])
def test_less_than_is_escaped(text: str) -> None:
    assert "<mo>&lt;</mo>" in page(text)


def test_ampersands_part_columns_and_are_escaped_in_the_alternative_text() -> None:
    rendered = page("$\\begin{matrix}1 & 2\\end{matrix}$")
    assert rendered.count("<mtd>") == 2
    assert "1 &amp; 2" in rendered


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\foo{x}", r"\foo is unknown"),
        (r"\frac{a}", "lacks an argument"),
        (r"\frac{a", "has no }"),
        (r"a}", "has no {"),
        (r"a & b", "outside a table"),
        (r"a \\ b", "breaks lines only inside"),
        (r"\begin{nothing}x\end{nothing}", "environment nothing is unknown"),
        (r"x^", "cannot be shown"),
        (" ", "empty"),
    ],
)
def test_a_bad_formula_is_an_error_that_names_it(tex: str, reason: str) -> None:
    with pytest.raises(FormulaError, match=re.escape(reason)) as caught:
        to_mathml(tex)
    assert f"${tex.strip()}$" in str(caught.value)


def test_a_bad_formula_in_a_page_ends_the_build() -> None:
    with pytest.raises(FormulaError, match="unknown"):
        page(r"so $\nosuchcommand$")


@pytest.mark.parametrize(
    "text",
    ["`$x$`", "``$x$``", "```\n$x$\n```", "    $x$", "it costs $5 or $6", r"\$x\$"],
    ids=["code span", "double backticks", "fence", "indented code", "prices", "escaped"],
)
def test_dollars_that_are_no_formula_stay(text: str) -> None:
    rendered = page(text)
    assert "<math" not in rendered
    assert "$" in rendered


def test_a_formula_in_a_heading_works() -> None:
    rendered = page("# Step $\\eta$")
    assert rendered.startswith("<h1 id=")
    assert "<mi>η</mi>" in rendered
