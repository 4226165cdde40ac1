"""Many calls at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_base.lib.parallel import WORKERS, Gathering, gather
from odoo.addons.remote_transport.lib.transport import POOL_SIZE

DOWN = Retryable("503")
BUSY = Retryable("409", alone=True)
WRONG = Rejected("no_title")
BUG = KeyError("id")
ANSWERS = st.sampled_from(["fine", DOWN, BUSY, WRONG, BUG])


class Wire:
    """Answers as it is told, and notes who asked.

    :param answers: of each item; an exception is raised
    """

    def __init__(self, answers, pause=0.0):
        self.answers, self.pause = answers, pause
        self.tried: list[int] = []
        self.threads: set[threading.Thread] = set()
        self.running = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, item):
        with self._lock:
            self.tried.append(item)
            self.threads.add(threading.current_thread())
            self.running += 1
            self.most = max(self.most, self.running)
        if self.pause:
            time.sleep(self.pause * (1 + item % 3))
        with self._lock:
            self.running -= 1
        answer = self.answers[item]
        if isinstance(answer, BaseException):
            raise answer
        return f"{item} {answer}"

    def gather(self, workers=WORKERS):
        return gather(range(len(self.answers)), self, workers)


def expected(answers):
    return [
        answer if isinstance(answer, Exception) else f"{item} {answer}"
        for item, answer in enumerate(answers)
    ]


def is_down(answers, tried, patience):
    """Whether so many of those that were tried failed in a row, in some order in which
    they may have been finished: at most ``patience`` are on their way at once."""
    return sum(answers[item] is DOWN for item in tried) >= patience


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@settings(deadline=None)
@given(answers=st.lists(ANSWERS, max_size=60), workers=st.integers(1, 9))
def test_each_item_has_its_own_answer(answers, workers) -> None:
    wire = Wire(answers)
    got = wire.gather(workers)
    assert len(got) == len(answers)
    assert sorted(wire.tried) == sorted(set(wire.tried))
    assert wire.most <= workers
    wanted, tried = expected(answers), set(wire.tried)
    assert all(got[item] == wanted[item] for item in tried)
    if len(tried) < len(answers):
        # They are taken in order, and what is left has the first error.
        assert tried == set(range(len(tried)))
        assert is_down(answers, tried, workers)
        assert all(error is DOWN for error in got[len(tried) :])


@settings(deadline=None)
@given(answers=st.lists(ANSWERS, max_size=60))
def test_with_one_worker_all_happens_in_turn(answers) -> None:
    wire = Wire(answers)
    wire.gather(1)
    assert wire.threads <= {threading.current_thread()}
    first = answers.index(DOWN) + 1 if DOWN in answers else len(answers)
    assert wire.tried == list(range(first))


def test_they_go_at_the_same_time() -> None:
    barrier = threading.Barrier(WORKERS, timeout=10)
    answers = gather(range(3 * WORKERS), lambda _item: barrier.wait() >= 0)
    assert answers == [True] * 3 * WORKERS


def test_answers_are_in_order_whoever_is_first() -> None:
    wire = Wire(["fine"] * 20, pause=0.003)
    assert wire.gather() == expected(wire.answers)
    assert 1 < wire.most <= WORKERS


def test_once_nobody_is_there_the_rest_is_not_tried() -> None:
    errors = [Retryable(str(number)) for number in range(1000)]
    wire = Wire(errors, pause=0.001)
    got = wire.gather()
    assert WORKERS <= len(wire.tried) < 3 * WORKERS
    tried = len(wire.tried)
    assert got == errors[:tried] + [errors[0]] * (1000 - tried)


@pytest.mark.parametrize("answer", [BUSY, WRONG, BUG])
def test_what_is_the_item_s_own_stops_nobody(answer) -> None:
    wire = Wire([answer] * 50)
    assert wire.gather() == [answer] * 50
    assert len(wire.tried) == 50


def test_an_answer_between_shows_that_somebody_is_there() -> None:
    for fine in ("fine", WRONG):
        wire = Wire([DOWN, DOWN, fine] * 10)
        assert gather(range(30), wire, 3) == expected(wire.answers)


@pytest.mark.parametrize("workers", [1, 2, WORKERS])
def test_credentials_that_are_refused_stop_everything(workers) -> None:
    refused = AuthRequired("401")
    wire = Wire(["fine"] * 20 + [refused] * 200, pause=0.001)
    got = wire.gather(workers)
    # What others have answered counts.
    assert got == expected(wire.answers)
    assert len(wire.tried) <= 20 + 2 * workers


def test_who_interrupts_waits_for_no_more_than_what_is_on_its_way() -> None:
    main, tried = threading.current_thread(), []

    def work(item):
        tried.append(item)
        time.sleep(0.002)
        if threading.current_thread() is main:
            raise KeyboardInterrupt
        return item

    with pytest.raises(KeyboardInterrupt):
        gather(range(1000), work)
    assert len(tried) < 1000


def test_a_thread_that_ends_says_so() -> None:
    main, both = threading.current_thread(), threading.Barrier(2, timeout=10)

    def work(_item):
        both.wait()
        if threading.current_thread() is not main:
            raise SystemExit(1)

    with pytest.raises(SystemExit):
        gather(range(2), work, 2)


def test_no_more_threads_than_items() -> None:
    with patch.object(ThreadPoolExecutor, "__init__", return_value=None) as made:
        with patch.object(ThreadPoolExecutor, "submit"):
            with patch.object(ThreadPoolExecutor, "shutdown"):
                gather(range(3), str)
    assert made.call_args.args == (2,)


@pytest.mark.parametrize("started", [0, 1])
def test_where_no_thread_can_be_started_it_goes_on_with_fewer(started) -> None:
    submit, count = ThreadPoolExecutor.submit, []

    def fail(pool, run):
        count.append(run)
        if len(count) > started:
            raise RuntimeError("can't start new thread")
        return submit(pool, run)

    wire = Wire(["fine"] * 20)
    with patch.object(ThreadPoolExecutor, "submit", fail):
        assert wire.gather() == expected(wire.answers)
    assert len(wire.threads) <= 1 + started


def test_nothing_for_nothing() -> None:
    assert gather([], Wire([])) == []
    assert gather([1], lambda item: None) == [None]


def test_a_session_keeps_a_connection_for_each_worker() -> None:
    assert WORKERS <= POOL_SIZE


def test_it_begins_beside_the_caller_who_helps_in_the_end() -> None:
    main, begun, may_end = threading.current_thread(), threading.Event(), []

    def work(item):
        begun.set()
        if threading.current_thread() is not main:
            while not may_end:
                time.sleep(0.001)
        return item

    calls = Gathering(range(9), work, 3, threads=2)
    assert begun.wait(10)
    assert not calls.is_done()
    may_end.append(True)
    assert calls.wait() == list(range(9))
    assert calls.is_done()


def test_it_is_done_without_the_caller() -> None:
    wire = Wire(["fine"] * 20)
    calls = Gathering(range(20), wire, 3, threads=1)
    end = time.monotonic() + 10
    while not calls.is_done() and time.monotonic() < end:
        time.sleep(0.001)
    assert calls.is_done()
    assert threading.current_thread() not in wire.threads
    assert calls.wait() == expected(wire.answers)


def test_nothing_to_do_is_done() -> None:
    calls = Gathering([], Wire([]), 3, threads=1)
    assert calls.is_done()
    assert calls.wait() == []


def test_what_is_cancelled_begins_no_further_call_and_waits_for_none() -> None:
    begun, may_end = threading.Event(), threading.Event()
    tried = []

    def work(item):
        tried.append(item)
        begun.set()
        may_end.wait(10)
        return item

    calls = Gathering(range(50), work, 4, threads=3)
    assert begun.wait(10)
    calls.cancel()
    assert not calls.is_done()
    may_end.set()
    end = time.monotonic() + 10
    while not calls.is_done() and time.monotonic() < end:
        time.sleep(0.001)
    assert calls.is_done()
    assert len(tried) <= 3
    time.sleep(0.05)


def test_refused_credentials_end_what_is_beside() -> None:
    refused = AuthRequired("401")
    calls = Gathering(range(20), Wire([refused] * 20), 3, threads=2)
    assert calls.wait() == [refused] * 20
