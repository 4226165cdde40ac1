"""When to try again."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.channel_base.lib import backoff


@settings(deadline=None)
@given(attempts=st.integers(-5, 10**9), seed=st.integers())
def test_bounds(attempts: int, seed: int) -> None:
    seconds = backoff.delay(attempts, rng=random.Random(seed))
    assert backoff.BASE_SECONDS / 2 <= seconds <= backoff.MAX_SECONDS


@pytest.mark.parametrize(
    ("attempts", "ceiling"), [(1, 30), (2, 60), (5, 480), (10, 15360), (11, 21600)]
)
def test_it_doubles(attempts: int, ceiling: float) -> None:
    found = [backoff.delay(attempts, rng=random.Random(seed)) for seed in range(300)]
    assert min(found) >= ceiling / 2
    assert max(found) <= ceiling
    assert max(found) - min(found) > ceiling / 3


@settings(deadline=None)
@given(after=st.floats(0, 10**9), attempts=st.integers(1, 50))
def test_what_was_asked_is_a_bounded_minimum(after: float, attempts: int) -> None:
    seconds = backoff.delay(attempts, after)
    assert seconds >= min(after, 86400)
    assert seconds <= 86400 * 1.1


def test_nothing_asked() -> None:
    assert backoff.delay(1, None) <= 30
    assert backoff.delay(1, 0) <= 30
