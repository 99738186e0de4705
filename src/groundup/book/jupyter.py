"""A notebook as a page of the site: rendered by mkdocs-jupyter, in the site's own dress.

mkdocs-jupyter is asked for its conversion and is not listed among the plugins of ``mkdocs.yml``: loading it imports
all of nbconvert, which takes longer than a build in which nothing has changed. It executes nothing. What it wraps the
notebook in, style sheets of half a megabyte and scripts from other hosts, is left behind; cells, outputs and headings
become what they are on a chapter's page.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

from markdown.extensions.toc import nest_toc_tokens, unique
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from groundup.book import cells, render
from groundup.book.figures import Drawing
from groundup.book.maths import to_mathml

_OPTIONS = {"execute": False, "allow_errors": False, "include_requirejs": False}
_FORMULA = re.compile(r"\$([^$\n]+)\$")


def fill(page: Page, notebook: str, drawings: Iterable[Drawing], *, above: str, below: str) -> None:
    """Make a page of a notebook: its content, and its table of contents.

    Args:
        page: Filled.
        notebook: The file's text.
        drawings: Its figures, in order: on a page they follow the theme.
        above: HTML to put above the title.
        below: HTML to put below it.
    """
    html, tokens = rendered(notebook, drawings)
    page.content = above + html.replace("</h1>", f"</h1>\n{below}", 1)
    page.toc = get_toc(tokens)
    page.present_anchor_ids = set(re.findall(r' id="([^"]*)"', html))


def rendered(notebook: str, drawings: Iterable[Drawing]) -> tuple[str, list[Any]]:
    """A notebook's HTML, and its headings as Python-Markdown lists them."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(_converted(notebook), "html.parser")
    ids: set[str] = set()
    tokens: list[Any] = []
    for heading in soup.select("h1, h2, h3, h4, h5, h6"):
        for link in heading.select(".anchor-link"):
            link.decompose()
        anchor, title, words = unique(str(heading["id"]), ids), heading.get_text(), heading.decode_contents()
        tokens.append({"level": int(heading.name[1]), "id": anchor, "name": title})
        words = _FORMULA.sub(lambda found: to_mathml(unescape(found[1])), words)
        permalink = f'<a class="headerlink" href="#{anchor}" title="Link to this section">¶</a>'
        heading.replace_with(
            BeautifulSoup(f'<{heading.name} id="{anchor}">{words}{permalink}</{heading.name}>', "html.parser")
        )
    left = iter(drawings)
    html = "\n".join(_cell(cell, left) for cell in soup.select(".jp-Cell[id]"))
    return cells.reachable(html), nest_toc_tokens(tokens)


def _converted(notebook: str) -> str:
    """What mkdocs-jupyter makes of the cells."""
    from mkdocs_jupyter import convert

    with tempfile.TemporaryDirectory(prefix="book-notebook-") as folder:
        os.environ["JUPYTER_CONFIG_DIR"] = folder  # An author's own settings of Jupyter are not the book's.
        path = Path(folder) / "notebook.ipynb"
        path.write_text(notebook, encoding="utf-8")
        html = str(convert.nb2html(str(path), **_OPTIONS))
    return html[html.index('<div class="jupyter-wrapper">') : html.index("<!-- jupyter-wrapper -->")]


def _cell(cell: Any, drawings: Iterator[Drawing]) -> str:
    if "jp-MarkdownCell" in cell["class"]:
        return str(cell.select_one(".jp-RenderedMarkdown").decode_contents())
    name = cell["id"].removeprefix("cell-id=")
    prompt = cell.select_one(".jp-InputPrompt").get_text().strip().rstrip(":")
    code = cell.select_one(".highlight-ipynb pre").decode_contents().removeprefix("<span></span>")
    parts = [
        f'<p class="cell-label">{prompt}</p>',
        f'<div class="language-python highlight"><pre><span></span><code>{code}</code></pre></div>',
    ]
    lines = code.count("\n") + 1
    for number, output in enumerate(cell.select(".jp-OutputArea-output"), 1):
        if "jp-RenderedSVG" in output["class"]:
            parts.append(render.figure(next(drawings), f"{name}-{number}"))
            lines += render.FIGURE
        else:
            error = " cell-error" if output["data-mime-type"] == "application/vnd.jupyter.stderr" else ""
            text = output.select_one("pre").decode_contents().removeprefix("\n")
            parts.append(f'<div class="cell-output{error}"><pre tabindex="0"><code>{text}</code></pre></div>')
            lines += text.count("\n") + 1
    return f'<div class="cell" id="cell-{name}" {render.place(lines)}>{"".join(parts)}</div>'
