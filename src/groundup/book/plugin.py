"""The MkDocs plugin: runs the programs while MkDocs renders, and ends a build whose outputs do not hold."""

from __future__ import annotations

import atexit
import functools
import gc
import logging
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import jinja2
import msgspec
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from groundup.book import (
    cells,
    confusion,
    dependency,
    downloads,
    example,
    facts,
    jupyter,
    kept,
    lock,
    offline,
    render,
    search,
    sense,
    tooltip,
)
from groundup.book.assets import join_sheets, lighten_scripts
from groundup.book.book import Book
from groundup.book.companion import MASTERY
from groundup.book.contents import Chapter
from groundup.book.drills import CATALOGUE, Drills
from groundup.book.errors import BookError, Fault, Faults
from groundup.book.execution import Execution, Held
from groundup.book.glossary import Glossary
from groundup.book.page import description
from groundup.book.program import Program
from groundup.book.progress import Progress
from groundup.book.runner import Run, Runner
from groundup.book.term import Term
from groundup.catalogue import CatalogueError

GLOSSARY = "glossary.md"
"""The generated page that lists every term, and whose own words get no tooltips."""

NOTEBOOK = "---\nsearch:\n  exclude: true\n---\n"
"""What a notebook's page says before its content is known: its words are the chapter's, which a search finds."""

PROGRESS = "progress.md"
"""The page that shows what the reader's browser keeps; a book may go without."""

REFERENCES = "references.md"
"""The works that chapters cite by number, if any do."""

log = logging.getLogger("mkdocs.plugins.ground-up")


class GroundUpConfig(Config):  # type: ignore[no-untyped-call] # MkDocs types it halfway
    """The plugin's options in ``mkdocs.yml``."""

    workers = config_options.Optional(config_options.Type(int))
    """How many chapters run at once."""


@dataclass(frozen=True)
class _Generated:
    """A page that is made from the chapters or the drills.

    Args:
        title: In the navigation, if it stands there.
        path: From ``docs``.
        text: Its Markdown.
    """

    title: str
    path: str
    text: str


