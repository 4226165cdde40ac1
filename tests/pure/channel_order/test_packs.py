"""Packs and kits on the lines of an order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_order.lib.amounts import round_money
from odoo.addons.channel_order.lib.packs import Component, Part, part_ref, split_line

D = Decimal
CENTS = st.integers(-(10**8), 10**8).map(lambda cents: D(cents) / 100)
PIECES = st.integers(1, 500).map(D)
UNITS = st.one_of(
    st.integers(1, 1000).map(D),
    st.decimals("0.01", "50", places=2, allow_nan=False),
)
WEIGHTS = st.one_of(st.just(D(0)), st.decimals("0.01", "10000", places=2))
COMPONENTS = st.lists(
    st.builds(Component, st.integers(1, 5), UNITS, WEIGHTS), min_size=1, max_size=6
)


def pairs(parts: list[Part]) -> list[tuple[object, str, str]]:
    return [(p.product, str(p.quantity), str(p.unit_price)) for p in parts]


@pytest.mark.parametrize(
    ("quantity", "price", "components", "expected"),
    [
        ("2", "33.333", [("a", 1, 1)], [("a", "2", "33.333")]),
        ("1", "600.00", [("a", 6, 1)], [("a", "6", "100.00")]),
        ("2", "600.00", [("a", 6, 1)], [("a", "12", "100.00")]),
        ("1", "100.00", [("a", 6, 1)], [("a", "4", "16.67"), ("a", "2", "16.66")]),
        ("3", "100.00", [("a", 6, 1)], [("a", "12", "16.67"), ("a", "6", "16.66")]),
        ("1", "5.00", [("a", 1000, 1)], [("a", "500", "0.01"), ("a", "500", "0.00")]),
        ("1", "100.00", [("a", "2.5", 1)], [("a", "2.5", "40.00")]),
        ("1", "0.00", [("a", 6, 1)], [("a", "6", "0.00")]),
        (
            "1",
            "-100.00",
            [("a", 6, 1)],
            [("a", "2", "-16.66"), ("a", "4", "-16.67")],
        ),
        (
            "1",
            "100.00",
            [("a", 1, 200), ("b", 2, 100)],
            [("a", "1", "66.67"), ("b", "1", "16.67"), ("b", "1", "16.66")],
        ),
        # A gift costs nothing; without any price everything is the first one's.
        (
            "1",
            "90.00",
            [("a", 1, 10), ("b", 1, 0)],
            [("a", "1", "90.00"), ("b", "1", "0")],
        ),
        (
            "1",
            "90.00",
            [("a", 1, 0), ("b", 1, 0)],
            [("a", "1", "90.00"), ("b", "1", "0")],
        ),
    ],
)
def test_examples(
    quantity: str,
    price: str,
    components: list[tuple[str, object, object]],
    expected: list[tuple[str, str, str]],
) -> None:
    held = [Component(p, D(str(q)), D(str(w))) for p, q, w in components]
    found = pairs(split_line(D(quantity), D(price), D(0), held))
    assert [(p, D(q), D(amount)) for p, q, amount in found] == [
        (p, D(q), D(amount)) for p, q, amount in expected
    ]


@given(PIECES, CENTS, COMPONENTS)
def test_goods_and_money_are_those_of_the_line(
    quantity: Decimal, price: Decimal, components: list[Component]
) -> None:
    parts = split_line(quantity, price, D("1.23"), components)
    # As Odoo rounds each line of a sale order.
    total = sum(round_money(part.quantity * part.unit_price) for part in parts)
    assert total == quantity * price
    sold: dict[object, Decimal] = {}
    for part in parts:
        sold[part.product] = sold.get(part.product, D(0)) + part.quantity
        assert part.quantity >= 0
    wanted: dict[object, Decimal] = {}
    for held in components:
        wanted[held.product] = wanted.get(held.product, D(0)) + quantity * held.quantity
    assert sold == wanted
    fees = sum(part.fee * part.quantity for part in parts)
    assert abs(fees - quantity * D("1.23")) < D("0.0001")


@given(PIECES, st.integers(0, 10**8).map(D), COMPONENTS)
def test_a_currency_without_cents(
    quantity: Decimal, price: Decimal, components: list[Component]
) -> None:
    parts = split_line(quantity, price, D(0), components, D(1))
    assert all(part.unit_price == int(part.unit_price) for part in parts[:1]) or (
        len(components) == 1 and components[0].quantity == 1
    )
    total = sum(round_money(part.quantity * part.unit_price, D(1)) for part in parts)
    assert total == quantity * price


def test_parts_have_names_of_their_own() -> None:
    assert [part_ref("L1", number) for number in range(3)] == ["L1", "L1#2", "L1#3"]
