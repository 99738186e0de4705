"""Search: the reader's browser gets the entries of the index when something is asked, not with the first page.

Material's script fetches ``search/search_index.json`` on every first page, which for the whole book weighs more than
everything else that a page loads. So that file keeps the settings only, the entries lie beside it in ``entries.json``,
and ``search.js``, put ahead of Material's worker, fetches them.
"""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

_WORKER = "assets/javascripts/workers/search."


def wait_for_question(files: Files, config: MkDocsConfig) -> None:
    """Put our lines ahead of Material's search worker."""
    workers = [file for file in files if file.src_uri.startswith(_WORKER) and file.src_uri.endswith(".js")]
    for worker in workers:
        ahead = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
        files.remove(worker)
        files.append(File.generated(config, worker.src_uri, content=ahead + worker.content_string))


def set_entries_aside(site: Path) -> None:
    """Move the index's entries to a file of their own, unless the site is read without a server."""
    index = site / "search" / "search_index.json"
    if not index.is_file() or index.with_suffix(".js").is_file():
        return
    settings, found, _ = index.read_text(encoding="utf-8").partition(',"docs":[')
    if found:
        index.replace(index.with_name("entries.json"))
        index.write_text(settings + found + "]}", encoding="utf-8")
