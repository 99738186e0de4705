"""The book: its chapters, and the way from their programs to outputs that hold.

collect  ->  execute  ->  store  ->  compare
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from groundup.book import names, page
from groundup.book.companion import Companion, read
from groundup.book.contents import Chapter, Part, read_parts, title
from groundup.book.errors import BookError, Fault, raise_any
from groundup.book.glossary import Glossary, undefined
from groundup.book.page import Unrun
from groundup.book.program import Program
from groundup.book.progress import Progress
from groundup.book.runner import Run, Runner
from groundup.book.store import Store

Done = Callable[[Program, "Run | Fault"], None]


@dataclass(frozen=True)
class Collection:
    """Everything that the book's files say before anything runs.

    Args:
        parts: The table of contents.
        chapters: Every page that has a program or stands in a part, in reading order.
        programs: By chapter.
        unrun: Fences that say why they do not run, by page.
        companions: Quiz questions and terms, by chapter.
    """

    parts: list[Part]
    chapters: list[Chapter]
    programs: dict[str, Program]
    unrun: dict[str, list[Unrun]] = field(default_factory=dict)
    companions: dict[str, Companion] = field(default_factory=dict)

    def program(self, chapter: str) -> Program:
        """The program of a chapter.

        Raises:
            BookError: There is none of that name.
        """
        if chapter in self.programs:
            return self.programs[chapter]
        starts = [name for name in self.programs if name.split("-")[0] == chapter]
        if len(starts) == 1:
            return self.programs[starts[0]]
        from difflib import get_close_matches

        close = get_close_matches(chapter, self.programs, 1, 0.4)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(self.programs)}"
        raise BookError(f"there is no chapter {chapter}; {hint}")


class Book:
    """A project's book.

    Args:
        root: The folder that holds ``docs`` and ``snippets``.
        workers: How many chapters run at once; by default one a core, four at most.
    """

    def __init__(self, root: Path, *, workers: int | None = None) -> None:
        self.root = root.resolve()
        self.docs = self.root / "docs"
        self.snippets = self.root / "snippets"
        self.cache = self.root / ".cache"
        self.workers = workers or min(4, os.cpu_count() or 1)
        self.store = Store(self.root, self.cache)

    @classmethod
    def find(cls, start: Path | None = None) -> Book:
        """The book whose folder, or a folder below it, is ``start``.

        Raises:
            BookError: There is no ``mkdocs.yml`` there or above.
        """
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / "mkdocs.yml").is_file():
                return cls(folder)
        raise BookError("no mkdocs.yml here or above; run this in the project's folder")

    def runner(self) -> Runner:
        """A runner for this book's programs."""
        return Runner(self.root, self.cache, workers=self.workers)

    def collect(self) -> Collection:
        """Read contents, programs and pages, and hold them against each other.

        Raises:
            Fault: One thing is wrong.
            Faults: Several are.
        """
        parts = read_parts(self.docs / "contents.toml")
        faults: list[Fault] = []
        chapters = [Chapter(slug, f"{part.folder}/{slug}.md", part) for part in parts for slug in part.chapters]
        listed = {chapter.page for chapter in chapters}
        others = []
        for path in sorted(self.docs.rglob("*.md")):
            name = path.relative_to(self.docs).as_posix()
            if name in listed:
                continue
            chapter = Chapter(name.removesuffix(".md").replace("/", "-"), name)
            if any(path.is_relative_to(self.docs / part.folder) for part in parts):
                message = "the page is not in docs/contents.toml; list it there, or remove it"
                faults.append(Fault(message, chapter=path.stem, file=f"docs/{name}"))
            else:
                others.append(chapter)
        programs, unrun = self._programs([*chapters, *others], faults)
        known = [chapter for chapter in [*chapters, *others] if chapter.part or chapter.slug in programs]
        companions = self._companions(known, programs, faults)
        faults += self._glossary(Glossary.of(known, companions))
        raise_any(faults)
        return Collection(parts, known, programs, unrun, companions)

    def _programs(
        self, chapters: list[Chapter], faults: list[Fault]
    ) -> tuple[dict[str, Program], dict[str, list[Unrun]]]:
        programs: dict[str, Program] = {}
        unrun: dict[str, list[Unrun]] = {}
        for chapter in chapters:
            path, file = self.snippets / f"{chapter.slug}.py", f"docs/{chapter.page}"
            has_page = (self.docs / chapter.page).is_file()
            if not has_page:
                faults.append(Fault("the page is missing", chapter=chapter.slug, file=file))
            program = None
            if path.is_file() and chapter.slug not in programs:
                try:
                    program = Program.read(path, shown_as=f"snippets/{path.name}")
                    programs[chapter.slug] = program
                except Fault as fault:
                    faults.append(fault)
                    continue
            elif chapter.part:
                message = "the page has no program; write it, or take the chapter out of docs/contents.toml"
                faults.append(Fault(message, chapter=chapter.slug, file=f"snippets/{chapter.slug}.py"))
            if has_page:
                text = (self.docs / chapter.page).read_text(encoding="utf-8")
                wrong, found = page.check(text, program, chapter=chapter.slug, file=file)
                faults += wrong
                if found:
                    unrun[chapter.page] = found
        for path in sorted(self.snippets.glob("*.py")) if self.snippets.is_dir() else []:
            if path.stem not in {chapter.slug for chapter in chapters}:
                message = "the program has no page; write docs/part-N/ and list the chapter in docs/contents.toml"
                faults.append(Fault(message, chapter=path.stem, file=f"snippets/{path.name}"))
        return programs, unrun

    def _companions(
        self, chapters: list[Chapter], programs: dict[str, Program], faults: list[Fault]
    ) -> dict[str, Companion]:
        """Read the questions and terms beside each page, and let each program compute the answers."""
        companions: dict[str, Companion] = {}
        for chapter in chapters:
            path = (self.docs / chapter.page).with_suffix(".toml")
            file = f"docs/{path.relative_to(self.docs).as_posix()}"
            try:
                companion = companions[chapter.slug] = read(path, chapter=chapter.slug, file=file)
                if companion.terms:
                    text = (self.docs / chapter.page).read_text(encoding="utf-8")
                    faults += undefined(text, companion.terms, chapter=chapter.slug, file=file)
                if chapter.slug in programs:
                    asked = [(question.id, question.code) for question in companion.computed]
                    programs[chapter.slug] = programs[chapter.slug].asking(asked, file)
            except Fault as fault:
                faults.append(fault)
        return companions

    def _glossary(self, glossary: Glossary) -> list[Fault]:
        """Terms that are defined twice, and names of the book's list that no term bears."""
        try:
            listed = names.read(self.docs / "glossary.toml")
        except Fault as fault:
            return [*glossary.faults(), fault]
        return [*glossary.faults(), *(names.faults(listed, glossary.entries) if listed else [])]

    def execute(
        self,
        programs: Iterable[Program],
        runner: Runner,
        progress: Progress,
        *,
        fresh: bool = False,
        done: Done = lambda *_: None,
    ) -> Iterator[tuple[Program, Run | Fault]]:
        """Yield each program with what it prints, from the store where it holds, else from a run.

        Args:
            programs: In the order in which they are started.
            runner: Where they run.
            progress: Told of those that run.
            fresh: Run them all.
            done: Called as soon as a program has ended, in whatever thread ran it.
        """
        needed = []
        for program in programs:
            stored = None if fresh else self.store.get(program)
            if stored:
                done(program, stored)
                yield program, stored
            else:
                needed.append(program)

        def keep(program: Program, result: Run | Fault) -> None:
            if isinstance(result, Run):
                self.store.put(program, result)
            done(program, result)

        with progress.during(len(needed)) as report:
            for program, result in runner.run(needed, keep):
                report(program, result)
                yield program, result

    def stale_locks(self, collection: Collection) -> list[Fault]:
        """Locks whose program is gone."""
        return [
            Fault("the lock has no program; remove it", chapter=path.stem, file=f"snippets/{path.name}")
            for path in sorted(self.snippets.iterdir())
            if path.suffix in (".out", ".lock") and path.stem not in collection.programs
        ]

    def heading(self, chapter: Chapter) -> str:
        """The chapter's title with its number, for the navigation."""
        name = title(self.docs / chapter.page)
        return f"{chapter.number} · {name}" if chapter.number else name
