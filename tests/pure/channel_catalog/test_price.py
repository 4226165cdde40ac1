import math
import random
from datetime import datetime
from decimal import Decimal

import pytest

from odoo.addons.channel_catalog.lib.price import (
    Part,
    Price,
    Problem,
    Rounding,
    Shown,
    Terms,
    decide,
    format_moment,
    parse_amount,
)

CENTS = Rounding(Decimal("0.01"))
PLAIN = Terms("ARS", CENTS)
FRIDAY, SUNDAY = datetime(2026, 11, 27, 3), datetime(2026, 11, 30, 2, 59, 59)


def part(amount, reduced=None, *, rate=0.21, **values):
    """A price with taxes inside."""
    shown = [p if p is None else Shown(p, p / (1 + rate)) for p in (amount, reduced)]
    return Part(*shown, **values)


@pytest.mark.parametrize(
    "value", [0, -1, 1e13, math.nan, math.inf, -math.inf, -0.0, 1e308]
)
def test_what_is_no_amount(value):
    assert parse_amount(value) is None
    assert decide([part(value)], PLAIN) == Problem("price_missing")
    assert decide([part(100), part(value)], PLAIN) == Problem("price_missing")
    assert decide([part(100, value)], PLAIN) == Problem("price_missing")


def test_nothing_has_no_price():
    assert decide([], PLAIN) == Problem("price_missing")


@pytest.mark.parametrize("value", [0.01, 0.004, 0.0149])
def test_the_smallest_unit_is_no_price(value):
    assert decide([part(value)], PLAIN) == Problem("price_missing")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.005, "1.01"), (99.99499999999999, "100"), (99.994, "99.99"), (0.02, "0.02")],
)
def test_cents_are_rounded_half_up_without_the_noise_of_floats(value, shown):
    assert decide([part(value)], PLAIN).amount == Decimal(shown)


@pytest.mark.parametrize(
    ("step", "extra", "value", "shown"),
    [
        ("1", "-0.10", 12.34, "11.90"),
        ("1", "-0.10", 12.50, "12.90"),
        ("1", "-0.10", 0.20, "0.90"),
        ("100", "-1", 1249, "1199"),
        ("100", "-1", 1250, "1299"),
        ("100", "-1", 3, "99"),
        ("10", "0", 3, "10"),
        ("10", "0", 25, "30"),
        ("10", "-10", 3, "10"),
        ("0.5", "0", 1.26, "1.50"),
        ("0", "0", 1.234, "1.23"),
    ],
)
def test_rounding(step, extra, value, shown):
    rounding = Rounding(Decimal("0.01"), Decimal(step), Decimal(extra))
    assert decide([part(value)], Terms("ARS", rounding)).amount == Decimal(shown)


def test_rounding_is_near_and_never_gives_nothing():
    draw = random.Random(5)
    for _time in range(2000):
        step = Decimal(draw.choice(["0.05", "1", "5", "10", "100", "1000"]))
        extra = -step * draw.choice([0, Decimal("0.01"), Decimal("0.1")])
        rounding = Rounding(Decimal("0.01"), step, extra)
        amount = Decimal(draw.randint(2, 10**7)) / 100
        shown = rounding.apply(amount)
        assert shown > 0
        assert shown == shown.quantize(Decimal("0.01"))
        if shown != step + extra:
            assert abs(shown - amount) <= step / 2 - extra + Decimal("0.005")


def test_a_promotion_with_its_dates():
    found = decide([part(100, 80, begins=FRIDAY, ends=SUNDAY)], PLAIN)
    assert found == Price(Decimal(100), "ARS", Decimal(80), FRIDAY, SUNDAY)
    assert format_moment(found.begins) == "2026-11-27T03:00:00Z"
    assert format_moment(FRIDAY.replace(microsecond=5)) == "2026-11-27T03:00:00Z"
    assert format_moment(None) is None


@pytest.mark.parametrize("reduced", [100, 100.004, 120])
def test_what_costs_no_less_is_no_promotion(reduced):
    assert decide([part(100, reduced)], PLAIN) == Price(Decimal(100), "ARS")


def test_a_channel_without_promotions_shows_what_is_paid():
    terms = Terms("ARS", CENTS, promotions=False)
    assert decide([part(100, 80)], terms) == Price(Decimal(80), "ARS")


def test_a_kit_is_the_sum_of_its_components():
    later = datetime(2026, 11, 28)
    found = decide(
        [part(100, 90, begins=FRIDAY), part(50), part(30.5, 20, begins=later)], PLAIN
    )
    assert found == Price(Decimal("180.5"), "ARS", Decimal(160), later)


def test_a_promotion_of_a_kit_ends_with_its_first():
    found = decide([part(9, 8, ends=SUNDAY), part(9, 8, ends=FRIDAY)], PLAIN)
    assert found.ends == FRIDAY


@pytest.mark.parametrize(
    ("amount", "reduced", "margin", "ok"),
    [
        (121, None, 0, True),
        (120.98, None, 0, False),
        (133.10, None, 10, True),
        (133.08, None, 10, False),
        (200, 121, 0, True),
        (200, 120, 0, False),
        (120, None, -10, True),
        (1, None, None, True),
    ],
)
def test_the_floor_is_a_margin_over_the_cost_without_taxes(amount, reduced, margin, ok):
    margin = None if margin is None else Decimal(margin)
    found = decide([part(amount, reduced, cost=100)], Terms("ARS", CENTS, margin))
    assert isinstance(found, Price) is ok


def test_the_floor_of_a_kit_is_of_all_its_costs():
    kit = [part(121, cost=90), part(121, cost=120)]
    assert decide(kit, Terms("ARS", CENTS, Decimal(0))).code == "price_below_floor"
    assert isinstance(decide(kit, Terms("ARS", CENTS, Decimal(-5))), Price)


def test_the_margin_is_what_is_paid_over_the_cost():
    assert decide([part(242, 181.5, cost=100)], PLAIN).margin.quantize(1) == 50
    assert decide([part(242)], PLAIN).margin is None


def test_the_floor_says_its_numbers():
    found = decide([part(121, cost=100)], Terms("ARS", CENTS, Decimal("12.50")))
    assert found == Problem(
        "price_below_floor",
        {
            "price": "100.00",
            "floor": "112.50",
            "cost": "100.00",
            "margin": "12.5",
            "currency": "ARS",
        },
    )


def test_rounding_down_counts_for_the_floor():
    rounding = Rounding(Decimal("0.01"), Decimal(10), Decimal("-0.1"))
    terms = Terms("ARS", rounding, Decimal(0))
    assert decide([part(121, cost=100)], terms).code == "price_below_floor"


@pytest.mark.parametrize("cost", [0, -5, math.nan])
def test_without_a_cost_there_is_no_floor(cost):
    terms = Terms("ARS", CENTS, Decimal(50))
    assert isinstance(decide([part(10, cost=cost)], terms), Price)
