"""Programs that run while MkDocs renders, and their results held against the locks."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass

from groundup.book import lock
from groundup.book.book import Book, Collection
from groundup.book.errors import Fault
from groundup.book.program import Program
from groundup.book.progress import Progress
from groundup.book.runner import Run, Runner


class Execution:
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
        """Until every program has ended."""
        self._thread.join()


@dataclass(frozen=True)
class Held:
    """A program's result, held against its lock."""

    program: Program
    result: Run | Fault
    locked: dict[str, lock.Locked]
    seconds: int | None
    faults: list[Fault]
    digest: str

    @classmethod
    def compare(cls, program: Program, result: Run | Fault, digest: str) -> Held:
        """Hold a result against the program's lock; ``digest`` names the two."""
        seconds = lock.Lock(program).seconds()
        if isinstance(result, Fault):
            return cls(program, result, {}, seconds, [result], digest)
        try:
            locked = lock.Lock(program).read()
        except Fault as fault:
            return cls(program, result, {}, seconds, [fault], digest)
        return cls(program, result, locked, seconds, lock.compare(program, result), digest)
