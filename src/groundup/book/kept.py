"""Pages kept from the last build, so that a build renders only what changed.

Three things cost time when MkDocs builds a page: Markdown with Pygments, the template, and the parser of the search
index. Each result is kept under a digest of everything that it is made from. A page whose rendering logged a
warning is rendered again, so that the warning comes again.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.metadata
import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.theme import Theme

from groundup.book.store import Shelf

_MAKERS = (
    "mkdocs",
    "mkdocs-material",
    "markdown",
    "markdown-exec",
    "pymdown-extensions",
    "pygments",
    "jinja2",
    "latex2mathml",
    "mkdocs-jupyter",
    "nbconvert",
    "nbformat",
)


def digest(*parts: Any) -> str:
    """A digest of JSON-like parts; a function counts by its name, which is the same in every process."""
    text = json.dumps(parts, sort_keys=True, default=lambda part: getattr(part, "__qualname__", str(part)))
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def makers() -> list[str]:
    """Versions of everything that turns Markdown into a page, and our own source."""
    own = sorted(Path(__file__).parent.glob("*.py"))
    versions = [f"{name} {importlib.metadata.version(name)}" for name in _MAKERS]
    return [*versions, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in own)]


class Kept:
    """One kind of result, the last one of each page.

    Args:
        folder: Where the results lie.
    """

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder)
        self._known: dict[str, tuple[str, Any]] = {}

    def get(self, name: str, key: str) -> Any:
        """The result for a page if it was made from the same; else ``None``."""
        if name not in self._known:
            entry = self.shelf.get(self._file(name))
            if isinstance(entry, list) and len(entry) == 2:
                self._known[name] = (entry[0], entry[1])
        known = self._known.get(name)
        return known[1] if known and known[0] == key else None

    def put(self, name: str, key: str, value: Any) -> None:
        """Keep the result for a page."""
        self._known[name] = (key, value)
        self.shelf.put(self._file(name), [key, value])

    def _file(self, name: str) -> str:
        return hashlib.sha256(name.encode()).hexdigest()[:24] + ".json"


class _Listener(logging.Handler):
    """Counts warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


Make = Callable[[Page, MkDocsConfig, Files], None]


def render(page: Page, config: MkDocsConfig, files: Files, kept: Kept, key: str, *, make: Make = Page.render) -> None:
    """``Page.render``, or what else makes the page's content, or what it made the last time from the same."""
    name = page.file.src_uri
    value = kept.get(name, key)
    if value is not None:
        page.content = value["content"]
        page.toc = TableOfContents([_anchor(item) for item in value["toc"]])
        page.title = value["title"]
        page.present_anchor_ids = set(value["ids"])
        found = {files.get_file_from_path(path): links for path, links in value["links"].items()}
        page.links_to_anchors = {file: links for file, links in found.items() if file}
        return
    listener = _Listener()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(listener)
    try:
        make(page, config, files)
    finally:
        logger.removeHandler(listener)
    if listener.count:
        return
    links = {file.src_uri: found for file, found in (page.links_to_anchors or {}).items()}
    value = {
        "content": page.content,
        "toc": [_row(item) for item in page.toc],
        "title": page.title,
        "ids": sorted(page.present_anchor_ids or ()),
        "links": links,
    }
    kept.put(name, key, value)


def _row(link: AnchorLink) -> list[Any]:
    return [link.title, link.id, link.level, [_row(child) for child in link.children]]


def _anchor(row: list[Any]) -> AnchorLink:
    link = AnchorLink(row[0], row[1], row[2])
    link.children = [_anchor(child) for child in row[3]]
    return link


class VisibleLoader(jinja2.FileSystemLoader):
    """Loads any template and lists only those outside hidden folders.

    MkDocs lists a theme's files at every build and drops the hidden ones; Material hides some ten thousand icons.
    """

    def list_templates(self) -> list[str]:
        """Names relative to the search path, sorted."""
        found: set[str] = set()
        for top in self.searchpath:
            for folder, folders, names in os.walk(top):
                folders[:] = [name for name in folders if not name.startswith(".")]
                inner = os.path.relpath(folder, top).replace(os.sep, "/")
                found.update(name if inner == "." else f"{inner}/{name}" for name in names)
        return sorted(found)


def list_quickly(theme: Theme) -> None:
    """Let a theme's environments list their templates without the hidden ones."""
    make = theme.get_env

    def get_env() -> jinja2.Environment:
        env = make()
        env.loader = VisibleLoader(theme.dirs)
        return env

    theme.get_env = get_env  # type: ignore[method-assign]


