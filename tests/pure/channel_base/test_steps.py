"""How a driver stops a flow's generator."""

from __future__ import annotations

import pytest

from odoo.addons.channel_base.lib.steps import SliceOver, Step, stop


def test_what_was_begun_ahead_is_given_back_inside() -> None:
    given_back = []

    def work():
        try:
            yield Step.BATCH_END
        except SliceOver:
            given_back.append(True)
            raise
        pytest.fail("it went on")

    def flow():
        yield from work()

    steps = flow()
    assert next(steps) is Step.BATCH_END
    stop(steps)
    assert given_back
    assert next(steps, None) is None


def test_who_began_nothing_lets_it_pass() -> None:
    def flow():
        while True:
            try:
                yield Step.BATCH_END
            except Exception:  # noqa: BLE001 - a flow's own net catches no slice's end
                pytest.fail("caught")

    steps = flow()
    next(steps)
    stop(steps)
    assert next(steps, None) is None


def test_what_fails_while_it_is_given_back_is_raised() -> None:
    def flow():
        try:
            yield Step.BATCH_END
        except SliceOver:
            raise ValueError("conflict") from None

    steps = flow()
    next(steps)
    with pytest.raises(ValueError, match="conflict"):
        stop(steps)
