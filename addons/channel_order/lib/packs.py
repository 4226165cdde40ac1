"""What one line of a channel sells when its listing is a pack or a kit. No Odoo in it.

A channel's line has one price; Odoo has a price for each unit of each product. The
parts add up to the line to the currency's smallest unit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from .amounts import CENT, prorate, round_money
from .schema import ZERO

ONE = Decimal(1)

Product = TypeVar("Product", bound=Hashable)


@dataclass(frozen=True)
class Component(Generic[Product]):
    """What one piece of a listing holds of a product.

    :param quantity: units of the product in one piece, more than 0
    :param weight: its share of the piece's price, in proportion to those of the
        others; not negative
    """

    product: Product
    quantity: Decimal = ONE
    weight: Decimal = ONE


@dataclass(frozen=True)
class Part(Generic[Product]):
    """A line of the sale order.

    :param fee: the channel's commission for one unit, not rounded
    """

    product: Product
    quantity: Decimal
    unit_price: Decimal
    fee: Decimal = ZERO


def split_line(
    quantity: Decimal,
    unit_price: Decimal,
    fee: Decimal,
    components: Sequence[Component[Product]],
    unit: Decimal = CENT,
) -> list[Part[Product]]:
    """The parts of a line that sells pieces of a listing.

    A single unit of a single product is sold as the channel says. The price of a kit is
    spread by the weights. Where a unit's price cannot be exact, some units cost the
    currency's smallest unit more than the others.

    :param quantity: pieces
    :param unit_price: of a piece
    :param fee: the channel's commission for a piece
    :param components: at least one
    :param unit: the currency's smallest unit
    """
    if len(components) == 1 and components[0].quantity == 1:
        return [Part(components[0].product, quantity, unit_price, fee)]
    total = round_money(quantity * unit_price, unit)
    weights = {number: part.weight for number, part in enumerate(components)}
    shares = prorate(abs(total), weights, unit)
    fees = _spread(quantity * fee, weights)
    parts = []
    for number, component in enumerate(components):
        units = quantity * component.quantity
        share = shares[number] if total >= 0 else -shares[number]
        charged = fees[number] / units if units else ZERO
        parts += [
            Part(component.product, some, price, charged)
            for some, price in _price_units(units, share, unit)
        ]
    return parts


def _spread(amount: Decimal, weights: dict[int, Decimal]) -> dict[int, Decimal]:
    """An amount in proportion to the weights, not rounded."""
    total = sum(weights.values(), ZERO)
    if not total:
        return {key: amount if not key else ZERO for key in weights}
    return {key: amount * weight / total for key, weight in weights.items()}


def _price_units(
    units: Decimal, total: Decimal, unit: Decimal
) -> Iterator[tuple[Decimal, Decimal]]:
    """Pairs of a quantity and a price that come to the total.

    A fraction of a unit is sold at a price that rounds to its amount, apart from the
    whole ones if need be.
    """
    if not units:
        yield units, ZERO
        return
    price = round_money(total / units, unit)
    if price * units == total or abs(units) < 1:
        yield units, price
        return
    whole = units // 1
    if units != whole:
        fraction = units - whole
        yield fraction, price
        total -= round_money(fraction * price, unit)
    cheap, dearer = divmod(int(total / unit), int(whole))
    yield from (
        (count, amount * unit)
        for count, amount in (
            (Decimal(dearer), cheap + 1),
            (whole - dearer, cheap),
        )
        if count
    )


def part_ref(ref: str, number: int) -> str:
    """What a part of a channel's line is called: the first one as the line.

    :param number: from 0
    """
    return f"{ref}#{number + 1}" if number else ref
