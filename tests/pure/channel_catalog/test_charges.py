import random
from decimal import Decimal

import pytest

from odoo.addons.channel_catalog.lib.charges import Charges, Question, Weighed, weigh
from odoo.addons.channel_catalog.lib.price import (
    Part,
    Price,
    Problem,
    Rounding,
    Shown,
    Terms,
    charge,
    compute,
    decide,
    limit,
)

CENTS = Rounding(Decimal("0.01"))
ALL = Charges(Decimal("12.1"), Decimal("6.05"), Decimal(21), Decimal(3))


def part(amount, cost=0.0):
    return Part(Shown(amount, amount / 1.21), cost=cost)


def test_fee_and_freight_are_counted_without_what_is_got_back():
    found = weigh(Decimal(100), Decimal(50), ALL)
    assert found == Weighed(
        Decimal(100), Decimal(50), Decimal(10), Decimal(5), Decimal(3)
    )
    assert found.proceeds == 82
    assert found.amount == 32
    assert found.margin == 64


@pytest.mark.parametrize(
    ("charges", "cost", "proceeds", "amount"),
    [
        (Charges(), Decimal(40), 100, 60),
        (Charges(fee=None), Decimal(40), None, None),
        (Charges(), None, 100, None),
        (Charges(fee=Decimal(150)), Decimal(40), -50, -90),
        (Charges(turnover=Decimal(100)), Decimal(40), 0, -40),
    ],
)
def test_what_is_left(charges, cost, proceeds, amount):
    found = weigh(Decimal(100), cost, charges)
    assert (found.proceeds, found.amount) == (proceeds, amount)
    assert (found.margin is None) is (amount is None)


def test_a_floor_counts_the_charges():
    terms = Terms("ARS", CENTS, Decimal(64))
    assert isinstance(decide([part(121, 50)], terms, ALL), Price)
    problem = decide([part(120, 50)], terms, ALL)
    assert isinstance(problem, Problem)
    assert problem.code == "price_below_floor_charges"
    assert problem.params == {
        "price": "81.20",
        "floor": "82.00",
        "cost": "50.00",
        "margin": "64",
        "currency": "ARS",
        "net": "99.17",
        "charges": "17.98",
    }


def test_a_floor_waits_for_a_fee_that_nobody_knows():
    terms, unknown = Terms("ARS", CENTS, Decimal(0)), Charges(fee=None)
    assert decide([part(121, 50)], terms, unknown) == Problem("price_fee_unknown")
    # Without a cost, or without a floor, there is nothing to wait for.
    assert isinstance(decide([part(121)], terms, unknown), Price)
    assert isinstance(decide([part(121, 50)], Terms("ARS", CENTS), unknown), Price)


def test_a_promotion_is_weighed_by_what_is_paid():
    terms = Terms("ARS", CENTS, Decimal(0))
    promoted = Part(Shown(242, 200), Shown(121, 100), cost=90)
    price = compute([promoted], terms)
    assert isinstance(price, Price)
    assert (price.amount, price.paid) == (242, 121)
    assert charge(price, ALL).weighed.proceeds == 82
    assert isinstance(limit(charge(price, ALL), terms), Problem)


def test_what_is_charged_changes_no_price():
    dice = random.Random(15)
    for _number in range(200):
        parts = [part(dice.uniform(1, 1e6), dice.uniform(0, 1e6))]
        terms = Terms("ARS", CENTS)
        charges = Charges(
            Decimal(str(round(dice.uniform(0, 1e5), 2))),
            Decimal(str(round(dice.uniform(0, 1e5), 2))),
            Decimal(dice.randint(0, 100)),
            Decimal(dice.randint(0, 100)),
        )
        plain, charged = compute(parts, terms), decide(parts, terms, charges)
        assert charged == plain
        weighed = charged.weighed
        # Each charge takes some, none gives.
        assert weighed.proceeds <= weighed.net
        lost = weighed.net - weighed.fee - weighed.freight - weighed.taxes
        assert weighed.amount == lost - weighed.cost


def test_questions_of_equal_prices_are_one():
    one, other = (Question("C", "", Decimal(text), "ARS") for text in ("100", "100.00"))
    assert len({one, other}) == 1
