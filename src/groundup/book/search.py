"""Search: a reader's browser gets the index and what searches it when something is asked, not with the first page.

Material's script starts its worker and fetches ``search/search_index.json`` on every first page. For the whole book the
index weighs more than everything else that a page loads. So the worker that it starts is ``search.js``, the file that
it fetches keeps the settings only, and the rest lies beside them: Material's worker as ``engine``, the entries in
``entries.json``.

A site that is read from a folder has no such choice: there Material's plugin ``offline`` makes a script of the index.
"""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from groundup.book import offline

_WORKER = "assets/javascripts/workers/search."


def wait_for_question(files: Files, config: MkDocsConfig) -> None:
    """Put our worker in the place of Material's, and Material's beside it."""
    if offline.is_on(config):
        return
    for worker in [file for file in files if file.src_uri.startswith(_WORKER) and file.src_uri.endswith(".js")]:
        files.remove(worker)
        beside = worker.src_uri.replace("/search.", "/engine.")
        ours = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
        files.append(File.generated(config, beside, content=worker.content_string))
        files.append(File.generated(config, worker.src_uri, content=ours))


def set_entries_aside(config: MkDocsConfig) -> None:
    """Move the index's entries to a file of their own."""
    index = Path(config.site_dir) / "search" / "search_index.json"
    if not index.is_file() or offline.is_on(config):
        return
    settings, found, _ = index.read_text(encoding="utf-8").partition(',"docs":[')
    if found:
        index.replace(index.with_name("entries.json"))
        index.write_text(settings + found + "]}", encoding="utf-8")