class _KeptBytecode(jinja2.BytecodeCache):
    """Compiled templates, sealed: Jinja's own cache on disk runs whatever a damaged file holds."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        code = self.shelf.get(bucket.key)
        if isinstance(code, str):
            bucket.bytecode_from_string(base64.b64decode(code))

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self.shelf.put(bucket.key, base64.b64encode(bucket.bytecode_to_string()).decode())


def keep_templates(env: jinja2.Environment, kept: Kept, site: str, keys: Mapping[str, str], bytecode: Path) -> None:
    """Let an environment's templates answer from what they made the last time from the same.

    Args:
        env: MkDocs' environment, before the pages are written.
        kept: Where finished pages are kept.
        site: Digest of what all pages share: configuration, theme, navigation.
        keys: Of each page, the digest of what its content was made from.
        bytecode: Where compiled templates are kept.
    """
    env.bytecode_cache = _KeptBytecode(Shelf(bytecode))

    class KeptTemplate(jinja2.Template):
        def render(self, *args: Any, **kwargs: Any) -> str:
            page = args[0].get("page") if args else None
            if not isinstance(page, Page):
                return super().render(*args, **kwargs)
            content = keys[page.file.src_uri]
            key = digest(site, self.name, content, _facts(page), args[0]["extra_css"], args[0]["extra_javascript"])
            made = kept.get(page.file.src_uri, key)
            if made is None:
                made = super().render(*args, **kwargs)
                kept.put(page.file.src_uri, key, made)
            return str(made)

    env.template_class = KeptTemplate


def _facts(page: Page) -> list[Any]:
    """What a template can see of a page besides its content."""
    neighbours = [(other.title, other.url) if other else None for other in (page.previous_page, page.next_page)]
    return [page.title, page.url, dict(page.meta), page.edit_url, page.canonical_url, neighbours]


def shared(config: MkDocsConfig, nav: str) -> str:
    """Digest of what all pages of a site share."""
    text = Path(config.config_file_path).read_bytes().decode() if config.config_file_path else ""
    templates = [
        (name, (Path(folder) / name).stat().st_mtime_ns, (Path(folder) / name).stat().st_size)
        for folder in config.theme.dirs
        for name in VisibleLoader(folder).list_templates()
        if name.endswith(".html")
    ]
    settings = [config.site_url, config.repo_url, config.extra_css, config.use_directory_urls]
    return digest(makers(), text, settings, config.extra.get("offline_zip"), templates, nav)


def keep_search(index: Any, kept: Kept, keys: Mapping[str, str]) -> dict[str, str]:
    """Let Material's search index take a page's entries from the last build if the page is the same.

    Args:
        index: The index of the current build.
        kept: Where entries are kept.
        keys: Of each page, the digest of what its content was made from.

    Returns:
        The contents of indexed pages. Material then searches each page for its own attributes; it finds an empty one,
        and whoever comes after it puts the content back.
    """
    parse = index.add_entry_from_context
    contents: dict[str, str] = {}

    def add_entry(page: Page) -> None:
        name, content = page.file.src_uri, page.content or ""
        key = digest(makers(), keys[name], page.url, page.title)
        entries = kept.get(name, key)
        if entries is None:
            before = len(index.entries)
            page.content = _searchable(content)
            parse(page)
            kept.put(name, key, index.entries[before:])
        else:
            index.entries.extend(entries)
        content = content.replace(f'{_EXCLUDED}="data-search-exclude"', "").replace(_EXCLUDED, "")
        contents[name] = _OWN_ATTRIBUTES.sub("", content) if "data-search-" in content else content
        page.content = ""

    index.add_entry_from_context = add_entry
    return contents


_EXCLUDED = " data-search-exclude"  # or, from Markdown, with itself as its value; a regular expression would take long
_OWN_ATTRIBUTES = re.compile(r'\s?data-search-\w+="[^"]*"')
_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_UNSEARCHED = re.compile(r"<svg\b.*?</svg>|</?span\b[^>]*>", re.DOTALL)


def _searchable(content: str) -> str:
    """A page's words: no drawings, no colours of code, formulas as text. The parser is slow with tags."""
    text = _FORMULA.sub(lambda found: re.sub(r"<[^>]+>", "", found.group()), content)
    return _UNSEARCHED.sub("", text)
