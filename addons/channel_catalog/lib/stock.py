"""How much of a product a channel may sell. No Odoo in it.

A *sellable* channel keeps what can still be sold: its orders lower it. A *physical* one
keeps what is in the warehouse, and takes its own reservations off. Units that a channel
sold and that Odoo does not count yet (no confirmed sale order) are *pledged*: they are
never offered again.

Quantities of products are in their unit of measure, those of listings in listings.
Levels are quantities by the channel's location; a channel without any has one, ``""``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

StockKind = Literal["sellable", "physical"]
Levels = Mapping[str, float]
# More of a product than this is no stock, but a mistake.
MOST = 10**9
# A code: the channel keeps the goods itself by now, and nobody else tells how many.
STOCK_KEPT = "stock_kept"
# Sums of floats: 2.9999999 is 3.
DIGITS = 6


@dataclass(frozen=True)
class Terms:
    """How a channel offers what there is.

    :param buffer: units of each product that are kept back
    :param buffer_percent: share of each product that is kept back besides, 0 to 100
    :param multiple: what is offered is a multiple of this many listings
    :param first: location that pledged units and the buffer are taken from first
    """

    kind: StockKind = "sellable"
    buffer: float = 0.0
    buffer_percent: float = 0.0
    multiple: int = 1
    first: str = ""


@dataclass(frozen=True)
class Component:
    """A product of which a listing sells some.

    :param need: units in one listing
    :param levels: what there is: free, and not promised to confirmed orders
    :param pledges: units sold that Odoo does not count yet, by order
    """

    need: float
    levels: Levels
    pledges: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reservation:
    """What a physical channel keeps for a line of an order.

    :param order_id: the channel's id of the order
    :param line_id: of its line; empty if the channel does not say
    :param quantity: of the item, so in listings
    """

    order_id: str
    line_id: str
    location: str
    quantity: float

    @property
    def key(self) -> str:
        """By what Odoo knows it."""
        return self.line_id or self.order_id


def offer(terms: Terms, components: Sequence[Component]) -> dict[str, float]:
    """What buyers may buy, once the channel is at rest.

    :param components: at least one
    """
    return _floor(_get_free(terms, components, {}))


def stock(
    terms: Terms,
    components: Sequence[Component],
    reservations: Iterable[Reservation] = (),
    counted: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """What the channel has to be told.

    A *sellable* one is told what it may sell. A *physical* one takes all of its
    reservations off, so those that Odoo has taken off as well are added; what it keeps
    for an order that Odoo does not count is not pledged a second time.

    :param reservations: of the listing's item, read before what the components hold
    :param counted: by :attr:`Reservation.key` listings that Odoo counts, of orders that
        were confirmed when the components were read
    """
    if terms.kind == "sellable":
        return offer(terms, components)
    left = dict(counted or {})
    ours: dict[str, float] = {}
    foreign: dict[str, float] = {}
    for reservation in reservations:
        mine = min(reservation.quantity, left.get(reservation.key, 0.0))
        left[reservation.key] = left.get(reservation.key, 0.0) - mine
        place = reservation.location
        ours[place] = ours.get(place, 0.0) + mine
        order = reservation.order_id
        foreign[order] = foreign.get(order, 0.0) + reservation.quantity - mine
    free = _get_free(terms, components, foreign)
    return _floor({place: have + ours.get(place, 0.0) for place, have in free.items()})


def _get_free(
    terms: Terms, components: Sequence[Component], covered: Mapping[str, float]
) -> dict[str, float]:
    """What can be sold by location; below zero where more is owed than there is.

    :param covered: listings that the channel keeps by itself, by order
    """
    parts = [_get_component(terms, component, covered) for component in components]
    places = dict.fromkeys(place for part in parts for place in part)
    return {
        place: _round_down(min(part.get(place, 0.0) for part in parts), terms.multiple)
        for place in places
    }


def _get_component(
    terms: Terms, component: Component, covered: Mapping[str, float]
) -> dict[str, float]:
    """For how many listings a component is there, by location."""
    pledged = sum(
        max(0.0, units - covered.get(order, 0.0) * component.need)
        for order, units in component.pledges.items()
    )
    share = 1 - terms.buffer_percent / 100
    kept = {
        place: have * share if have > 0 else have
        for place, have in component.levels.items()
    }
    left = _take_off(kept, pledged + terms.buffer, terms.first)
    return {place: have / component.need for place, have in left.items()}


def _take_off(levels: Levels, amount: float, first: str) -> dict[str, float]:
    """Take an amount off, from the first location as far as it has some, then from the
    others. What one location owes the others have to serve; what none has is owed by
    the first one."""
    places = sorted(levels, key=lambda place: place != first)
    owed = amount - sum(have for have in levels.values() if have < 0)
    left = {}
    for place in places:
        taken = min(max(levels[place], 0.0), owed)
        left[place] = max(levels[place], 0.0) - taken
        owed -= taken
    if owed > 0 and places:
        left[places[0]] -= owed
    return left


def _round_down(number: float, multiple: int) -> float:
    whole = math.floor(round(number, DIGITS))
    return float(whole - whole % max(multiple, 1))


def _floor(levels: Levels) -> dict[str, float]:
    return {place: max(0.0, have) for place, have in levels.items()}


def lower(told: Levels, there: Levels) -> dict[str, float] | None:
    """What a channel may be told while nobody knows what it has sold: nothing more than
    it has. None if there is nothing to lower.

    :param there: what it has; a location without limit, or without any, is absent
    """
    lowered = {place: min(n, there.get(place, n)) for place, n in told.items()}
    return None if all(there.get(p) == n for p, n in lowered.items()) else lowered


def is_explained(
    taken: float, there: float, sold: float = 0.0, restored: float = 0.0
) -> bool:
    """Whether orders explain what a channel has.

    :param taken: what it took the last time
    :param sold: of its orders since then, or of which it kept the goods then
    :param restored: at most, of its orders that were cancelled or changed since
    """
    return taken - sold <= there <= taken + restored
