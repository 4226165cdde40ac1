"""Halving what fails."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.channel_base.lib.bisect import bisect


class Guilty(ValueError):
    pass


class Passing(ValueError):
    pass


def run(size: int, guilty: set[int]) -> tuple[list[int], list[int], int]:
    """What was worked on, in order, what failed, and the number of calls."""
    calls, failed = [], []

    def work(part: list[int]) -> list[int]:
        calls.append(part)
        if guilty & set(part):
            raise Guilty(part)
        return part

    def on_failure(part: list[int], error: Exception) -> list[int]:
        assert error.args == (part,)
        failed.extend(part)
        return part

    results = bisect(list(range(size)), work, on_failure)
    return [number for part in results for number in part], failed, len(calls)


@settings(deadline=None)
@given(size=st.integers(0, 70), guilty=st.sets(st.integers(0, 69)))
def test_only_the_guilty_fail(size: int, guilty: set[int]) -> None:
    done, failed, _calls = run(size, guilty)
    assert done == list(range(size))
    assert failed == sorted(guilty & set(range(size)))


def test_calls() -> None:
    assert run(0, set()) == ([], [], 0)
    assert run(64, set())[2] == 1
    # One guilty of 64: the whole, and both halves of six
    assert run(64, {17})[2] == 13


@pytest.mark.parametrize(
    ("error", "expected"),
    [(Guilty(), None), (Passing(), Passing), (KeyError(), KeyError)],
)
def test_what_is_nobody_s_guilt(
    error: Exception, expected: type[Exception] | None
) -> None:
    calls = []

    def work(part: list[int]) -> None:
        calls.append(part)
        raise error

    def halve() -> list[object]:
        return bisect(
            [1, 2],
            work,
            lambda _one, caught: caught,
            errors=ValueError,
            passing=Passing,
        )

    if expected is None:
        assert halve() == [error, error]
    else:
        with pytest.raises(expected):
            halve()
        assert calls == [[1, 2]]
