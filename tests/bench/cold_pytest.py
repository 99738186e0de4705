"""The baseline of `bench_drill.py`: a fresh process imports everything and runs a drill's suite on a file, all in one.

    python tests/bench/cold_pytest.py drills/softmax solution.py

What most practice tools do. No sandbox and no second process: the learner's functions are called directly.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import zlib
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import pytest

from groundup.drill import runner
from groundup.drill.proxy import Counting, Remote, RemoteError, Watching


class Direct:
    """Takes the place of a `Session`: calls functions where they are."""

    def __init__(self) -> None:
        self.counting_now: Counting | None = None
        self.codes: dict[int, CodeType] = {}
        self.things: dict[int, Thing] = {}
        self.there = runner._Runner(None)  # type: ignore[arg-type]  # nothing is sent

    def request(self, op: str, values: Any = (), **fields: Any) -> Any:
        result = getattr(self.there, f"do_{op}")(fields, {}, *runner._copied(values))
        return (*(Thing(self, each) for each in result[:2]), result[2]) if op == "plug" else result

    def make(self, kind: Thing, args: Any, kwargs: Any, method: str, given: Any) -> Thing:
        thing = kind(*args, **kwargs)
        getattr(thing, method)(*given.values())
        return thing

    def repeat(self, function: Thing, times: int, args: Any, kwargs: Any) -> list[Any]:
        return [function(*args, **kwargs) for _ in range(times)]

    @contextlib.contextmanager
    def counting(self) -> Any:
        count = self.counting_now = Counting()
        try:
            yield count
        finally:
            self.counting_now = None

    @contextlib.contextmanager
    def watching(self) -> Any:
        yield Watching()


class Thing(Remote):
    """Something of the learner's, called directly."""

    def __init__(self, session: Direct, value: Any) -> None:
        number = session.there.refer(value)["id"]
        super().__init__(session, number, type(value).__name__)  # type: ignore[arg-type]  # it needs no more of a session
        object.__setattr__(self, "value", value)

    def __getattr__(self, name: str) -> Any:
        return self.wrapped(getattr(object.__getattribute__(self, "value"), name))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        session, function = self._session, object.__getattribute__(self, "value")
        try:
            if session.counting_now is None:
                return self.wrapped(function(*args, **kwargs))
            counter = runner._Counter(session.codes)
            try:
                return self.wrapped(counter.run(function, args, kwargs))
            finally:
                session.counting_now.opcodes += sum(counter.counts.values())
        except Exception as error:
            bases = [base.__name__ for base in type(error).__mro__]
            raise RemoteError(type(error).__name__, bases, str(error), "") from None

    def counting(self) -> Any:
        return self._session.counting()

    def watching(self) -> Any:
        return self._session.watching()

    def wrapped(self, value: Any) -> Any:
        plain = (int, float, str, list, tuple, dict, type(None), np.ndarray, np.generic)
        if isinstance(value, plain) or type(value).__name__ == "Tensor":
            return value
        return self._session.things.setdefault(id(value), Thing(self._session, value))  # the same for the same


class Plugin:
    """The judge's fixtures."""

    def __init__(self, solution: Path) -> None:
        self.path = solution
        spec = importlib.util.spec_from_file_location("solution", solution)
        self.module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # it is a file
        spec.loader.exec_module(self.module)  # type: ignore[union-attr]

    @pytest.fixture
    def solution(self) -> Thing:
        return Thing(Direct(), self.module)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return np.random.default_rng([0, zlib.crc32(request.node.nodeid.encode())])

    @pytest.fixture
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @pytest.fixture
    def device(self) -> str:
        return "cpu"

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if not item.function.__check__.capstone]


if __name__ == "__main__":
    drill, solution = map(Path, sys.argv[1:3])
    arguments = ["-q", "-p", "no:cacheprovider", "--noconftest", "-c", "/dev/null"]
    files = [str(drill / "public.py"), str(drill / "suite.py")]
    sys.exit(
        pytest.main([*arguments, f"--rootdir={drill}", "--import-mode=importlib", *files], plugins=[Plugin(solution)])
    )
