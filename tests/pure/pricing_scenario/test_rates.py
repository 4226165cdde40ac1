from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.pricing_scenario.lib.rates import (
    Rate,
    compute_price,
    distinguishes_contributors,
    find_rate,
    gross_up_factor,
    round_half_up,
)

RS, SP, BA, EX = 1, 2, 3, 99
CENT = Decimal("0.01")
PERCENTS = st.decimals(0, 60, places=4)
AMOUNTS = st.decimals(0, 10_000_000, places=2)


def rate(id_, origins, destinations, percent, use="any", imported="any"):
    return Rate(
        id_,
        frozenset(origins),
        frozenset(destinations),
        use,
        imported,
        Decimal(percent),
    )


TABLE = [
    rate(1, [RS], [RS], 17),
    rate(2, [RS, SP], [RS, SP, BA], 4, imported="yes"),
    rate(3, [RS, SP], [BA], 7),
    rate(4, [RS, SP], [RS, SP, BA], 12),
]


@pytest.mark.parametrize(
    ("origin", "destination", "imported", "wanted"),
    [
        (RS, RS, False, 1),
        (RS, RS, True, 1),
        (RS, SP, True, 2),
        (RS, BA, False, 3),
        (RS, SP, False, 4),
        (RS, EX, False, None),
        (RS, None, False, None),
        (None, SP, False, None),
        (BA, SP, False, None),
    ],
)
def test_the_first_line_that_matches_counts(origin, destination, imported, wanted):
    found = find_rate(TABLE, origin, destination, contributor=True, imported=imported)
    assert (found.id if found else None) == wanted


def test_no_destination_means_any():
    anywhere = [rate(1, [RS], [], 5)]
    for destination in (SP, EX, None):
        found = find_rate(anywhere, RS, destination, contributor=False, imported=False)
        assert found.id == 1


def test_contributors_are_told_apart_only_where_the_rate_differs():
    table = [rate(1, [RS], [SP], 18, use="not_contributor"), *TABLE]
    assert distinguishes_contributors(table, [RS], SP)
    assert not distinguishes_contributors(table, [RS], BA)
    assert not distinguishes_contributors(TABLE, [RS, SP], SP)
    same = [rate(1, [RS], [SP], 12, use="contributor"), *TABLE[3:]]
    assert not distinguishes_contributors(same, [RS], SP)


def test_worked_example():
    amounts = compute_price(
        Decimal("100.00"), Decimal(17), Decimal(12), Decimal(-5), CENT
    )
    assert amounts.net == Decimal("83.00")
    assert amounts.gross.quantize(Decimal("0.0001")) == Decimal("94.3182")
    assert amounts.price == Decimal("89.60")


def test_without_a_rate_the_price_stays():
    amounts = compute_price(Decimal("100.00"), Decimal(17), None, Decimal(0), CENT)
    assert amounts.net == amounts.gross == amounts.price == Decimal(100)


@pytest.mark.parametrize(
    ("amount", "wanted"), [("0.005", "0.01"), ("0.0049", "0"), ("-0.005", "-0.01")]
)
def test_half_a_step_goes_away_from_zero(amount, wanted):
    assert round_half_up(Decimal(amount), CENT) == Decimal(wanted)


@pytest.mark.parametrize("percent", ["-1", "100", "250"])
def test_what_is_no_rate_is_refused(percent):
    with pytest.raises(ValueError, match="not a rate"):
        gross_up_factor(Decimal(0), Decimal(percent))
    with pytest.raises(ValueError, match="not a rate"):
        gross_up_factor(Decimal(percent), Decimal(0))


@given(AMOUNTS, PERCENTS, PERCENTS)
def test_the_net_amount_stays_the_same(base, contained, percent):
    amounts = compute_price(base, contained, percent, Decimal(0), CENT)
    net = amounts.price * (1 - percent / 100)
    assert abs(net - amounts.net) <= CENT / 2 + Decimal("1e-12")
    assert amounts.price % CENT == 0


@given(AMOUNTS, PERCENTS)
def test_the_same_rate_changes_nothing(base, percent):
    amounts = compute_price(base, percent, percent, Decimal(0), CENT)
    assert amounts.price == base


@given(AMOUNTS, PERCENTS, PERCENTS, PERCENTS)
def test_a_higher_rate_is_never_cheaper(base, contained, one, other):
    low, high = sorted((one, other))
    cheap = compute_price(base, contained, low, Decimal(0), CENT)
    dear = compute_price(base, contained, high, Decimal(0), CENT)
    assert cheap.price <= dear.price
