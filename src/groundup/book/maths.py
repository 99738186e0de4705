"""Maths: turns the formulas that `pymdownx.arithmatex` finds (`generic: true`) into MathML while the site is built.

The pages need no script to show a formula, and a screen reader can read it. Three steps:

1. `latex2mathml` reads the LaTeX. It passes on what it does not understand, so braces are counted before, and
2. its tree is checked: an unknown command or a fraction with one half is a `FormulaError` that names the formula.
3. The tree is brought to MathML Core, the part of MathML that browsers draw: styled letters become characters of their
   own, bars know which side they close, names of functions get their space.
"""

import html
import re
import unicodedata
from typing import Any
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert
from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from mkdocs.exceptions import BuildError

from groundup.book.errors import BookError

__all__ = ["FormulaError", "MathsExtension", "makeExtension", "to_mathml"]

ARITHMATEX = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)

# What latex2mathml lacks, in words that it has.
ALIASES = (
    (re.compile(r"\\(begin|end)\{aligned\}"), r"\\\1{split}"),
    (re.compile(r"\\(begin|end)\{align\}"), r"\\\1{align*}"),  # no numbers: nothing could refer to them
    (re.compile(r"\\arg\s*\\(max|min)\b"), r"\\arg\1"),
    (re.compile(r"\\arg\b"), r"\\operatorname{arg}"),
    (re.compile(r"\\operatorname\*?\{\s*arg\s*(?:\\,)?\s*(max|min)\s*\}"), r"\\arg\1"),
)
MATRICES = {f"{kind}matrix" for kind in ("", "p", "b", "B", "v", "V", "small")}
ENVIRONMENTS = MATRICES | {"aligned", "align", "align*", "split", "array", "cases"}
ARITY = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
UNDER = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
TAKES_LIMITS = {"max", "min", "sup", "inf", "lim", "argmax", "argmin"}
OPEN, CLOSE, BARS = set("([{⟨⌊⌈"), set(")]}⟩⌋⌉"), set("|‖∣∥")
ORDINARY = set("∞∅′″‴%$#&@_°\\…⋯")
STYLES = {
    "bold": "BOLD",
    "bold-italic": "BOLD ITALIC",
    "double-struck": "DOUBLE-STRUCK",
    "sans-serif": "SANS-SERIF",
    "monospace": "MONOSPACE",
}


class FormulaError(BookError, BuildError):
    """A formula in a page that cannot be turned into MathML.

    A `BuildError` as well, for MkDocs shows the sentence of one, and the traceback of anything else.
    """

    def __init__(self, tex: str, reason: str) -> None:
        super().__init__(f"The formula ${' '.join(tex.split())}$ cannot be shown: {reason}.")


def to_mathml(tex: str, *, display: bool = False) -> str:
    """MathML of a LaTeX formula.

    Args:
        tex: the formula, without its dollars.
        display: whether it stands on a line of its own.

    Raises:
        FormulaError: the formula is not LaTeX, or uses a command that `latex2mathml` does not know.
    """
    tex = tex.strip()
    if not tex:
        raise FormulaError(tex, "it is empty")
    _check_source(tex)
    source = tex
    for pattern, replacement in ALIASES:
        source = pattern.sub(replacement, source)
    try:
        markup = convert(source, xmlns="", display="block" if display else "inline")
    except Exception as error:  # latex2mathml raises a dozen kinds, KeyError and StopIteration among them
        raise FormulaError(tex, f"latex2mathml stops with {type(error).__name__} {error}".rstrip()) from error
    try:
        tree = ET.fromstring(markup)
    except ET.ParseError as error:
        raise FormulaError(tex, "it has an & outside a table, or a < or & inside \\text") from error
    _check_tree(tex, tree)
    _repair(tree, display)
    tree.attrib = {"display": tree.get("display", "inline"), "alttext": tex}
    return ET.tostring(tree, encoding="unicode", short_empty_elements=False)


