"""What a browser does with a page of `mkdocs serve`: it waits for the reload, and loads the page again."""

from __future__ import annotations

import http.client
import json
import posixpath
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from project import BenchError

_RELOAD = re.compile(r"livereload\((\d+), (\d+)\);")
_PATIENCE = 180.0
"""Seconds after which an edit counts as lost."""


class Browser:
    """One tab.

    Args:
        port: Where `mkdocs serve` listens.
    """

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str) -> str:
        """Load a path of the site.

        Raises:
            BenchError: The server says anything but 200.
            OSError: There is no server.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            connection.request("GET", f"/{path}")
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        if response.status != 200:
            raise BenchError(f"the server answers {response.status} for /{path}")
        return text

    def refreshed(self, path: str, edit: Callable[[], object], wanted: str) -> tuple[float, str]:
        """Edit a file while the page is open; seconds until the reloaded page shows what is wanted, and the page.

        Raises:
            BenchError: It never does.
        """
        loaded = _RELOAD.search(self.get(path))
        if loaded is None:
            raise BenchError(f"/{path} does not ask for reloads")
        epoch, tab = loaded.groups()
        poll = self._poll(epoch, tab)  # Before the edit, as a tab that is open does.
        started = time.perf_counter()
        edit()
        while time.perf_counter() - started < _PATIENCE:
            newest = poll.getresponse().read().decode()
            poll.close()
            if int(newest) > int(epoch):
                page = self.get(path)
                if wanted in page:
                    return time.perf_counter() - started, page
                epoch = newest
            poll = self._poll(epoch, tab)
        poll.close()
        raise BenchError(f"/{path} does not show `{wanted}` within {_PATIENCE:.0f} seconds")

    def search_entries(self) -> list[dict[str, str]]:
        """The entries of the search index."""
        entries: list[dict[str, str]] = json.loads(self.get("search/entries.json"))["docs"]
        return entries

    def _poll(self, epoch: str, tab: str) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        connection.request("GET", f"/livereload/{epoch}/{tab}")
        return connection


def address(page: str) -> str:
    """Where MkDocs puts a page: ``part-1/04-similarity.md`` at ``part-1/04-similarity/``."""
    stem = page.removesuffix(".md")
    return (posixpath.dirname(stem) + "/").lstrip("/") if posixpath.basename(stem) == "index" else f"{stem}/"


def navigation(html: str, path: str) -> list[str]:
    """The pages to which a page's primary navigation links, in order."""
    parser = _Navigation()
    parser.feed(html)
    links = [link for link in parser.links if not link.startswith("#")]
    return [posixpath.normpath(posixpath.join("/", path, link)) for link in links]


def entries_of(site: Path) -> set[str]:
    """Every place that the search index of a built site knows."""
    return {entry["location"] for entry in json.loads(index_of(site).read_text(encoding="utf-8"))["docs"]}


def index_of(site: Path) -> Path:
    """The search index of a built site: ours keeps the entries in a file of their own."""
    entries = site / "search" / "entries.json"
    return entries if entries.is_file() else entries.with_name("search_index.json")


class _Navigation(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "nav" and (self.depth or "md-nav--primary" in (named.get("class") or "").split()):
            self.depth += 1
        elif tag == "a" and self.depth and "md-nav__link" in (named.get("class") or "").split():
            self.links.append(named.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "nav" and self.depth:
            self.depth -= 1
