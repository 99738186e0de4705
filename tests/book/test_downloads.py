"""The site offers each chapter's program and notebook, and shows the notebooks that are asked for as pages."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from groundup.book.contents import read_parts
from groundup.book.errors import Fault

PROGRAM = "# %% one\nimport numpy as np\nprint('sum', np.ones(3).sum())\n"


def ask_for_notebook(project, slug: str) -> None:
    contents = project.root / "docs/contents.toml"
    contents.write_text(contents.read_text(encoding="utf-8") + f'notebooks = ["{slug}"]\n', encoding="utf-8")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, make_material):
    """Two chapters, the second with its notebook as a page, built twice: from nothing and from what was kept."""
    project = make_material(tmp_path_factory.mktemp("downloads") / "book")
    project.program("01-a", PROGRAM)
    project.program("02-b", PROGRAM.replace("ones(3)", "ones(4)"))
    project.lock("01-a", "02-b")
    ask_for_notebook(project, "02-b")
    for site in ("site", "again"):
        built = project.build("--strict", "--site-dir", site, PYTHONPROFILEIMPORTTIME="1")
        assert built.returncode == 0, built.stderr[-4000:]
        project.file(f"{site}.log", built.stderr)
    return project


def links(html: str) -> dict[str, str]:
    """The links of the line below the title, by their words."""
    line = re.search(r'</h1>\s*<p class="downloads">(.*?)</p>', html).group(1)
    return {words: href for href, words in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', line)}


def test_a_chapter_offers_its_program_and_its_notebook(book) -> None:
    offered = links(book.html("01-a"))
    assert offered == {"Program": "../01-a.py", "Notebook": "../01-a.ipynb"}
    assert book.html("01-a").count(" download>") == 2
    assert (book.root / "site/part-1/01-a.py").read_text(encoding="utf-8").endswith(PROGRAM)
    notebook = json.loads((book.root / "site/part-1/01-a.ipynb").read_text(encoding="utf-8"))
    assert notebook["cells"][-1]["outputs"][0]["text"] == ["sum 3.0\n"]


def test_chapter_and_notebook_page_lead_to_each_other(book) -> None:
    assert links(book.html("02-b"))["Notebook as a page"] == "../02-b-notebook/"
    page = book.html("02-b-notebook")
    assert '<p class="chapter-line"><a href="../02-b/">Part I · Part · Chapter 2</a> · Notebook</p>' in page
    assert links(page) == {"Program": "../02-b.py", "Notebook": "../02-b.ipynb"}
    assert "sum 4.0" in page


def test_a_notebook_page_is_not_found_twice_by_a_search(book) -> None:
    entries = json.loads((book.root / "site/search/entries.json").read_text(encoding="utf-8"))["docs"]
    assert any(entry["location"].startswith("part-1/02-b/") for entry in entries)
    assert not any("notebook" in entry["location"] for entry in entries)


def test_what_was_kept_is_the_same_and_needs_neither_nbformat_nor_nbconvert(book) -> None:
    imports = [re.findall(r"\| +(nbformat|nbconvert)$", (book.root / f"{site}.log").read_text(), re.MULTILINE)
               for site in ("site", "again")]  # fmt: skip
    assert {"nbformat", "nbconvert"} <= set(imports[0])
    assert imports[1] == []
    first, second = (
        {path.relative_to(book.root / site): path.read_bytes() for path in (book.root / site).rglob("part-1/**/*.*")}
        for site in ("site", "again")
    )
    assert first == second
    assert len(first) == 7


@pytest.mark.parametrize("directories", ["true", "false"])
def test_links_hold_whatever_addresses_look_like(book, tmp_path: Path, directories: str) -> None:
    settings = book.root / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}use_directory_urls: {directories}\n", encoding="utf-8")
    built = book.build("--strict", "--site-dir", str(tmp_path / "site"))
    settings.write_text(text, encoding="utf-8")
    assert built.returncode == 0, built.stderr
    chapter, notebook = (
        f"part-1/{name}/" if directories == "true" else f"part-1/{name}.html" for name in ("02-b", "02-b-notebook")
    )
    for page in (chapter, notebook):
        file = tmp_path / "site" / (f"{page}index.html" if page.endswith("/") else page)
        for href in links(file.read_text(encoding="utf-8")).values():
            target = tmp_path / "site" / urljoin(page, href)
            assert (target / "index.html" if href.endswith("/") else target).is_file(), href


def test_a_notebook_of_no_chapter_is_refused(project) -> None:
    project.program("01-a", PROGRAM)
    ask_for_notebook(project, "02-b")
    with pytest.raises(Fault, match="part 1 asks for the notebook of 02-b, which is no chapter of it"):
        read_parts(project.root / "docs/contents.toml")


def test_a_notebook_of_a_page_that_is_left_out_is_refused(project) -> None:
    project.program("01-a", PROGRAM)
    project.lock("01-a")
    ask_for_notebook(project, "01-a")
    settings = project.root / "mkdocs.yml"
    settings.write_text(settings.read_text(encoding="utf-8") + "exclude_docs: 01-a.md\n", encoding="utf-8")
    assert "part-1/01-a.md is left out; take its notebook out of docs/contents.toml too" in project.build().stderr
