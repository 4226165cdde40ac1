"""Arithmetic of an order's money."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_order.lib.amounts import (
    expected_total,
    money_unit,
    prorate,
    round_money,
)
from odoo.addons.channel_order.lib.schema import Line, Order
from odoo.addons.channel_partner.lib.buyer import Buyer

CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)


def order(price: str, quantity: str = "1", discount: str = "0") -> Order:
    line = Line("1", "i", "", "s", "t", Decimal(quantity), Decimal(price))
    return Order(
        external_id="1",
        number="1",
        status="paid",
        currency="ARS",
        placed_at=datetime(2026, 11, 1),
        buyer=Buyer("5"),
        lines=(line,),
        goods_total=line.quantity * line.unit_price,
        seller_discount=Decimal(discount),
    )


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        ("1.005", "0.01", "1.01"),
        ("-1.005", "0.01", "-1.01"),
        ("1.004", "0.01", "1.00"),
        ("2.5", "1", "3"),
        ("0.07", "0.05", "0.05"),
    ],
)
def test_rounding(amount: str, unit: str, expected: str) -> None:
    assert round_money(Decimal(amount), Decimal(unit)) == Decimal(expected)


def test_the_goods_are_totalled_before_the_sellers_discount() -> None:
    whole = order("50.05", "2", "10.1")
    assert whole.goods_total == Decimal("100.10")
    assert expected_total(whole) == Decimal("90.00")
    assert expected_total(whole, Decimal("5.5")) == Decimal("95.50")


def test_an_order_without_discount_and_freight_comes_to_its_goods() -> None:
    plain = order("33.335", "3")
    assert expected_total(plain) == Decimal("100.01")


def test_a_currency_without_cents() -> None:
    peso = money_unit(1.0)
    assert (peso, money_unit(0.01), money_unit(0.0)) == (
        1,
        Decimal("0.01"),
        Decimal("0.01"),
    )
    assert expected_total(order("33.335", "3"), unit=peso) == 100
    assert expected_total(order("52240"), Decimal("3990.0"), peso) == 56230
    parts = prorate(Decimal(1000), {"a": Decimal(1), "b": Decimal(2)}, peso)
    assert parts == {"a": 333, "b": 667}


@given(CENTS, st.lists(CENTS, min_size=1, max_size=8))
def test_parts_add_up(amount: Decimal, weights: list[Decimal]) -> None:
    parts = prorate(amount, dict(enumerate(weights)))
    assert sum(parts.values()) == amount
    assert all(part >= 0 for part in parts.values())
    for key, part in parts.items():
        if sum(weights):
            exact = amount * weights[key] / sum(weights)
            assert abs(part - exact) <= Decimal("0.01")


def test_the_heaviest_takes_what_rounding_leaves() -> None:
    weights = {"a": Decimal(1), "b": Decimal(3), "c": Decimal(2)}
    assert prorate(Decimal("0.01"), weights) == {
        "a": 0,
        "b": Decimal("0.01"),
        "c": 0,
    }
    assert prorate(Decimal(5), {"a": Decimal(0), "b": Decimal(0)}) == {"a": 5, "b": 0}
