"""The site as a zip, read from a folder."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from groundup.book import offline
from groundup.book.book import Book

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = "  - offline:\n      enabled: !ENV [OFFLINE, false]\n"


@pytest.fixture
def small(material):
    """A book of one chapter that can be zipped."""
    settings = (material.root / "mkdocs.yml").read_text(encoding="utf-8")
    material.file("mkdocs.yml", settings.replace("  - search\n", f"  - search\n{OFFLINE}"))
    material.program("01-a", "# %% one\nprint(1)\n")
    material.lock("01-a")
    return material


def test_the_same_site_makes_the_same_bytes_in_one_folder(small) -> None:
    first, second = (small.root / name for name in ("ground-up-offline.zip", "second.zip"))
    said = small.book("zip")
    assert said.returncode == 0, said.stderr
    assert re.fullmatch(r"ground-up-offline\.zip: \d+ files, \d\.\d MB\n", said.stdout)
    small.book("zip", "second.zip")
    assert first.read_bytes() == second.read_bytes()
    names = zipfile.ZipFile(first).namelist()
    assert {"ground-up/index.html", "ground-up/README.txt", "ground-up/part-1/01-a.html"} <= set(names)
    assert {name.partition("/")[0] for name in names} == {"ground-up"}


def test_the_site_and_what_is_kept_of_it_stay_as_they_were(small) -> None:
    def files(folder: str) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in (small.root / folder).rglob("*") if path.is_file()}

    small.build()
    site, kept = files("site"), files(".cache/pages")
    assert kept
    assert small.book("zip").returncode == 0
    assert (files("site"), files(".cache/pages")) == (site, kept)


def test_an_output_that_does_not_hold_makes_no_zip(small) -> None:
    target = small.file("mine.zip", "an older one")
    small.file("snippets/01-a.out", "2\n")
    said = small.book("zip", str(target))
    assert said.returncode == 1
    assert "chapter 01-a, cell one" in said.stderr
    assert target.read_text(encoding="utf-8") == "an older one"


def test_a_place_that_is_not_there_is_told(small) -> None:
    said = small.book("zip", "nowhere/mine.zip")
    assert said.returncode == 1
    assert said.stderr == "there is no folder nowhere to write mine.zip to\n"


def test_a_site_that_needs_a_server_is_refused(material) -> None:
    said = material.book("zip")
    assert said.returncode == 1
    assert "mkdocs.yml needs the plugin `offline` with `enabled: !ENV [OFFLINE, false]`" in said.stderr


def test_the_pages_offer_the_zip_only_where_it_lies_beside_them(small) -> None:
    small.file(
        "mkdocs.yml", (small.root / "mkdocs.yml").read_text() + "extra:\n  offline_zip: !ENV [OFFLINE_ZIP, '']\n"
    )
    theme = "theme:\n  name: material\n"
    own = f"{theme}  custom_dir: {ROOT / 'src/groundup/book/theme'}\n"
    small.file("mkdocs.yml", (small.root / "mkdocs.yml").read_text().replace(theme, own))
    offered = []
    for place in ("", "ours.zip"):
        small.build(OFFLINE_ZIP=place)
        offered.append('href="../../ours.zip"' in small.html("01-a"))
    assert offered == [False, True]


# The book's own, in a browser


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offline")
    offline.zipped(Book(ROOT), folder / "book.zip")
    zipfile.ZipFile(folder / "book.zip").extractall(folder)
    return folder / "ground-up"


def test_every_link_names_a_file_that_is_there(unpacked: Path) -> None:
    dead = []
    for page in unpacked.rglob("*.html"):
        for address in re.findall(r'(?:href|src)="([^"#?]+)', page.read_text(encoding="utf-8")):
            if not re.match(r"(https?|data):", address) and not (page.parent / address).is_file():
                dead.append((page.name, address))
    assert dead == []


@pytest.fixture
def quiet(page: Any, unpacked: Path) -> Any:
    """A page on which every complaint, and every request for anything outside the folder, is a failure."""
    complaints: list[str] = []

    def asked(request: Any) -> None:
        if not request.url.startswith((unpacked.as_uri(), "data:")):
            complaints.append(request.url)

    def failed(request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that is left lets go of what it was still loading
            complaints.append(f"failed: {request.url}")

    page.on("request", asked)
    page.on("requestfailed", failed)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.mark.browser
def test_a_reader_comes_from_the_start_page_to_a_chapter_in_the_books_own_letters(quiet: Any, unpacked: Path) -> None:
    quiet.goto((unpacked / "index.html").as_uri())
    quiet.click("a.md-button--primary")
    quiet.wait_for_selector("h1:has-text('what this book is for')")
    loaded = "document.fonts.ready.then(fonts => [...fonts].filter(f => f.status === 'loaded').map(f => f.family))"
    assert "Ground Up Serif" in "".join(quiet.evaluate(loaded))
    quiet.click("text=About this book >> nth=-1")
    quiet.wait_for_selector("h1:has-text('About this book')")


@pytest.mark.browser
def test_an_answer_is_kept_over_a_reload(quiet: Any, unpacked: Path) -> None:
    quiet.goto((unpacked / "part-1/04-similarity.html").as_uri())
    quiz = quiet.locator("form.quiz[data-kind=choice]").first
    quiz.locator("input[data-right]").check()
    quiz.locator(".quiz-check").click()
    assert "Right" in quiz.locator(".quiz-verdict").inner_text()
    quiet.reload()
    assert quiz.locator(".quiz-verdict").inner_text() == "✓ Right on the first try."


@pytest.mark.browser
def test_a_prediction_opens_its_output(quiet: Any, unpacked: Path) -> None:
    quiet.goto((unpacked / "part-1/04-similarity.html").as_uri())
    fold = quiet.locator("details.predicted").first
    assert fold.get_attribute("open") is None
    quiet.locator(".predict-choice").first.click()
    assert fold.get_attribute("open") is not None


@pytest.mark.browser
def test_colours_are_kept_over_a_reload(quiet: Any, unpacked: Path) -> None:
    quiet.emulate_media(color_scheme="dark")
    quiet.goto((unpacked / "about/index.html").as_uri())
    assert quiet.evaluate("document.body.dataset.mdColorScheme") == "slate"
    quiet.click("label[for=__palette_1]")
    assert quiet.evaluate("document.body.dataset.mdColorScheme") == "default"
    quiet.reload()
    assert quiet.evaluate("document.body.dataset.mdColorScheme") == "default"


@pytest.mark.browser
def test_the_search_finds_a_chapter_and_leads_to_it(quiet: Any, unpacked: Path) -> None:
    quiet.goto((unpacked / "part-3/12-pytorch.html").as_uri() + "?q=cosine+similarity")
    quiet.wait_for_selector(".md-search-result__item a")
    quiet.locator(".md-search-result__item a").first.click()
    quiet.wait_for_url("**/part-1/04-similarity.html*")
    assert "How alike" in quiet.locator("h1").inner_text()