def _check_source(tex: str) -> None:
    for environment in re.findall(r"\\begin\{([^}]*)\}", tex):
        if environment not in ENVIRONMENTS:
            raise FormulaError(tex, f"the environment {environment} is unknown")
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", tex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            raise FormulaError(tex, "a } has no {")
    if depth:
        raise FormulaError(tex, "a { has no }")


def _check_tree(tex: str, tree: ET.Element) -> None:
    for element in tree.iter():
        text = element.text or ""
        if text.startswith("\\") and len(text) > 1:
            raise FormulaError(tex, f"the command {text} is unknown")
        if len(element) != ARITY.get(element.tag, len(element)):
            raise FormulaError(tex, "a command lacks an argument")
        if element.tag == "mo" and not text and "fence" not in element.attrib:
            raise FormulaError(tex, "the name of an operator holds more than letters")
        if "linebreak" in element.attrib:
            raise FormulaError(tex, "\\\\ breaks lines only inside an environment such as aligned")


# ---- to MathML Core -------------------------------------------------------------------------------------------------


def _repair(element: ET.Element, display: bool) -> None:
    for index, child in enumerate(element):
        _repair(child, display)
        if child.tag == "mrow" and len(child) == 1 and child[0].tag in {"mi", "mn"}:
            element[index] = child[0]
    _restyle(element)
    _retag(element)
    if element.tag in UNDER and display and _text(element[0]) in TAKES_LIMITS:
        element.tag = UNDER[element.tag]
    if element.tag == "mover":
        _accent(element)
    if element.tag in SCRIPTS and not element.get("accent"):
        _tighten(element)
    if element.tag in {"math", "mrow", "mtd", "msqrt", "mstyle"}:
        _merge_upright(element)
        _wrap_tables(element)
        _pair_bars(element)
        _sign(element)
        _space_functions(element)


def _restyle(element: ET.Element) -> None:
    """Browsers ignore `mathvariant` (all but `normal`): a bold x is the character 𝐱."""
    style = element.attrib.get("mathvariant", "normal")
    if style == "normal" or not element.text:
        return
    del element.attrib["mathvariant"]
    if element.tag == "mtext":
        element.set("style", "font-weight: bold" if "bold" in style else f"font-style: {style}")
    elif style in STYLES:
        element.text = "".join(_styled(letter, STYLES[style]) for letter in element.text)


def _styled(letter: str, style: str) -> str:
    kind = unicodedata.name(letter, "").removeprefix("LATIN ").removeprefix("GREEK ").replace(" LETTER", "")
    if kind.startswith("DIGIT"):
        style = style.removesuffix(" ITALIC")
    try:
        return unicodedata.lookup(f"MATHEMATICAL {style} {kind}")
    except KeyError:
        return letter


def _retag(element: ET.Element) -> None:
    """Signs that came as identifiers become operators, so that they get the space of one; and the reverse."""
    text = element.text or ""
    if element.tag == "mspace" and element.get("width") == "negativethinmathspace":
        element.set("width", "-0.167em")
    elif element.tag == "mo" and (text == "∞" or _is_name(text)):
        element.tag, element.attrib = "mi", {}
    elif element.tag == "mi" and len(text) == 1 and text not in ORDINARY and unicodedata.category(text)[0] in "SP":
        element.tag, element.text = "mo", "∼" if text == "~" else text
        if text in OPEN | CLOSE:
            element.attrib = {"form": "prefix" if text in OPEN else "postfix", "stretchy": "false"}
    elif element.tag == "mrow" and len(element) == 1 and element[0].text == ",":  # 1{,}000
        element[0].attrib = {"lspace": "0", "rspace": "0"}


def _accent(element: ET.Element) -> None:
    mark = element[1]
    if mark.tag == "mo" and mark.text in set("^~¯˙¨ˇ˘―"):
        wide = mark.text in set("¯―")
        mark.text = {"~": "˜", "^": "ˆ", "―": "¯"}.get(mark.text, mark.text)
        mark.attrib = {"stretchy": "true" if wide else "false"}
        element.set("accent", "true")


def _tighten(element: ET.Element) -> None:
    """In an index or a limit, signs stand as close as in TeX: the n×d of a superscript."""
    for script in list(element)[1:]:
        for sign in script.iter("mo"):
            if "stretchy" not in sign.attrib:
                sign.attrib |= {"lspace": "0", "rspace": "0"}


def _sign(row: ET.Element) -> None:
    """A minus after another sign belongs to what follows it, as in `= -x`."""
    for before, child in zip(row, list(row)[1:], strict=False):
        closed = before.get("form") == "postfix" or before.text in CLOSE
        if child.tag == "mo" and child.text in {"+", "−", "±"} and before.tag in {"mo", "mspace"} and not closed:
            child.set("form", "prefix")


def _merge_upright(row: ET.Element) -> None:
    r"""`\mathrm{ReLU}` comes letter by letter; as one identifier its letters stand together."""
    for left, right in list(zip(row, list(row)[1:], strict=False))[::-1]:
        if all(e.tag == "mi" and e.get("mathvariant") == "normal" for e in (left, right)):
            left.text = _text(left) + _text(right)
            row.remove(right)
    for child in row:
        if child.tag == "mi" and len(_text(child)) > 1:
            child.attrib.pop("mathvariant", None)


def _wrap_tables(row: ET.Element) -> None:
    """The brackets of a matrix grow with the matrix, and not with the tallest thing on the line."""
    for table in row.findall("mtable"):
        at = list(row).index(table)
        around = list(row)[at - 1 : at + 2] if at else []
        if len(around) == 3 and all(e.tag == "mo" and not e.attrib for e in around[::2]):
            fenced = ET.Element("mrow")
            fenced.extend(around)
            around[0].attrib = {"form": "prefix", "stretchy": "true"}
            around[2].attrib = {"form": "postfix", "stretchy": "true"}
            row[at - 1 : at + 2] = [fenced]


def _pair_bars(row: ET.Element) -> None:
    """`|x|` has an opening and a closing bar; `p(y|x)` has neither."""
    bars = [core for core in map(_core, row) if core.tag == "mo" and core.text in BARS and "form" not in core.attrib]
    for index, bar in enumerate(bars):
        if bar.text == "∣":
            bar.attrib = {"stretchy": "false"}
            continue
        bar.attrib = {"stretchy": "false", "lspace": "0", "rspace": "0"}
        if len(bars) % 2 == 0:
            bar.set("form", "postfix" if index % 2 else "prefix")


def _space_functions(row: ET.Element) -> None:
    r"""`\log x` has a thin space between name and argument, `\log(x)` has none."""
    children = list(row)
    spaced: list[ET.Element] = []
    for before, child, after in zip([None, *children], children, [*children[1:], None], strict=False):
        if not _is_function(child):
            spaced.append(child)
            continue
        if before is not None and _is_operand(before) and not _is_function(before):
            spaced.append(_thin_space())
        spaced.append(child)
        if after is not None and _is_operand(after):
            spaced.append(_thin_space())
    row[:] = spaced


def _core(element: ET.Element) -> ET.Element:
    return _core(element[0]) if element.tag in SCRIPTS else element


def _is_function(element: ET.Element) -> bool:
    core = _core(element)
    return core.tag == "mi" and _is_name(core.text or "")


def _is_operand(element: ET.Element) -> bool:
    core = _core(element)
    return core.tag not in {"mo", "mspace"}


def _is_name(text: str) -> bool:
    letters = text.replace("\u2009", "")
    return len(letters) > 1 and letters.isalpha()


def _text(element: ET.Element) -> str:
    return (element.text or "").replace("\u2009", "")


def _thin_space() -> ET.Element:
    return ET.Element("mspace", {"width": "0.167em"})


# ---- the Markdown extension -----------------------------------------------------------------------------------------


class MathsPostprocessor(Postprocessor):
    """Replaces each formula in the finished page."""

    def run(self, text: str) -> str:
        """The page with MathML in place of what arithmatex left."""
        return ARITHMATEX.sub(_replace, text)


def _replace(match: re.Match[str]) -> str:
    display = match[2] == "["
    markup = to_mathml(html.unescape(match[3]), display=display)
    # A long formula scrolls on a phone; without a place in the tab order, the keyboard could not scroll it.
    return f'<div class="formula" tabindex="0">{markup}</div>' if display else markup


class MathsExtension(Extension):
    """Registers the postprocessor; needs `pymdownx.arithmatex` with `generic: true`."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Put the postprocessor after those that bring raw HTML back."""
        md.postprocessors.register(MathsPostprocessor(md), "groundup-maths", 5)


def makeExtension(**kwargs: Any) -> MathsExtension:
    """The extension, as Python-Markdown asks for it."""
    return MathsExtension(**kwargs)