class GroundUpPlugin(BasePlugin[GroundUpConfig]):  # type: ignore[no-untyped-call] # MkDocs types it halfway
    """Named ``ground-up`` in ``mkdocs.yml``, after ``markdown-exec``."""

    def __init__(self) -> None:
        self.command: Literal["build", "serve", "gh-deploy"] = "build"
        self.runner: Runner | None = None
        self.held: dict[str, Held] = {}

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
            self.glossary = Glossary.of(self.collection.chapters, self.collection.companions)
            headings = {chapter.page: self.book.heading(chapter) for chapter, _ in self._pages()}
            self.drills = Drills.of(self.book.root, self._pages(), headings)
            self.generated = list(self._generated())
        except (BookError, CatalogueError) as error:
            raise PluginError(f"ground-up: {error}") from None
        self.chapters = {chapter.page: chapter for chapter in self.collection.chapters}
        self.notebooks = {chapter.notebook: chapter for chapter in self.collection.chapters if chapter.notebook}
        config.nav = self._nav()
        config.extra["parts"] = self.collection.parts  # for the start page
        kept.list_quickly(config.theme)
        self.offline = offline.is_on(config)
        if self.offline:
            offline.prepare(config)
        if "groundup.book.cells" not in config.markdown_extensions:
            config.markdown_extensions.append("groundup.book.cells")
        pages = self.book.cache / ("pages" if not self.offline else "pages-offline")
        if not hasattr(self, "kept_pages"):
            self.kept_pages, self.kept_search = kept.Kept(pages / "markdown"), kept.Kept(pages / "search")
            self.kept_facts, self.kept_tips = kept.Kept(pages / "facts"), kept.Kept(pages / "tips")
            self.kept_uses = kept.Kept(pages / "uses")
            mode = "-serve" if self.command == "serve" else ""  # Addresses differ.
            self.kept_html, self.kept_downloads = kept.Kept(pages / f"html{mode}"), kept.Kept(pages / f"files{mode}")
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
        nav += [{page.title: page.path} for page in self.generated if page.title]
        pages = {"References": REFERENCES, "Your progress": PROGRESS}
        nav += [{title: path} for title, path in pages.items() if (self.book.docs / path).is_file()]
        return [*nav, {"About": about}] if about else nav

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Start the programs whose outputs are not in the store."""
        if self.runner is None:
            self.runner = self.book.runner()
            atexit.register(self.runner.stop)
        self.keys: dict[str, str] = {}
        self.contents: dict[str, str] = {}
        self.around: dict[str, tuple[str, str]] = {}
        self.above: dict[str, int] = {}  # lines of front matter
        self.execution = Execution(self.book, self.collection, self.runner, Progress())
        searching = config.plugins.get("material/search")
        if searching is not None and getattr(searching, "search_index", None):
            self.contents = kept.keep_search(searching.search_index, self.kept_search, self.keys)

    @event_priority(-100)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the pages made from the chapters; note which files there are, for links resolve by them."""
        for page in self.generated:
            inclusion = InclusionLevel.UNDEFINED if page.title else InclusionLevel.NOT_IN_NAV
            files.append(File.generated(config, page.path, content=page.text, inclusion=inclusion))
        for path in self.notebooks:
            files.append(File.generated(config, path, content=NOTEBOOK, inclusion=InclusionLevel.NOT_IN_NAV))
        if self.offline:
            files.append(offline.shim(config))
        search.wait_for_question(files, config)
        self.urls = {file.src_uri: file.url for file in files}
        self.listing = kept.digest([(file.src_uri, file.url) for file in files])
        join_sheets(files, config, published=self.command != "serve")
        try:
            if self.command != "serve":
                lighten_scripts(files, config)
            self.tips = self._tips()
        except Fault as fault:
            raise PluginError(f"ground-up: {fault}") from None
        return files

    def _generated(self) -> Iterator[_Generated]:
        if self.drills.places:
            yield _Generated("Drills", CATALOGUE, self.drills.catalogue())
            yield from (_Generated("", path, text) for path, text in self.drills.pages())
        boxes = confusion.collected(self._pages())
        yield _Generated("Easily confused", "confusions.md", boxes)
        if self.glossary.entries:
            yield _Generated("Glossary", GLOSSARY, self.glossary.page(self._examples()))

    def _examples(self) -> dict[str, str]:
        """The worked example that shows each term, by the term's slug."""
        found: dict[str, str] = {}
        for chapter, text in self._pages():
            terms = self.collection.companions[chapter.slug].terms
            found |= example.shown(text, terms, self.collection.programs[chapter.slug])
        return found

    def _uses(self) -> Iterator[tuple[Chapter, dict[str, str]]]:
        """The terms that each chapter's prose uses, or used the last time of the same names."""
        for chapter, text in self._pages():
            forms = [(form.name, form.quiet, form.entry.target) for form in self.glossary.near(text)]
            key = kept.digest(kept.makers(), text, forms)
            terms: dict[str, str] | None = self.kept_uses.get(chapter.page, key)
            if terms is None:
                terms = dependency.used(text, self.glossary)
                self.kept_uses.put(chapter.page, key, terms)
            yield chapter, terms

    def _pages(self) -> Iterator[tuple[Chapter, str]]:
        """The chapters of the parts, with the Markdown of their pages, each read when it is asked for."""
        for chapter in self.collection.chapters:
            if chapter.part:
                yield chapter, (self.book.docs / chapter.page).read_text(encoding="utf-8")

    def _tips(self) -> dict[str, list[str]]:
        """What the tooltips say, or said the last time of the same terms."""
        said = [(entry.target, entry.term.label, entry.term.definition) for entry in self.glossary.entries]
        key = kept.digest(kept.makers(), said)
        tips: dict[str, list[str]] | None = self.kept_tips.get("tips", key)
        if tips is None:
            tips = tooltip.described(self.glossary.entries)
            self.kept_tips.put("tips", key, tips)
        return tips

    @event_priority(-100)  # After every plugin that changes the Markdown.
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Let the page be rendered with its chapter's cells, or as it was the last time; say what it is about."""
        page.meta.setdefault("description", description(markdown))
        self.above[page.file.src_uri] = page.file.content_string.count("\n") - markdown.count("\n")
        if page.file.src_uri in self.chapters:
            markdown = confusion.with_table(markdown, page.file.src_uri, self._pages())
            markdown = self.drills.linked(markdown, page.file.src_uri)
            markdown = sense.with_table(markdown, page.file.src_uri, self.glossary.entries)
            markdown = dependency.with_map(markdown, self._uses())
        if names := [name for term in self._own(page) for name in (term.name, *term.also)]:
            page.meta["tags"] = names  # in the search's index: who asks for a term finds where it is defined
        render = self._render_notebook if page.file.src_uri in self.notebooks else self._render
        page.render = functools.partial(render, page)  # type: ignore[method-assign]
        if page.file.src_uri == PROGRESS:
            page.meta["questions"] = self._questions()  # kept pages are told apart by their meta too
            places = self.drills.places.values()
            page.meta["drills"] = [
                {"name": place.drill.name, "title": place.drill.title, "url": self.urls[place.page]} for place in places
            ]
        return markdown

    def _questions(self) -> dict[str, dict[str, str]]:
        """The ids of each chapter's questions, by page: those of its sections and those of its mastery check."""
        ids: dict[str, dict[str, str]] = {}
        for chapter in self.collection.chapters:
            questions = self.collection.companions[chapter.slug].questions
            mastery = [question.id for question in questions if question.section == MASTERY]
            quiz = [question.id for question in questions if question.section != MASTERY]
            ids[chapter.page] = {"quiz": " ".join(quiz), "mastery": " ".join(mastery)}
        return ids

    def _render(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        chapter = self.chapters.get(page.file.src_uri)
        program = self.collection.programs.get(chapter.slug) if chapter else None
        held = self._held(program) if program else None
        shown = self._shown(program, held) if program and held else render.Shown({}, {}, {})
        companion = self.collection.companions.get(program.chapter) if program else None
        if companion:
            # The terms follow by themselves, below: a page does not depend on what its tooltips say.
            companion = msgspec.structs.replace(companion, terms=())
            shown = replace(shown, companion=companion)
        settings = [list(config.markdown_extensions), config.mdx_configs, self.listing]
        made_from = [program.digest, held.digest, dict(shown.faults), repr(companion)] if program and held else []
        marking = self._marking(page)
        key = kept.digest(kept.makers(), page.markdown, dict(page.meta), settings, made_from, marking.facts())
        around = self._around(chapter, held, page, files, key) if chapter and chapter.label and held else ("", "")
        self.around[page.file.src_uri] = around
        self.keys[page.file.src_uri] = kept.digest(key, around)
        with cells.showing(shown), tooltip.marking(marking):
            try:
                kept.render(page, config, files, self.kept_pages, key)
                page.present_anchor_ids = {*(page.present_anchor_ids or ()), *shown.anchors}
            except Fault as fault:
                fault.chapter = fault.chapter or (chapter.slug if chapter else page.file.src_uri)
                fault.file = fault.file or f"docs/{page.file.src_uri}"
                if fault.line:  # Counted without the front matter, so far.
                    fault.line += self.above[page.file.src_uri]
                raise PluginError(f"ground-up: {fault}") from None
            except Faults as faults:
                raise PluginError(f"ground-up: {faults}") from None

    def _around(self, chapter: Chapter, held: Held, page: Page, files: Files, key: str) -> tuple[str, str]:
        """What a chapter says of itself above its title and at its end; as it was the last time, if from the same."""
        run = held.result if isinstance(held.result, Run) else None
        key = kept.digest(key, run and [run.day, run.packages], sys.version, os.environ.get("SOURCE_DATE_EPOCH"))
        known = self.kept_facts.get(page.file.src_uri, key)
        if known is not None:
            return known[0], known[1]
        line = facts.line(chapter, held.program, run, text=page.markdown or "", seconds=held.seconds)
        about = files.get_file_from_path("about/index.md")
        method = f"{about.url_relative_to(page.file)}#how-outputs-are-checked" if about else None
        trust = facts.trust(held.program, run, seconds=held.seconds, method=method) if run else ""
        above = facts.header(line)
        self.kept_facts.put(page.file.src_uri, key, [above, trust])
        return above, trust

    def _marking(self, page: Page) -> tooltip.Marking:
        """The terms that a page defines and those that it may use."""
        name = page.file.src_uri
        if name in (GLOSSARY, REFERENCES):  # one explains all terms itself, the other has them in titles
            return tooltip.Marking(name)
        return tooltip.Marking(name, self._own(page), self.glossary.near(page.markdown or ""))

    def _own(self, page: Page) -> tuple[Term, ...]:
        """The terms that a page defines."""
        return tuple(entry.term for entry in self.glossary.entries if entry.chapter.page == page.file.src_uri)

    def _render_notebook(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        """Fill the page of a notebook, below a line that leads back to its chapter."""
        chapter = self.notebooks[page.file.src_uri]
        file = files.get_file_from_path(chapter.page)
        source = file.page if file else None
        if source is None or source.markdown is None:
            raise PluginError(f"ground-up: {chapter.page} is left out; take its notebook out of docs/contents.toml too")
        page.previous_page = source
        back = f'<a href="{get_relative_url(source.url, page.url)}">{chapter.label}</a>'
        above = facts.header(f'<p class="chapter-line">{back} · Notebook</p>\n')
        below = downloads.line(chapter, page.url)
        text = self._downloads(chapter, source).get(downloads.paths(chapter)[1], "")
        # The line above leads to the chapter, on whichever host the page lies.
        text = text.replace(f"[{chapter.label}]({source.canonical_url})", chapter.label)
        key = self.keys[page.file.src_uri] = kept.digest(kept.makers(), text, source.title, above, below)

        def make(page: Page, *_: Any) -> None:
            program = self.collection.programs[chapter.slug]
            shown = self._shown(program, self._held(program)).printed.values()
            drawings = [drawing for printed in shown for drawing in printed.figures]
            page.title = f"{source.title} (notebook)"
            jupyter.fill(page, text, drawings, above=above, below=below)

        if text:
            kept.render(page, config, files, self.kept_pages, key, make=make)
        else:
            page.content = f"{above}<h1>Notebook</h1><p>The program fails. Its chapter says where.</p>"

    def _downloads(self, chapter: Chapter, page: Page) -> dict[str, str]:
        """The files that a chapter's page offers; none while the program fails."""
        program = self.collection.programs[chapter.slug]
        held = self._held(program)
        if isinstance(held.result, Fault):
            return {}
        shown, address = self._shown(program, held), page.canonical_url or ""
        text = page.markdown or ""
        return downloads.texts(chapter, program, held.result, shown, text, address=address, kept=self.kept_downloads)

    def _shown(self, program: Program, held: Held) -> render.Shown:
        """A chapter's cells with what the page shows below each."""
        table = {cell.name: cell for cell in program.cells}
        wrong = {fault.cell: str(fault) for fault in held.faults if fault.cell}
        if isinstance(held.result, Fault):
            return render.Shown(table, {}, wrong)
        return render.Shown(table, render.shown(table, held.result.cells, held.locked), wrong)

    def _held(self, program: Program) -> Held:
        """A program's result, held against its lock once for the same result and the same lock."""
        result = self.execution.results[program.chapter].result()
        key = kept.digest(lock.Lock(program).state(), result.digest if isinstance(result, Run) else str(result))
        held = self.held.get(program.chapter)
        if held is None or held.digest != key or held.program != program:
            held = self.held[program.chapter] = Held.compare(program, result, key)
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
        self.offered: set[str] = set()
        for page, chapter in self.chapters.items():
            file = files.get_file_from_path(page)
            if chapter.part and file and file.page and file.page.markdown is not None:  # Not one that is left out.
                offers = self._downloads(chapter, file.page)
                for path, text in offers.items():
                    files.append(File.generated(config, path, content=text, inclusion=InclusionLevel.INCLUDED))
                if offers:
                    self.offered.add(page)
        nav = kept.digest(config.nav, [(part.label, part.about) for part in self.collection.parts])
        site = kept.shared(config, nav)
        kept.keep_templates(env, self.kept_html, site, self.keys, self.book.cache / "templates")
        return env

    def on_page_context(self, context: Any, *, page: Page, config: MkDocsConfig, nav: Navigation) -> Any:
        """Put around a page what it says of itself and what terms mean. After the search plugin has read the page."""
        name = page.file.src_uri
        above, below = self.around.get(name, ("", ""))
        content = self.contents.pop(name, page.content or "")
        tips = tooltip.tips(content, self.tips)
        if name in self.offered:
            chapter = self.chapters[name]
            offer = downloads.line(chapter, page.url, self.urls.get(chapter.notebook, ""))
            content = content.replace("</h1>", f"</h1>\n{offer}", 1)
        page.content = above + content + below + tips
        if tips:
            self.keys[name] = kept.digest(self.keys[name], tips)
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
