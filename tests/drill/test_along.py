"""Attributes that come along with an answer are what asking for them would have given."""

import socket
import threading

import numpy as np
import pytest

from groundup.drill import runner, wire
from groundup.drill.proxy import Gone, RemoteError, Session, Solution, made, repeated

FILE = """
import numpy as np

class Model:
    tol = 0.5

    def __init__(self, k=3):
        self.k, self.tol, self.reads, self.method = k, 0.25, 0, None

    def fit(self, X):
        self.mean_ = X.mean(axis=0)
        self.history_ = [1.0, 0.5]
        self.large_ = np.zeros(100_000)
        self.parts_ = {"k": self.k}
        return self

    def step(self):
        self.mean_ += 1

    def fail(self, X, times):
        raise ValueError(f"{len(X)} rows, {times} times")

    def method(self):
        return "the class's"

    @property
    def counted(self):
        self.reads += 1
        return self.reads

    @property
    def rows(self):
        return sum(1 for _ in range(self.k))

class Watched(Model):
    asked = 0

    def __getattribute__(self, name):
        Watched.asked += 1
        return object.__getattribute__(self, name)

class Slots:
    __slots__ = ("value",)

    def __init__(self):
        self.value = 1

def asked():
    return Watched.asked

def drawn(x, rng=None, *, size=1):
    x += 1
    return x.tolist(), int(rng.integers(2**32))
"""


@pytest.fixture
def session():
    """A judge's session with a runner in a thread, and the operations that it was asked for."""
    (judge, answers), (life, _other) = socket.socketpair(), socket.socketpair()
    there = runner._Runner(answers)
    exec(compile(FILE, "solution.py", "exec"), there.module.__dict__)

    def serve():
        try:
            while True:
                there.answer(*wire.receive(answers))
        except (EOFError, OSError):
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with judge, answers, life, _other:
        session = Session(judge, life, seconds=5)
        session.ops, request = [], session.request
        session.request = lambda op, *args, **fields: session.ops.append(op) or request(op, *args, **fields)
        yield session
        session._replies.close()
        judge.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def solution(session):
    return Solution(session)


def test_methods_and_data_are_not_asked_for(session, solution):
    model = solution.Model(5)
    assert model.fit(np.arange(6.0).reshape(3, 2)) is model
    assert model.mean_.tolist() == [2.0, 3.0]
    assert (model.history_, model.k) == ([1.0, 0.5], 5)
    assert session.ops == ["attribute", "call", "call"]  # the class, its construction, fit


def test_what_is_made_and_used_takes_one_question(session, solution):
    X = np.arange(6.0).reshape(3, 2)
    model = made(solution.Model, 5, then="fit", given={"X": X})
    assert (model.mean_.tolist(), model.k) == ([2.0, 3.0], 5)
    assert model.fit(X) is model
    assert session.ops == ["attribute", "make", "call"]


def test_what_is_made_and_used_has_the_inputs_of_both_in_messages(session, solution):
    X = np.ones((2, 2))
    with pytest.raises(RemoteError, match="2 rows, 4 times"):
        made(solution.Model, 5, then="fail", given={"X": X, "times": 4})
    assert session.last_inputs == {"k": 5, "X": X, "times": 4}


def test_a_call_is_repeated_in_one_question_with_fresh_arrays_and_one_generator(session, solution):
    x = np.zeros(2)
    results = repeated(solution.drawn, 3, x, rng=np.random.default_rng(5))
    rng = np.random.default_rng(5)
    assert results == [([1.0, 1.0], int(rng.integers(2**32))) for _ in range(3)]
    assert x.tolist() == [0.0, 0.0]
    assert session.ops == ["attribute", "repeat"]
    assert session.last_inputs["x"] is x


def test_a_repeated_call_that_raises_says_so(session, solution):
    with pytest.raises(RemoteError, match="integers"):
        repeated(solution.drawn, 3, np.zeros(2))


def test_a_repeated_call_gives_as_many_results_as_were_asked_for(session, solution, monkeypatch):
    for answer in ([1, 2], (1, 2, 3), None):
        monkeypatch.setattr(session, "request", lambda *args, answer=answer, **fields: answer)
        monkeypatch.setattr(session, "_broke", Gone)
        with pytest.raises(Gone):
            session.repeat(solution, 3, (), {})


def test_an_array_is_handed_out_once(solution):
    model = solution.Model().fit(np.ones((2, 2)))
    model.mean_[:] = 7
    assert model.mean_.tolist() == [1.0, 1.0]


def test_a_change_is_seen(solution):
    model = solution.Model().fit(np.ones((2, 2)))
    model.step()
    assert model.mean_.tolist() == [2.0, 2.0]


def test_another_object_has_its_own(solution):
    one, two = solution.Model(1), solution.Model(2)
    assert (one.k, two.k, one.k) == (1, 2, 1)


def test_what_is_large_or_no_plain_data_is_asked_for(session, solution):
    model = solution.Model().fit(np.ones((2, 2)))
    before = len(session.ops)
    assert (model.large_.shape, model.parts_) == ((100_000,), {"k": 3})
    assert len(session.ops) == before + 2


def test_a_property_runs_when_it_is_read(solution):
    model = solution.Model()
    assert model.reads == 0
    assert [model.counted, model.counted] == [1, 2]
    assert model.reads == 2


def test_what_a_property_computes_is_counted(solution):
    counts = []
    for k in (100, 200):
        model = solution.Model(k)
        with solution.counting() as count:
            assert (model.rows, model.k) == (k, k)
        counts.append(count.opcodes)
    assert counts[1] > 1.8 * counts[0] > 180


def test_an_object_hides_its_class(session, solution):
    model = solution.Model()
    assert (model.tol, model.method) == (0.25, None)


def test_a_class_that_watches_reads_is_asked_each_time(session, solution):
    model = solution.Watched()
    before = solution.asked()
    assert model.k == 3
    assert solution.asked() == before + 1


def test_slots_are_asked_for(solution):
    assert solution.Slots().value == 1


def test_attributes_without_names_break_the_protocol(session):
    with pytest.raises(wire.WireError, match="without a name"):
        session._keep(1, (None, {1: 2}))
    with pytest.raises(wire.WireError):
        session._keep("1", (None, {"a": 2}))
    with pytest.raises(wire.WireError):
        session._keep(1, [None, {}])
