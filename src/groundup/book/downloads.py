"""What a reader can take away from a chapter, and the line on its page that offers it."""

from __future__ import annotations

from mkdocs.utils import get_relative_url

from groundup.book import notebook
from groundup.book.contents import Chapter, heading
from groundup.book.kept import Kept, digest, makers
from groundup.book.program import Program
from groundup.book.render import Shown
from groundup.book.runner import Run


def texts(
    chapter: Chapter, program: Program, run: Run, shown: Shown, page: str, *, address: str, kept: Kept
) -> dict[str, str]:
    """The files that a chapter offers, by their paths in the site.

    Args:
        chapter: Whose.
        program: The chapter's.
        run: Of the program.
        shown: What the chapter's page shows.
        page: The page's Markdown.
        address: Of the page; empty where the site does not know its own.
        kept: Where the files of the last build lie.
    """
    source = program.path.read_text(encoding="utf-8")
    # Of the page only lines that can be headings, or fences of cells: prose changes no notebook.
    outline = [line for line in page.splitlines() if line.startswith("#") or "cell=" in line]
    outputs = {name: printed.text for name, printed in shown.printed.items()}
    key = digest(makers(), source, program.digest, run.digest, run.packages, outputs, outline, chapter.label, address)
    made = kept.get(chapter.slug, key)
    if made is None:
        title = heading(page) or chapter.slug
        origin = notebook.Origin.of(program, title, chapter.label, address, run.packages)
        script = notebook.script(source, program, origin)
        made = [script, notebook.notebook(program, shown.printed, notebook.headings(page), origin)]
        kept.put(chapter.slug, key, made)
    return {name: text for name, text in zip(paths(chapter), made, strict=True)}


def paths(chapter: Chapter) -> tuple[str, str]:
    """Where the script and the notebook lie in the site: beside the page's file, whatever its address looks like."""
    stem = chapter.page.removesuffix(".md")
    return f"{stem}.py", f"{stem}.ipynb"


def line(chapter: Chapter, url: str, notebook_url: str = "") -> str:
    """The links for the page at ``url``; the last one to the page that shows the notebook."""
    links = [
        f'<a href="{get_relative_url(path, url)}" download>{name}</a>'
        for path, name in zip(paths(chapter), ("Program", "Notebook"), strict=True)
    ]
    if notebook_url:
        links.append(f'<a href="{get_relative_url(notebook_url, url)}">Notebook as a page</a>')
    return f'<p class="downloads">{" · ".join(links)}</p>\n'
