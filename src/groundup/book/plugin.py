"""The MkDocs plugin: runs the programs while MkDocs renders, and ends a build whose outputs do not hold."""

from __future__ import annotations

import atexit
import functools
import gc
import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import jinja2
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from groundup.book import cells, confusion, kept, lock, render, search
from groundup.book.book import Book, Collection
from groundup.book.contents import Chapter
from groundup.book.errors import BookError, Fault, Faults
from groundup.book.page import description
from groundup.book.program import Program
from groundup.book.progress import Progress
from groundup.book.runner import Run, Runner

CONFUSIONS = "confusions.md"
"""The generated page that collects every confusion box."""

log = logging.getLogger("mkdocs.plugins.ground-up")


class GroundUpConfig(Config):  # type: ignore[no-untyped-call] # MkDocs types it halfway
    """The plugin's options in ``mkdocs.yml``."""

    workers = config_options.Optional(config_options.Type(int))
    """How many chapters run at once."""


class _Execution:
    """Programs running in the background; one future a chapter."""

    def __init__(self, book: Book, collection: Collection, runner: Runner, progress: Progress) -> None:
        programs = list(collection.programs.values())
        self.results: dict[str, Future[Run | Fault]] = {program.chapter: Future() for program in programs}
        self._thread = threading.Thread(
            target=self._work, args=(book, programs, runner, progress), name="execution", daemon=True
        )
        self._thread.start()

    def _work(self, book: Book, programs: list[Program], runner: Runner, progress: Progress) -> None:
        def done(program: Program, result: Run | Fault) -> None:
            self.results[program.chapter].set_result(result)

        try:
            for _ in book.execute(programs, runner, progress, done=done):
                pass
        except BaseException as error:
            for future in self.results.values():
                if not future.done():
                    future.set_exception(error)

    def wait(self) -> None:
        self._thread.join()


@dataclass(frozen=True)
class _Held:
    """A program's result, held against its lock."""

    program: Program
    result: Run | Fault
    locked: dict[str, lock.Locked]
    faults: list[Fault]
    digest: str

    @classmethod
    def compare(cls, program: Program, result: Run | Fault, digest: str) -> _Held:
        if isinstance(result, Fault):
            return cls(program, result, {}, [result], digest)
        try:
            locked = lock.Lock(program).read()
        except Fault as fault:
            return cls(program, result, {}, [fault], digest)
        return cls(program, result, locked, lock.compare(program, result), digest)


