"""The rate limit with a clock of its own."""

from __future__ import annotations

import math
import threading
from bisect import bisect_left

import pytest

from odoo.addons.channel_base.lib.ratelimit import (
    Bucket,
    RateLimiter,
    limiter_for,
    sustained,
)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


def limiter(clock: Clock, per_minute: float = 60, burst: int = 3) -> RateLimiter:
    return RateLimiter(per_minute, burst, clock=clock, sleep=clock.sleep)


def test_a_burst_goes_at_once_and_then_the_rate_holds() -> None:
    clock = Clock()
    limit = limiter(clock)
    for _ in range(13):
        assert limit.acquire() == 0.0
    assert sum(clock.slept) == pytest.approx(10)
    assert len(clock.slept) == 10


@pytest.mark.parametrize(
    ("per_minute", "burst"), [(600, 20), (120, 20), (60, 10), (12, 2), (6, 1), (0.5, 1)]
)
def test_a_burst_fits_what_is_allowed(per_minute: float, burst: int) -> None:
    clock = Clock()
    limit = RateLimiter(per_minute, clock=clock, sleep=clock.sleep)
    gone = 0
    while limit.acquire(patience=0) == 0.0:
        gone += 1
    assert gone == burst
    bucket = Bucket(10, 10, 20, 20, 0.0)
    bucket.allow(per_minute / 60)
    assert bucket.burst == burst


@pytest.mark.parametrize("per_minute", [0.5, 1, 6, 12, 60, 600, 1500])
def test_no_minute_has_more_than_are_allowed(per_minute: float) -> None:
    clock = Clock()
    limit = RateLimiter(sustained(per_minute), clock=clock, sleep=clock.sleep)
    gone: list[float] = []
    for pause in (0.0, 300.0, 7.0):
        clock.now += pause
        for _call in range(int(per_minute) * 2 + 2):
            assert limit.acquire(patience=math.inf) == 0.0
            gone.append(clock.now)
    for number, begin in enumerate(gone):
        later = bisect_left(gone, begin + 60)
        assert later - number <= max(per_minute, 1)
    # Hardly less is made of it.
    assert sustained(per_minute) >= per_minute / 2
    assert sustained(600) == 580


@pytest.mark.parametrize("per_minute", [0, -1, math.nan, math.inf])
def test_no_limit_is_none(per_minute: float) -> None:
    with pytest.raises(ValueError):
        RateLimiter(per_minute)


def test_a_pause_fills_no_more_than_a_burst() -> None:
    clock = Clock()
    limit = limiter(clock)
    for _ in range(3):
        limit.acquire()
    clock.now += 3600
    for _ in range(4):
        limit.acquire()
    assert len(clock.slept) == 1


def test_impatience_takes_nothing() -> None:
    clock = Clock()
    limit = limiter(clock, per_minute=6)
    for _ in range(3):
        limit.acquire()
    assert limit.acquire(patience=5) == pytest.approx(10)
    assert limit.acquire(patience=5) == pytest.approx(10)
    assert clock.slept == []
    clock.now += 10
    assert limit.acquire(patience=0) == 0.0


def test_429_halves_and_success_gives_back() -> None:
    clock = Clock()
    limit = limiter(clock)
    limit.throttled()
    assert limit.rate == pytest.approx(0.5)
    assert limit.acquire(patience=0) == pytest.approx(2)
    for _ in range(50):
        limit.succeeded()
    assert limit.rate == pytest.approx(1.0)
    limit.succeeded()
    assert limit.rate == pytest.approx(1.0)


def test_the_rate_never_falls_to_nothing() -> None:
    limit = limiter(Clock())
    for _ in range(100):
        limit.throttled()
    assert limit.rate == pytest.approx(0.1)


def test_calls_that_were_under_way_together_halve_once() -> None:
    clock = Clock()
    limit = limiter(clock, per_minute=600)
    began = limit.now()
    clock.now += 0.1
    for _thread in range(8):
        limit.throttled(began=began)
        clock.now += 0.01
    assert limit.rate == pytest.approx(5)
    limit.throttled(began=limit.now())
    assert limit.rate == pytest.approx(2.5)


def test_a_retry_after_blocks_everybody() -> None:
    clock = Clock()
    limit = limiter(clock)
    limit.throttled(60)
    limit.throttled(5)
    assert limit.acquire(patience=30) == pytest.approx(60)
    clock.now += 60
    assert limit.acquire(patience=0) == 0.0


def test_threads_share_it() -> None:
    clock = Clock()
    limit = RateLimiter(60, 5, clock=lambda: 0.0, sleep=clock.sleep)
    taken: list[float] = []

    def work() -> None:
        for _ in range(25):
            if limit.acquire(patience=10.0) == 0.0:
                taken.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Time stands still: the burst and what fits into the patience, not one more.
    assert len(taken) == 5 + 10


def test_one_limiter_for_each_account() -> None:
    one = limiter_for(("db", "x", "1"), 600)
    assert limiter_for(("db", "x", "1"), 600) is one
    assert limiter_for(("db", "x", "2"), 600) is not one
    assert limiter_for(("db", "x", "1"), 300) is not one
