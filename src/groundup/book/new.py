"""Starting a chapter."""

from __future__ import annotations

import re
from pathlib import Path

import tomlkit

from groundup.book.book import Book
from groundup.book.contents import read_parts
from groundup.book.errors import BookError

_PROGRAM = '''"""{title}"""

# %% first
print("replace this cell")
'''

_PAGE = """# {title}

The question that this chapter answers, as a situation.

```python exec="on" cell="first"
```
"""


def new_chapter(book: Book, slug: str, folder: str, title: str) -> list[Path]:
    """Write a chapter's first program and page, and list it.

    Args:
        book: Where.
        slug: Name of both files: ``05-kernels``.
        folder: The part's folder: ``part-1``.
        title: The page's heading.

    Returns:
        The files that were written, relative to the project.

    Raises:
        BookError: The name is not a slug or is taken, or there is no such part.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise BookError(f"a chapter's name is lower-case words with hyphens, such as 05-kernels; got {slug!r}")
    contents = book.docs / "contents.toml"
    parts = read_parts(contents)
    part = next((part for part in parts if part.folder == folder), None)
    if part is None:
        raise BookError(f"there is no {folder}; the parts are {', '.join(part.folder for part in parts)}")
    page, program = book.docs / folder / f"{slug}.md", book.snippets / f"{slug}.py"
    for path in (page, program):
        if path.exists():
            raise BookError(f"{path.relative_to(book.root)} exists already")
    document = tomlkit.parse(contents.read_text(encoding="utf-8"))
    listed = document["parts"][part.number - 1]["chapters"]
    later = [index for index, other in enumerate(part.chapters) if other > slug]
    listed.insert(later[0] if later else len(part.chapters), slug)
    for path, text in ((program, _PROGRAM), (page, _PAGE)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(title=title), encoding="utf-8")
    contents.write_text(tomlkit.dumps(document), encoding="utf-8")
    return [path.relative_to(book.root) for path in (program, page, contents)]
