"""What ``mkdocs build`` makes of a book in which everything holds."""

import re
from html import unescape

import pytest


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_a_page_shows_every_cell_with_what_it_printed(project) -> None:
    project.program("04-similarity", "# %% one\nx = 2\n\n# %% two\nprint(x < 3)\n\n# %% three hide\nprint('unseen')\n")
    project.lock("04-similarity")
    built = project.build("--strict")
    assert built.returncode == 0, built.stderr
    page = project.html("04-similarity")
    assert re.findall(r'data-cell="(.*?)"', page) == ["one", "two"]
    assert "print(x < 3)\nTrue\n" in text(page)
    assert "unseen" not in page


def test_a_page_says_where_the_reader_is(project) -> None:
    project.program("04-similarity", "# %% one\nprint(1)\n")
    project.lock("04-similarity")
    project.build()
    assert '<p class="chapter-line">Part I · Part · Chapter 4 · ' in project.html("04-similarity")


def test_each_cell_carries_its_badge_label_and_fold(project) -> None:
    project.program(
        "01-a",
        """
        # %% exact
        print("a")

        # %% near tol=0.02
        print("b")

        # %% timed volatile="depends on the machine"
        print("c")

        # %% folded fold
        print("d")

        # %% labelled example="01.2"
        print("e")
        """,
    )
    project.lock("01-a")
    project.build()
    _, exact, near, timed, folded, labelled = project.html("01-a").split('<div class="cell" ')
    assert "data-search-exclude>exact</p>" in exact
    assert "within 2 % on any machine" in near
    assert "machine-dependent: depends on the machine" in timed
    assert '<details class="cell-source">' in folded
    assert 'id="example-01.2"' in labelled


def test_a_volatile_cell_shows_the_locked_text(project) -> None:
    project.program("01-a", '# %% one volatile="random"\nimport os\nprint(os.urandom(8).hex())\n')
    project.lock("01-a")
    locked = (project.root / "snippets/01-a.out").read_text(encoding="utf-8")
    assert project.build().returncode == 0
    assert f"<code>{locked}</code>" in project.html("01-a")


def test_a_cell_within_tolerance_shows_what_it_printed(project) -> None:
    project.program("01-a", "# %% one\nprint('loss', 0.70712)\n")
    project.lock("01-a")
    project.file("snippets/01-a.out", "loss 0.70711\n")
    assert project.build().returncode == 0
    assert "loss 0.70712" in project.html("01-a")


def test_an_expected_exception_is_shown_by_its_last_line(project) -> None:
    project.program("01-a", '# %% one raises=ValueError\nprint("before")\nraise ValueError("no <b>")\n')
    project.lock("01-a")
    assert project.build().returncode == 0
    page = project.html("01-a")
    assert "before\n" in page
    assert "ValueError: no &lt;b&gt;\n" in page
    assert "Traceback" not in page


def test_a_figure_stands_below_its_cell_with_its_words(project) -> None:
    project.program(
        "01-a",
        """
        # %% one fold
        import matplotlib.pyplot as plt
        from groundup.book import figure
        for name in "ab":
            fig, ax = plt.subplots()
            ax.plot([0, 1], [0, 1])
            figure(fig, alt=f"a line called {name}", caption=f"look at {name}")
        """,
    )
    project.lock("01-a")
    assert project.build().returncode == 0
    page = project.html("01-a")
    assert re.findall(r'aria-label="(.*?)"', page) == ["a line called a", "a line called b"]
    assert re.findall(r"<figcaption>(.*?)</figcaption>", page) == ["look at a", "look at b"]
    ids = re.findall(r' id="(.*?)"', page)
    assert len(ids) == len(set(ids))
    referred = set(re.findall(r'(?:href="#|url\(#)([^")]+)', page))
    assert referred <= set(ids)


def test_fences_boxes_and_numbers_are_rendered_by_a_real_build(project) -> None:
    project.program("01-a", '# %% one\ntext = """\n```\nfenced\n```\n"""\n\n# %% two\nprint("loss", 0.125)\n')
    project.page(
        "01-a",
        """\
        # A

        It fell to {{ out:two.loss }}.

        ??? solution "Look"

            ```python exec="on" cell="one"
            ```

        !!! note

            ```python exec="on" cell="two"
            ```

        ```python exec="off" reason="needs a GPU"
        x.cuda()
        ```
        """,
    )
    project.lock("01-a")
    built = project.build("--strict")
    assert built.returncode == 0, built.stderr
    page = project.html("01-a")
    assert "It fell to 0.125." in page
    assert re.search(
        r'<details class="solution">.*data-cell="one".*</details>\s*<div class="admonition', page, re.DOTALL
    )
    assert '"""\n```\nfenced\n```\n"""' in text(page)
    assert "x.cuda()" in text(page)
    assert "exec=" not in page


