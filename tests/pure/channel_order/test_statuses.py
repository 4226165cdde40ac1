"""Statuses that consist of several, and shares of what was bought."""

from __future__ import annotations

from decimal import Decimal

import pytest

from odoo.addons.channel_order.lib.amounts import whole_units
from odoo.addons.channel_order.lib.statuses import compose, split, strongest


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((), ""),
        (("paid",), "paid"),
        (("order:pending", "", "payment:captured"), "order:pending | payment:captured"),
    ],
)
def test_parts_of_a_status(parts: tuple[str, ...], text: str) -> None:
    assert compose(parts) == text
    assert split(text) == tuple(filter(None, parts))


def test_a_status_of_one_word_stays_as_it_came() -> None:
    for word in ("a b", "a|b", " x", "x:y"):
        assert split(word) == (word,)
    assert split(None) == split(False) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        (["wait", "import", "wait"], "import"),
        (["import", "reserve"], "import"),
        (["reserve", "wait"], "reserve"),
        (["import", "ignore"], "ignore"),
        (["import", "cancel", "ignore"], "cancel"),
        (["wait"], "wait"),
    ],
)
def test_the_strongest_decision_counts(decisions: list[str], expected: str) -> None:
    assert strongest(decisions) == strongest(reversed(decisions)) == expected


@pytest.mark.parametrize(
    ("quantity", "share", "units"),
    [
        ("2", 0.0, "0"),
        ("2", 0.49, "0"),
        ("2", 0.5, "1"),
        ("3", 1 / 3, "1"),
        ("3", 2 / 3, "2"),
        ("2", 0.9999, "1"),
        ("2", 1.0, "2"),
        ("2", 1.5, "2"),
        ("1.5", 1.0, "1.5"),
        ("5", -1.0, "0"),
    ],
)
def test_whole_units(quantity: str, share: float, units: str) -> None:
    assert whole_units(Decimal(quantity), share) == Decimal(units)
