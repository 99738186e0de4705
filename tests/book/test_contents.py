"""The table of contents orders parts and chapters, and says what is wrong with itself."""

from pathlib import Path

import pytest

from groundup.book.book import Book
from groundup.book.contents import Chapter, Part, read_parts, title
from groundup.book.errors import BookError, Fault

PART = Part(1, "Data", "Words.", ("04-similarity",))


def write(folder: Path, text: str) -> Path:
    path = folder / "docs" / "contents.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_parts_are_numbered_and_keep_their_order(tmp_path: Path) -> None:
    text = """
        [[parts]]
        title = "Data"
        about = "Words."
        chapters = ["04-similarity"]
        [[parts]]
        title = "Later"
        about = "More."
        chapters = []
    """
    parts = read_parts(write(tmp_path, text))
    assert parts == [PART, Part(2, "Later", "More.", ())]
    assert [(part.folder, part.label) for part in parts] == [
        ("part-1", "Part I · Data"),
        ("part-2", "Part II · Later"),
    ]


@pytest.mark.parametrize(
    ("chapter", "label"),
    [
        (Chapter("04-similarity", "part-1/04-similarity.md", PART), "Part I · Data · Chapter 4"),
        (Chapter("index", "index.md"), ""),
    ],
    ids=["in a part", "outside"],
)
def test_a_chapter_says_where_the_reader_is(chapter: Chapter, label: str) -> None:
    assert chapter.label == label


FINE = 'title = "a"\nabout = "b"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parts = ", "cannot be read"),
        ("", "holds [[parts]] and nothing else"),
        (f"colour = 1\n[[parts]]\n{FINE}chapters = []\n", "nothing else"),
        (f"[[parts]]\n{FINE}", "part 1 needs a title"),
        (f'[[parts]]\n{FINE}chapters = "04"\n', "part 1 needs a title"),
        (f"[[parts]]\n{FINE}chapters = []\ncolour = 1\n", "part 1 needs a title"),
        ('[[parts]]\ntitle = 1\nabout = "b"\nchapters = []\n', "part 1 needs a title"),
        ('[[parts]]\ntitle = "a"\nabout = 1\nchapters = []\n', "part 1 needs a title"),
        (f'[[parts]]\n{FINE}chapters = ["04-a", "04-a"]\n', "the chapter 04-a is listed twice"),
        (f'[[parts]]\n{FINE}chapters = [["04-a"]]\n', "part 1 needs a title"),
        ("parts = [1]\n", "part 1 needs a title"),
    ],
    ids=[
        "not TOML", "empty", "another key", "no chapters", "no list", "another key in a part", "title is no text",
        "about is no text", "chapter twice", "chapter is no text", "part is no table",
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Fault) as raised:
        read_parts(write(tmp_path, text))
    assert str(raised.value).startswith("docs/contents.toml: ")
    assert said in str(raised.value)


def test_a_missing_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="the table of contents is missing"):
        read_parts(tmp_path / "docs" / "contents.toml")


def test_the_title_is_the_first_heading(tmp_path: Path) -> None:
    page = tmp_path / "04-similarity.md"
    page.write_text("words\n\n# How alike?  \n\n# Second\n", encoding="utf-8")
    assert title(page) == "How alike?"


def test_a_page_without_heading_is_called_like_its_file(tmp_path: Path) -> None:
    page = tmp_path / "04-similarity.md"
    page.write_text("words\n", encoding="utf-8")
    assert title(page) == "04-similarity"


# The book holds contents, programs and pages against each other.


def test_chapters_come_in_the_order_of_the_contents(project) -> None:
    for chapter in ("02-b", "01-a"):
        project.program(chapter, "# %% one\nprint(1)\n")
    collection = Book(project.root).collect()
    assert list(collection.programs) == ["02-b", "01-a"]


def test_a_page_outside_the_parts_may_have_a_program_too(project) -> None:
    project.file("snippets/index.py", "# %% one\nprint(1)\n")
    project.file("docs/index.md", '# Start\n\n```python exec="on" cell="one"\n```\n')
    assert list(Book(project.root).collect().programs) == ["index"]


def test_a_chapter_without_page_is_told(project) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    (project.root / "docs/part-1/01-a.md").unlink()
    with pytest.raises(Fault, match=r"chapter 01-a, docs/part-1/01-a.md: the page is missing"):
        Book(project.root).collect()


def test_a_chapter_without_program_is_told(project) -> None:
    project.page("01-a", "# A\n")
    with pytest.raises(Fault, match=r"chapter 01-a, snippets/01-a.py: the page has no program"):
        Book(project.root).collect()


def test_a_program_without_page_is_told(project) -> None:
    project.file("snippets/09-lost.py", "# %% one\nprint(1)\n")
    with pytest.raises(Fault, match=r"chapter 09-lost, snippets/09-lost.py: the program has no page"):
        Book(project.root).collect()


def test_a_page_that_is_not_listed_is_told(project) -> None:
    project.file("docs/part-1/09-lost.md", "# Lost\n")
    with pytest.raises(Fault, match=r"chapter 09-lost, docs/part-1/09-lost.md: the page is not in docs/contents.toml"):
        Book(project.root).collect()


def test_several_faults_are_told_together(project) -> None:
    project.page("01-a", "# A\n")
    project.file("snippets/09-lost.py", "# %% one\nprint(1)\n")
    with pytest.raises(BookError) as raised:
        Book(project.root).collect()
    assert "01-a" in str(raised.value)
    assert "09-lost" in str(raised.value)


def test_the_book_is_found_from_a_folder_below_it(project) -> None:
    assert Book.find(project.root / "docs").root == project.root


def test_outside_a_project_there_is_no_book(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"no mkdocs\.yml here or above"):
        Book.find(tmp_path)
