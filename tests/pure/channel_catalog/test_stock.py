"""What a channel may sell, case by case."""

import pytest

from odoo.addons.channel_catalog.lib.stock import (
    Component,
    Reservation,
    Terms,
    is_explained,
    offer,
    stock,
)


def one(quantity, need=1, **pledges):
    return [Component(need, {"": quantity}, pledges)]


@pytest.mark.parametrize(
    ("terms", "components", "wanted"),
    [
        (Terms(), one(7), 7),
        (Terms(), one(-3), 0),
        (Terms(), one(7, a=2, b=1), 4),
        (Terms(), one(2, a=5), 0),
        (Terms(), one(2.9), 2),
        (Terms(), one(0.1 + 0.2 + 2.7), 3),
        (Terms(buffer=2), one(7, a=1), 4),
        (Terms(buffer_percent=10), one(15), 13),
        (Terms(buffer_percent=100), one(15), 0),
        (Terms(buffer_percent=50, buffer=1), one(9), 3),
        (Terms(multiple=5), one(14), 10),
        (Terms(multiple=5), one(4), 0),
        # A pack of six, of which another listing has sold two single ones
        (Terms(), one(20, 6, a=2), 3),
        (Terms(), one(20, 6, a=3), 2),
        (Terms(), one(10**9), 10**9),
        # A kit has as many as its scarcest component
        (Terms(), [*one(10, 2), *one(9, 3)], 3),
        (Terms(), [*one(10, 2), *one(0, 3)], 0),
        (Terms(), [*one(10, 2), *one(9, 3, a=1)], 2),
    ],
)
def test_offer(terms, components, wanted):
    assert offer(terms, components) == {"": wanted}
    assert stock(terms, components) == {"": wanted}


def test_offer_by_location():
    levels = {"north": 5.0, "south": 8.0}
    terms = Terms(first="south")

    def get(pledged=0.0, levels=levels, **changes):
        component = Component(1, levels, {"a": pledged})
        return offer(Terms(first="south", **changes), [component])

    assert get() == levels
    assert get(3) == {"north": 5, "south": 5}
    assert get(10) == {"north": 3, "south": 0}
    assert get(20) == {"north": 0, "south": 0}
    assert get(buffer=1) == {"north": 5, "south": 7}
    assert get(buffer_percent=50) == {"north": 2, "south": 4}
    # What one warehouse owes, the other has to serve.
    assert get(levels={"north": -3.0, "south": 8.0}) == {"north": 0, "south": 5}
    # A kit is made of what lies in the same place.
    parts = [Component(1, {"north": 5, "south": 0}), Component(1, {"south": 4})]
    assert offer(terms, parts) == {"north": 0, "south": 0}


@pytest.mark.parametrize(
    ("quantity", "pledges", "reservations", "counted", "wanted"),
    [
        # Bought, and not known here
        (7, {}, [("o1", "l1", 2)], {}, 7),
        # Known, and not confirmed: the channel keeps it by itself
        (7, {"o1": 2}, [("o1", "l1", 2)], {}, 7),
        # Confirmed: both take it off
        (5, {}, [("o1", "l1", 2)], {"l1": 2}, 7),
        (5, {}, [("o1", "", 2)], {"o1": 2}, 7),
        # Of five that were ordered after all, two are counted here
        (5, {}, [("o1", "l1", 5)], {"l1": 2}, 7),
        # Shipped there before Odoo counts it
        (7, {"o1": 2}, [], {}, 5),
        # Of another channel
        (7, {"elsewhere": 2}, [("o1", "l1", 1)], {}, 5),
        # The same line is kept at two places: it counts once
        (5, {}, [("o1", "l1", 2), ("o1", "l1", 2)], {"l1": 2}, 7),
        # More was sold than there is
        (-3, {}, [("o1", "l1", 5)], {"l1": 5}, 2),
        (-3, {}, [], {}, 0),
    ],
)
def test_physical(quantity, pledges, reservations, counted, wanted):
    kept = [Reservation(order, line, "", many) for order, line, many in reservations]
    components = [Component(1, {"": quantity}, pledges)]
    assert stock(Terms("physical"), components, kept, counted) == {"": wanted}


def test_physical_rounds_what_can_be_sold():
    """Reservations are whole listings already."""
    kept = [Reservation("o1", "l1", "", 5)]
    terms, counted = Terms("physical", multiple=6), {"l1": 5}
    assert stock(terms, one(10), kept, counted) == {"": 11}
    assert stock(Terms("physical"), one(20, 6), kept, counted) == {"": 8}
    # What an order of the pack keeps is not pledged again, six times as many units.
    assert stock(Terms("physical"), one(20, 6, o2=6), [], {}) == {"": 2}
    kept = [Reservation("o2", "l2", "", 1)]
    assert stock(Terms("physical"), one(20, 6, o2=6), kept, {}) == {"": 3}


@pytest.mark.parametrize(
    ("there", "sold", "restored", "explained"),
    [
        (7, 0, 0, True),
        (5, 2, 0, True),
        (6, 2, 0, True),
        (4, 2, 0, False),
        (8, 2, 0, False),
        (8, 0, 1, True),
    ],
)
def test_what_orders_explain(there, sold, restored, explained):
    assert is_explained(7, there, sold, restored) is explained
