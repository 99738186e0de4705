"""The site as a zip to read without a network or a server, its pages opened from a folder.

From a folder browsers show no page for a link to a directory, load no JSON, start no worker and preload no font. With
Material's plugin ``offline`` links name files and the search index is a script; the rest is done here.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File

from groundup.book.book import Book
from groundup.book.errors import BookError
from groundup.book.site import build

SHIM = "assets/javascripts/iframe-worker.js"
"""Lets the search run in a frame. Material's plugin would load it from another host."""

_FOLDER = "ground-up"
_README = """\
Ground Up, to read without a network

Open index.html in a browser. The search, the questions and the colours work from this folder, and nothing is sent
anywhere. Your answers are kept in the browser. How it keeps them for pages in a folder is up to the browser:
some forget them when the folder is moved, and some keep each page's apart.
"""
_SERVED_ONLY = ("404.html", "sitemap.xml", "sitemap.xml.gz", "search/search_index.json")
"""What only a server has use for."""


def is_on(config: MkDocsConfig) -> bool:
    """Whether this build is for a folder."""
    plugin = config.plugins.get("material/offline")
    return plugin is not None and bool(plugin.config["enabled"])


def prepare(config: MkDocsConfig) -> None:
    """Tell the templates, name the shim in place of the one on another host, and load pages one by one.

    Material that is asked for instant loading where it cannot be, as in a folder, tells no script that a page is there.
    """
    config.extra["offline"] = True
    config.extra["polyfills"] = [SHIM]
    features = config.theme.get("features") or []
    config.theme["features"] = [name for name in features if not name.startswith("navigation.instant")]


def shim(config: MkDocsConfig) -> File:
    """The shim, as a file of the site."""
    return File.generated(config, SHIM, abs_src_path=str(Path(__file__).with_name("iframe-worker.js")))


def zipped(book: Book, target: Path) -> int:
    """Build the site for a folder and zip it; the same site makes the same bytes.

    Args:
        book: The book.
        target: The file to write.

    Returns:
        How many files it holds.

    Raises:
        Fault: The site cannot be built; nothing is written.
        BookError: The target cannot be written, or the site does not work from a folder.
    """
    if not target.parent.is_dir():
        raise BookError(f"there is no folder {target.parent} to write {target.name} to")
    with tempfile.TemporaryDirectory(prefix="book-site-") as folder:
        site = Path(folder)
        build(book, site, OFFLINE="true", OFFLINE_ZIP="", SITE_URL="")
        if not (site / "search" / "search_index.js").is_file():
            wanted = "the plugin `offline` with `enabled: !ENV [OFFLINE, false]`"
            raise BookError(f"the site does not work from a folder; mkdocs.yml needs {wanted}")
        paths = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
        files = {name: path.read_bytes() for name, path in paths.items() if _is_read(name)}
    files["README.txt"] = _README.encode()
    _write(target, files)
    return len(files)


def _is_read(name: str) -> bool:
    return name not in _SERVED_ONLY and not name.endswith(".map")


def _write(target: Path, files: dict[str, bytes]) -> None:
    """Write a zip without times and owners, whole or not at all."""
    fd, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(fd, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name in sorted(files):
                entry = zipfile.ZipInfo(f"{_FOLDER}/{name}")  # of 1 January 1980
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