class GroundUpPlugin(BasePlugin[GroundUpConfig]):  # type: ignore[no-untyped-call] # MkDocs types it halfway
    """Named ``ground-up`` in ``mkdocs.yml``, after ``markdown-exec``."""

    def __init__(self) -> None:
        self.command: Literal["build", "serve", "gh-deploy"] = "build"
        self.runner: Runner | None = None
        self.held: dict[str, _Held] = {}

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Learn whether an author is watching; having this method keeps the plugin alive between rebuilds."""
        self.command = command

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the book; generate the navigation from its table of contents."""
        root = Path(config.config_file_path).parent
        if not hasattr(self, "book"):
            self.book = Book(root, workers=self.config.workers)
        if Path(config.docs_dir).resolve() != self.book.docs:
            raise PluginError("docs_dir must be docs: the book looks for pages there")
        self.faults: list[Fault] = []
        try:
            self.collection = self.book.collect()
        except BookError as error:
            raise PluginError(f"ground-up: {error}") from None
        self.chapters = {chapter.page: chapter for chapter in self.collection.chapters}
        config.nav = self._nav()
        config.extra["parts"] = self.collection.parts  # for the start page
        kept.list_quickly(config.theme)
        if "groundup.book.cells" not in config.markdown_extensions:
            config.markdown_extensions.append("groundup.book.cells")
        pages = self.book.cache / "pages"
        if not hasattr(self, "kept_pages"):
            self.kept_pages, self.kept_search = kept.Kept(pages / "markdown"), kept.Kept(pages / "search")
            self.kept_html = kept.Kept(pages / ("html" if self.command != "serve" else "html-serve"))
        return config

    def _nav(self) -> list[Any]:
        """Parts with their chapters, between the start page and the pages about the book."""
        nav: list[Any] = [{"Start page": "index.md"}] if (self.book.docs / "index.md").is_file() else []
        for part in self.collection.parts:
            chapters = [chapter for chapter in self.collection.chapters if chapter.part == part]
            if chapters:
                nav.append({part.label: [{self.book.heading(chapter): chapter.page} for chapter in chapters]})
        about = sorted(path.relative_to(self.book.docs).as_posix() for path in self.book.docs.glob("about/*.md"))
        about.sort(key=lambda page: page != "about/index.md")
        nav.append({"Easily confused": CONFUSIONS})
        return [*nav, {"About": about}] if about else nav

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Start the programs whose outputs are not in the store."""
        if self.runner is None:
            self.runner = self.book.runner()
            atexit.register(self.runner.stop)
        self.keys: dict[str, str] = {}
        self.contents: dict[str, str] = {}
        self.execution = _Execution(self.book, self.collection, self.runner, Progress())
        searching = config.plugins.get("material/search")
        if searching is not None and getattr(searching, "search_index", None):
            self.contents = kept.keep_search(searching.search_index, self.kept_search, self.keys)

    @event_priority(-100)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the page that collects the confusion boxes, and note which files there are: links resolve by them."""
        files.append(File.generated(config, CONFUSIONS, content=self._confusions()))
        search.wait_for_question(files, config)
        self.listing = kept.digest([(file.src_uri, file.url) for file in files])
        return files

    def _confusions(self) -> str:
        pages = [(chapter, self.book.docs / chapter.page) for chapter in self.collection.chapters if chapter.part]
        try:
            return confusion.collected([(chapter, page.read_text(encoding="utf-8")) for chapter, page in pages])
        except BookError as error:
            raise PluginError(f"ground-up: {error}") from None

    @event_priority(-100)  # After every plugin that changes the Markdown.
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Let the page be rendered with its chapter's cells, or as it was the last time; say what it is about."""
        page.meta.setdefault("description", description(markdown))
        page.render = functools.partial(self._render, page)  # type: ignore[method-assign]
        return markdown

    def _render(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        chapter = self.chapters.get(page.file.src_uri)
        program = self.collection.programs.get(chapter.slug) if chapter else None
        held = self._held(program) if program else None
        shown = self._shown(program, held) if program and held else render.Shown({}, {}, {})
        companion = self.collection.companions.get(program.chapter) if program else None
        if companion:
            shown = replace(shown, companion=companion)
        settings = [list(config.markdown_extensions), config.mdx_configs, self.listing]
        facts = [program.digest, held.digest, dict(shown.faults), repr(companion)] if program and held else []
        key = kept.digest(kept.makers(), page.markdown, dict(page.meta), settings, facts)
        self.keys[page.file.src_uri] = key
        with cells.showing(shown):
            try:
                kept.render(page, config, files, self.kept_pages, key)
            except Fault as fault:
                fault.chapter = fault.chapter or (chapter.slug if chapter else page.file.src_uri)
                fault.file = fault.file or f"docs/{page.file.src_uri}"
                if fault.line:  # Counted without the front matter, so far.
                    fault.line += page.file.content_string.count("\n") - (page.markdown or "").count("\n")
                raise PluginError(f"ground-up: {fault}") from None
            except Faults as faults:
                raise PluginError(f"ground-up: {faults}") from None

    def _shown(self, program: Program, held: _Held) -> render.Shown:
        """A chapter's cells with what the page shows below each."""
        table = {cell.name: cell for cell in program.cells}
        wrong = {fault.cell: str(fault) for fault in held.faults if fault.cell}
        if isinstance(held.result, Fault):
            return render.Shown(table, {}, wrong)
        return render.Shown(table, render.shown(table, held.result.cells, held.locked), wrong)

    def _held(self, program: Program) -> _Held:
        """A program's result, held against its lock once for the same result and the same lock."""
        result = self.execution.results[program.chapter].result()
        key = kept.digest(lock.Lock(program).state(), result.digest if isinstance(result, Run) else str(result))
        held = self.held.get(program.chapter)
        if held is None or held.digest != key or held.program != program:
            held = self.held[program.chapter] = _Held.compare(program, result, key)
        return held

    @event_priority(-100)
    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """End the build if an output does not hold; an author who is watching sees it on the page instead."""
        self.execution.wait()
        # Of every program, also of those whose page MkDocs was told to leave out.
        self.faults = [fault for program in self.collection.programs.values() for fault in self._held(program).faults]
        if self.faults and self.command != "serve":
            raise PluginError(f"ground-up: {Faults(self.faults)}")
        for fault in self.faults:
            log.warning("%s", fault)
        nav = kept.digest(config.nav, [(part.label, part.about) for part in self.collection.parts])
        site = kept.shared(config, nav)
        kept.keep_templates(env, self.kept_html, site, self.keys, self.book.cache / "templates")
        return env

    def on_page_context(self, context: Any, *, page: Page, config: MkDocsConfig, nav: Navigation) -> Any:
        """Say above the title where the reader is. After the search plugin has read the page."""
        page.content = self.contents.pop(page.file.src_uri, page.content)
        chapter = self.chapters.get(page.file.src_uri)
        if chapter and chapter.label:
            page.content = _line(chapter) + (page.content or "")
        return context

    @event_priority(-100)  # After the search plugin has written its index.
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Set the search's entries aside; end the processes, unless the next rebuild will want them."""
        search.set_entries_aside(config)
        if self.command != "serve":
            self._stop()
            return
        # A build leaves tens of megabytes in cycles, too few objects to wake the collector. The page comes first.
        collector = threading.Timer(0.5, gc.collect)
        collector.daemon = True
        collector.start()

    def on_build_error(self, *, error: Exception) -> None:
        """End the processes."""
        if self.command != "serve":
            self._stop()

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Watch the programs too, look every tenth of a second instead of every half, and have the imports ready."""
        quick = LiveReloadServer(
            builder=builder,
            host=config.dev_addr.host,
            port=config.dev_addr.port,
            root=server.root,
            mount_path=server.mount_path,
            polling_interval=0.1,
        )
        quick.error_handler = server.error_handler
        watched = [config.docs_dir, config.config_file_path, str(self.book.snippets)]
        for path in [*watched, str(self.book.root / "src")]:
            if Path(path).exists():
                quick.watch(path)
        if self.runner:
            ahead = functools.partial(self.runner.preload, list(self.collection.programs.values()))
            threading.Thread(target=ahead, daemon=True).start()
        return quick

    def on_shutdown(self) -> None:
        """End the processes."""
        self._stop()

    def _stop(self) -> None:
        if self.runner:
            self.runner.stop()
            self.runner = None


def _line(chapter: Chapter) -> str:
    return f'<p class="chapter-line">{chapter.label}</p>\n'
