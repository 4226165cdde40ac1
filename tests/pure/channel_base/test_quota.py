"""Several processes share the calls of one account; with a clock of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.channel_base.lib.ratelimit import (
    BLOCK_SECONDS,
    BURST,
    SPARE_SECONDS,
    Bucket,
    Grant,
    RateLimiter,
)

from tests.pure.channel_base.test_ratelimit import Clock

PER_MINUTE = 600  # ten a second


class Shared:
    """What the database's row does."""

    def __init__(self, clock: Clock, per_minute: float = PER_MINUTE):
        rate = per_minute / 60
        self.clock = clock
        self.bucket = Bucket(rate, rate, BURST, BURST, clock())
        self.asked = 0
        self.is_there = True

    def take(
        self, maximum: float, wanted: int, succeeded: int, patience: float
    ) -> Grant | None:
        self.asked += 1
        if not self.is_there:
            return None
        self.bucket.allow(maximum)
        self.bucket.succeed(succeeded)
        return self.bucket.grant(self.clock(), wanted, patience)

    def throttle(self, maximum: float, after: float | None) -> Grant | None:
        self.asked += 1
        if not self.is_there:
            return None
        self.bucket.throttle(self.clock(), after)
        return self.bucket.grant(self.clock(), 0, 0.0)


def processes(shared: Shared, count: int = 2) -> list[RateLimiter]:
    return [
        RateLimiter(
            PER_MINUTE, clock=shared.clock, sleep=shared.clock.sleep, quota=shared
        )
        for _process in range(count)
    ]


@pytest.fixture
def shared() -> Shared:
    return Shared(Clock())


def test_one_process_is_as_fast_as_without(shared: Shared) -> None:
    (limit,) = processes(shared, 1)
    alone = Clock()
    without = RateLimiter(PER_MINUTE, clock=alone, sleep=alone.sleep)
    for _call in range(100):
        assert limit.acquire() == without.acquire() == 0.0
    assert shared.clock.now == pytest.approx(alone.now)
    # The first calls ask often, then each answer is good for half a second.
    assert shared.asked < 25


def test_a_burst_is_one_for_all(shared: Shared) -> None:
    gone = 0
    for limit in processes(shared, 10):
        while limit.acquire(patience=0.0) == 0.0:
            gone += 1
    assert gone == BURST


def test_who_calls_seldom_takes_no_more_than_it_needs(shared: Shared) -> None:
    limits = processes(shared, 5)
    for _second in range(30):
        for limit in limits:
            assert limit.acquire(patience=0.0) == 0.0
        shared.clock.now += 2
        shared.bucket.refill(shared.clock())
        assert shared.bucket.tokens == BURST


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from([0.0, 0.0, 0.01, 0.1, 0.5, 1.6, 5.0]),
            st.booleans(),
        ),
        max_size=300,
    )
)
def test_together_never_above_the_limit(steps: list[tuple[int, float, bool]]) -> None:
    clock = Clock()
    shared = Shared(clock)
    limits = processes(shared, 4)
    gone: list[float] = []
    for who, pause, refused in steps:
        clock.now += pause
        if limits[who].acquire(patience=0.0) == 0.0:
            gone.append(clock.now)
            limits[who].succeeded()
        if refused and pause == 5.0:
            limits[who].throttled()
    late = SPARE_SECONDS + BLOCK_SECONDS + 0.1
    for number, begin in enumerate(gone):
        for count, end in enumerate(gone[number:], 1):
            assert count <= BURST + PER_MINUTE / 60 * (end - begin + late)


def test_a_429_of_one_holds_all(shared: Shared) -> None:
    one, other = processes(shared)
    assert one.acquire() == other.acquire() == 0.0
    one.throttled(60)
    assert one.rate == pytest.approx(5)
    # What the other has in hand is over within seconds.
    shared.clock.now += 2
    for limit in (one, other):
        assert limit.acquire(patience=20.0) == pytest.approx(58)
        assert limit.rate == pytest.approx(5)
    shared.clock.now += 58
    assert other.acquire(patience=0.0) == 0.0


def test_a_429_empties_what_a_pause_has_filled() -> None:
    bucket = Bucket(10, 10, BURST, 5.0, 0.0)
    bucket.throttle(60.0)
    assert bucket.grant(60.0, 1, 0.0).calls == 0


def test_success_of_all_gives_back(shared: Shared) -> None:
    limits = processes(shared)
    limits[0].throttled()
    for _call in range(30):
        for limit in limits:
            assert limit.acquire() == 0.0
            limit.succeeded()
    shared.clock.now += 2
    assert limits[0].acquire() == 0.0
    assert shared.bucket.rate == pytest.approx(10)


def test_a_killed_process_loses_its_block_only(shared: Shared) -> None:
    one, other = processes(shared)
    for _call in range(40):
        assert one.acquire() == 0.0
    # It is gone; the other waits for what was promised, not longer.
    began = shared.clock.now
    for _call in range(10):
        assert other.acquire() == 0.0
    assert shared.clock.now - began <= 1.0 + BLOCK_SECONDS + 0.1


def test_without_the_row_a_process_limits_itself(shared: Shared) -> None:
    (limit,) = processes(shared, 1)
    shared.is_there = False
    for _call in range(BURST + 10):
        assert limit.acquire() == 0.0
    assert sum(shared.clock.slept) == pytest.approx(1)
    limit.throttled(5)
    assert limit.rate == pytest.approx(5)
    assert limit.acquire(patience=0.0) == pytest.approx(5)
    assert shared.asked < 10
    # It is there again.
    shared.is_there = True
    shared.clock.now += 10
    assert limit.acquire(patience=0.0) == 0.0
    assert limit.rate == pytest.approx(10)


def test_impatience_takes_nothing(shared: Shared) -> None:
    (limit,) = processes(shared, 1)
    shared.bucket.tokens = -50.0
    before = replace(shared.bucket)
    assert limit.acquire(patience=2.0) == pytest.approx(5.1)
    assert shared.bucket == before


@pytest.mark.parametrize("ahead", [3600.0, 10 * 86400.0, -10 * 86400.0])
def test_a_clock_that_was_wrong_holds_nobody(ahead: float) -> None:
    clock = Clock()
    shared = Shared(clock)
    (limit,) = processes(shared, 1)
    shared.bucket.counted_at += ahead
    assert limit.acquire(patience=0.0) == 0.0
    shared.bucket.blocked_until = clock.now + 10 * 86400
    clock.now += 5
    assert limit.acquire(patience=0.0) == 0.0
    limit.throttled(7)
    assert limit.acquire(patience=0.0) == pytest.approx(7)


@pytest.mark.parametrize(
    ("rate", "maximum", "expected"), [(10, 5, 5), (10, 20, 20), (4, 20, 4), (4, 3, 3)]
)
def test_another_maximum(rate: float, maximum: float, expected: float) -> None:
    bucket = Bucket(10, rate, BURST, BURST, 0.0)
    bucket.allow(maximum)
    assert (bucket.rate, bucket.maximum) == (expected, maximum)