def test_the_contents_are_the_navigation(material) -> None:
    for chapter in ("02-second", "01-first"):
        material.program(chapter, "# %% one\nprint(1)\n")
    material.lock("01-first", "02-second")
    built = material.build("--strict")
    assert built.returncode == 0, built.stderr
    links = re.findall(r'href="(part-1/.*?)/"', (material.root / "site/index.html").read_text(encoding="utf-8"))
    assert list(dict.fromkeys(links)) == ["part-1/02-second", "part-1/01-first"]
    assert "Part I · Part" in text(material.html("01-first"))


PROGRESS = "---\ntemplate: progress.html\n---\n\n# Your progress\n"
QUESTION = """\
[[questions]]
id = "{id}"
section = "{section}"
concept = "word"
asks = "why"
kind = "choice"
stem = "Why?"
choices = [{{ text = "so", reason = "Yes.", right = true }}, {{ text = "because", reason = "No." }}]
"""


def test_the_progress_page_knows_the_questions_of_each_chapter_as_they_are_now(project) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    project.page("01-a", "# A\n\n## Why\n\n" + '```python exec="on" cell="one"\n```\n')
    project.lock("01-a")
    project.file("theme/progress.html", "{{ page.meta.questions }}")
    project.file("docs/progress.md", PROGRESS)
    for name in ("before", "after"):
        asked = QUESTION.format(id=name, section="why") + QUESTION.format(id=f"{name}-all", section="mastery")
        project.file("docs/part-1/01-a.toml", asked)
        built = project.build("--strict")
        assert built.returncode == 0, built.stderr
        page = unescape((project.root / "site/progress/index.html").read_text(encoding="utf-8"))
        assert page == str({"part-1/01-a.md": {"quiz": name, "mastery": f"{name}-all"}})


def test_the_references_and_the_progress_page_are_in_the_navigation_where_they_are(material) -> None:
    material.program("01-a", "# %% one\nprint(1)\n")
    material.lock("01-a")
    assert material.build("--strict").returncode == 0
    assert "Your progress" not in material.html("01-a")
    assert "References" not in material.html("01-a")
    material.file("docs/progress.md", "# Your progress\n")
    material.file("docs/references.md", "# References\n")
    assert material.build("--strict").returncode == 0
    links = re.findall(r'href="\.\./\.\./(\w+)/"', material.html("01-a"))
    assert list(dict.fromkeys(links)) == ["confusions", "references", "progress"]


def test_a_page_outside_the_parts_shows_its_program_too(project) -> None:
    project.file("snippets/index.py", "# %% one\nprint(7)\n")
    project.file("docs/index.md", '# Start\n\n```python exec="on" cell="one"\n```\n')
    project.lock("index")
    assert project.build().returncode == 0
    assert "7\n</code>" in (project.root / "site/index.html").read_text(encoding="utf-8")


def test_a_changed_page_is_rendered_again_and_the_others_are_not_lost(project) -> None:
    for chapter in ("01-a", "02-b"):
        project.program(chapter, "# %% one\nprint(1)\n")
    project.lock("01-a", "02-b")
    project.build()
    before = project.html("02-b")
    page = project.root / "docs/part-1/01-a.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore words.\n", encoding="utf-8")
    assert project.build().returncode == 0
    assert "More words." in project.html("01-a")
    assert project.html("02-b") == before


@pytest.mark.parametrize("tag", ["fold", "tol=0.5", 'example="01.1"'])
def test_a_tag_changes_the_page_without_a_run(project, tag: str) -> None:
    project.program("01-a", "# %% one\nprint(0.5)\n")
    project.lock("01-a")
    project.build()
    before = project.html("01-a")
    project.program("01-a", f"# %% one {tag}\nprint(0.5)\n")
    built = project.build()
    assert built.returncode == 0
    assert "chapter 1 of" not in built.stderr
    assert project.html("01-a") != before


def test_a_warning_of_a_kept_page_comes_again(project) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    page = project.root / "docs/part-1/01-a.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[gone](gone.md)\n", encoding="utf-8")
    project.lock("01-a")
    for _ in range(2):
        built = project.build("--strict")
        assert built.returncode == 1
        assert "gone.md" in built.stderr


def test_docs_must_lie_in_docs(project) -> None:
    settings = (project.root / "mkdocs.yml").read_text(encoding="utf-8")
    project.file("mkdocs.yml", settings + "docs_dir: theme\n")
    built = project.build()
    assert built.returncode == 1
    assert "docs_dir must be docs" in built.stderr
