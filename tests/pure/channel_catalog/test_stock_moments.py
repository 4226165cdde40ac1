"""Whatever happens between the steps of a push, nothing is offered twice.

A simulated shop and a simulated Odoo: goods are bought, received, shipped, cancelled,
refused and imported at any moment, also between the steps of a push: pull the orders
(1), read the reservations (2), look at the stock (3), write (5).
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from odoo.addons.channel_catalog.lib.stock import (
    Component,
    Reservation,
    Terms,
    offer,
    stock,
)

KINDS = ("sellable", "physical")
STEPS = 4


@dataclass
class Bought:
    """An order, as it is there and as Odoo knows it."""

    number: int
    quantity: int
    refused: bool
    cancelled_there: bool = False
    told: bool = False
    known: bool = False
    cancelled: bool = False
    confirmed: bool = False
    shipped: bool = False

    @property
    def key(self):
        return f"o{self.number}"


@dataclass
class World:
    """The shop and Odoo.

    :param compute: what a push sends: the world as it is at step 3, the reservations
        as they were read at step 2
    """

    kind: str
    compute: object
    # Goods in Odoo's warehouse
    hand: int = 0
    # What the shop keeps: sellable units, or what is there
    kept: float = 0
    orders: list = field(default_factory=list)
    # What a push that had begun could not know: bought or cancelled there, where that
    # changes what is kept, or gone here. Forgotten by a push that began later.
    since: int = 0

    # The shop

    def reserved(self):
        return sum(
            order.quantity
            for order in self.orders
            if not order.cancelled_there and not order.told
        )

    def available(self):
        return self.kept - self.reserved() if self.kind == "physical" else self.kept

    def read_reservations(self):
        return [
            Reservation(order.key, f"l{order.number}", "", order.quantity)
            for order in self.orders
            if not order.cancelled_there and not order.told
        ]

    # Odoo

    def free(self):
        """On hand, without what confirmed orders have still to ship."""
        return self.hand - sum(
            order.quantity
            for order in self.orders
            if order.confirmed and not order.shipped
        )

    def pledges(self):
        return {
            order.key: order.quantity
            for order in self.orders
            if order.known and not order.cancelled and not order.confirmed
        }

    def counted(self):
        return {
            f"l{order.number}": order.quantity
            for order in self.orders
            if order.confirmed
        }

    def component(self, pledges=None):
        pledged = self.pledges() if pledges is None else pledges
        return Component(1, {"": self.free()}, pledged)

    def pull(self):
        """Read the orders; what was refused once stays so until somebody mends it."""
        for order in self.orders:
            new, order.known = not order.known, True
            if order.cancelled_there and not order.shipped:
                order.cancelled, order.confirmed = True, False
            elif new and not order.refused:
                order.confirmed = True

    # What happens

    def happen(self, event):
        name, number = event
        order = self.orders[number % len(self.orders)] if self.orders else None
        if name == "receive":
            self.hand += number
        elif name == "lose":
            # What nobody has bought there: sold elsewhere
            lost = min(number, max(self.hand - self.owed(), 0))
            self.hand -= lost
            self.since += lost
        elif name in ("buy", "buy refused"):
            self.buy(number, name == "buy refused")
        elif name == "pull":
            self.pull()
        elif order and name in ("ship", "tell", "fulfil", "cancel", "mend"):
            getattr(self, name)(order)
        self.check()

    def buy(self, quantity, refused):
        if self.available() < quantity:
            return
        self.orders.append(Bought(len(self.orders), quantity, refused))
        if self.kind == "sellable":
            self.kept -= quantity
            self.since += quantity

    def ship(self, order):
        if order.confirmed and not order.shipped and self.hand >= order.quantity:
            self.hand -= order.quantity
            order.shipped = True
            if order.cancelled_there:
                # Too late: the shop offers it to others.
                self.since += order.quantity

    def tell(self, order):
        """Tell the shop that it was shipped."""
        if order.shipped:
            self.fulfil(order)

    def fulfil(self, order):
        """Somebody ships it in the shop, whatever Odoo knows of it."""
        if order.told or order.cancelled_there:
            return
        order.told = True
        if self.kind == "physical":
            self.kept -= order.quantity
            if not order.known:
                self.since += order.quantity

    def cancel(self, order):
        if order.cancelled_there or order.shipped or order.told:
            return
        order.cancelled_there = True
        if self.kind == "sellable":
            # More than is there, if more had been sold than there was
            self.kept += order.quantity
            self.since += order.quantity

    def mend(self, order):
        if order.known and not order.cancelled and not order.cancelled_there:
            order.refused, order.confirmed = False, True

    def check(self):
        """No more is offered than there is, but for what happened since."""
        there = max(0, self.hand - self.owed())
        assert self.available() - there <= self.since

    def owed(self):
        """Units that are bought and have not left."""
        return sum(
            order.quantity
            for order in self.orders
            if not order.cancelled_there and not order.shipped
        )

    def push(self, between=((), (), (), ())):
        """One push; nothing is told between the steps 2 and 5."""
        known = self.since
        self.pull()
        self.go(between[0])
        reservations = self.read_reservations()
        self.go(between[1], telling=False)
        wanted = self.compute(self, reservations)
        assert wanted <= self.get_most(reservations)
        self.go(between[2], telling=False)
        self.kept = wanted
        self.go(between[3])
        self.pull()
        self.since -= known
        self.check()

    def get_most(self, reservations):
        """What a push may send: what is free, and what the shop takes off again."""
        kept = sum(kept.quantity for kept in reservations)
        return max(0, self.free() + (kept if self.kind == "physical" else 0))

    def go(self, events, telling=True):
        for event in events:
            if telling or event[0] not in ("tell", "fulfil"):
                self.happen(event)


def right(world, reservations):
    """What the addon sends."""
    terms = Terms(world.kind)
    return stock(terms, [world.component()], reservations, world.counted())[""]


def send_free(world, reservations):
    """Pull, send what is free."""
    return max(0, world.free())


def add_all(world, reservations):
    """Add all that the channel keeps."""
    return max(0, world.free() + sum(kept.quantity for kept in reservations))


def add_believed(world, reservations):
    """Add what Odoo believes the channel keeps."""
    return max(0, world.free() + sum(world.counted().values()))


def forget_pledges(world, reservations):
    """Take off nothing that is only known."""
    terms = Terms(world.kind)
    component = world.component(pledges={})
    return stock(terms, [component], reservations, world.counted())[""]


def pledge_twice(world, reservations):
    """Take off what the channel keeps by itself."""
    counted = world.counted()
    ours = sum(kept.quantity for kept in reservations if kept.line_id in counted)
    return max(0, offer(Terms(), [world.component()])[""] + ours)


EVENTS = st.tuples(
    st.sampled_from(
        (
            "receive",
            "lose",
            "buy",
            "buy",
            "buy refused",
            "pull",
            "ship",
            "tell",
            "fulfil",
            "cancel",
            "mend",
        )
    ),
    st.integers(min_value=1, max_value=4),
)
SOME = st.lists(EVENTS, max_size=3)
TICKS = st.lists(
    st.tuples(SOME, st.one_of(st.none(), st.tuples(*[SOME] * STEPS))), max_size=6
)


def live(kind, compute, ticks):
    """Let it all happen; whether the shop then offers what it may."""
    world = World(kind, compute, hand=5)
    world.push()
    for before, between in ticks:
        world.go(before)
        if between is not None:
            world.push(between)
    world.push()
    world.push()
    rest = max(0, world.free() - sum(world.pledges().values()))
    return max(0, world.available()) == rest and world.since == 0


@pytest.mark.parametrize("kind", KINDS)
@given(ticks=TICKS)
@settings(max_examples=500, deadline=None, derandomize=True)
def test_nothing_is_offered_twice(kind, ticks):
    assert live(kind, right, ticks)


@pytest.mark.parametrize(
    ("kind", "compute"),
    [
        ("sellable", send_free),
        ("sellable", add_all),
        ("sellable", add_believed),
        ("physical", send_free),
        ("physical", add_all),
        ("physical", add_believed),
        ("physical", forget_pledges),
        ("physical", pledge_twice),
        ("sellable", forget_pledges),
    ],
)
def test_wrong_ways_are_found(kind, compute):
    def fails(ticks):
        try:
            return not live(kind, compute, ticks)
        except AssertionError:
            return True

    try:
        find(
            TICKS,
            fails,
            settings=settings(
                max_examples=2000,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    except NoSuchExample:
        pytest.fail(f"{compute.__doc__} {kind}: nothing goes wrong")
