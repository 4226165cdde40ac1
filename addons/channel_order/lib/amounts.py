"""Arithmetic of an order's money. No Odoo in it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TypeVar

from .schema import ZERO, Order

Key = TypeVar("Key", bound=Hashable)
CENT = Decimal("0.01")


def round_money(amount: Decimal, unit: Decimal = CENT) -> Decimal:
    """The amount to the currency's smallest unit, halves away from zero."""
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def round_together(amounts: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    """Amounts to the currency's smallest unit, so that they come to what their exact
    sum does: those that rounding would change most give way.

    :param amounts: not negative; a service that rounds nothing shows thousandths
    """
    rounded = [round_money(one, unit) for one in amounts]
    gap = round_money(sum(amounts, ZERO), unit) - sum(rounded, ZERO)
    step = unit if gap > 0 else -unit
    order = sorted(range(len(amounts)), key=lambda i: (rounded[i] - amounts[i]) / step)
    for index in order[: int(abs(gap) / unit)]:
        rounded[index] += step
    return rounded


def money_unit(rounding: float) -> Decimal:
    """Smallest unit of a currency, from its rounding step; cents when it has none."""
    return Decimal(str(rounding)) if rounding > 0 else CENT


def whole_units(quantity: Decimal, share: float) -> Decimal:
    """How many whole units a share of a quantity is; all of it from 1 on.

    :param share: of what Odoo counts in floats
    """
    if share >= 1 - 1e-6:
        return quantity
    units = quantity * Decimal(str(round(max(share, 0.0), 9)))
    return (units + Decimal("1e-6")).quantize(Decimal(1), ROUND_DOWN)


def expected_total(
    order: Order, freight: Decimal = ZERO, unit: Decimal = CENT
) -> Decimal:
    """What the sale order must come to, exactly, in the order's currency.

    The goods less the seller's discount, and the freight. Without freight that is
    what the channel charged for the goods.

    :param freight: what the buyer pays for shipping when it is the seller's money
    :param unit: the currency's smallest unit (Chile's peso has no cents)
    """
    return round_money(order.goods_total - order.seller_discount + freight, unit)


def prorate(
    amount: Decimal, weights: Mapping[Key, Decimal], unit: Decimal = CENT
) -> dict[Key, Decimal]:
    """Split an amount in proportion to the weights, exactly to the smallest unit.

    The parts add up to the amount; what rounding leaves goes to the heaviest parts
    first. Weights that are all zero put everything on the first.

    :param amount: a multiple of ``unit``, not negative
    :param weights: not negative, at least one
    """
    total = sum(weights.values(), ZERO)
    keys = sorted(weights, key=lambda key: -weights[key])
    if not total:
        return {key: amount if key == keys[0] else ZERO for key in weights}
    parts = {
        key: (amount * weights[key] / total / unit).quantize(Decimal(1), ROUND_DOWN)
        * unit
        for key in weights
    }
    left = amount - sum(parts.values(), ZERO)
    for key in keys:
        if left <= 0:
            break
        parts[key] += unit
        left -= unit
    return parts
