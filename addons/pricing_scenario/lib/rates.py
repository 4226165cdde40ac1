"""Interstate tax rates and the arithmetic of a tax that is inside its own price.

Brazil's ICMS is part of the price that it is charged on (Lei Complementar 87/1996,
article 13, § 1, I). A price that nets the same amount under another rate is therefore
``net / (1 − rate)``, not ``net × (1 + rate)``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Use = Literal["any", "contributor", "not_contributor"]
Imported = Literal["any", "yes", "no"]
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Rate:
    """One line of the table: states by id; no destination means any."""

    id: int
    origins: frozenset[int]
    destinations: frozenset[int]
    use: Use
    imported: Imported
    percent: Decimal

    def reaches(self, origin: int | None, destination: int | None) -> bool:
        """Whether the line is about this way, whoever buys whatever."""
        return origin in self.origins and (
            not self.destinations or destination in self.destinations
        )


def find_rate(
    rates: Iterable[Rate],
    origin: int | None,
    destination: int | None,
    *,
    contributor: bool,
    imported: bool,
) -> Rate | None:
    """The first line that matches, None if there is none."""
    use = "contributor" if contributor else "not_contributor"
    goods = "yes" if imported else "no"
    for rate in rates:
        if (
            rate.reaches(origin, destination)
            and rate.use in ("any", use)
            and rate.imported in ("any", goods)
        ):
            return rate
    return None


def distinguishes_contributors(
    rates: Iterable[Rate], origins: Iterable[int], destination: int | None
) -> bool:
    """Whether contributors pay another rate than others from any of the origins."""
    table = list(rates)
    return any(
        _percent(table, origin, destination, True, imported)
        != _percent(table, origin, destination, False, imported)
        for origin in origins
        for imported in (False, True)
    )


def _percent(
    rates: list[Rate],
    origin: int | None,
    destination: int | None,
    contributor: bool,
    imported: bool,
) -> Decimal | None:
    rate = find_rate(
        rates, origin, destination, contributor=contributor, imported=imported
    )
    return rate.percent if rate else None


def check_percent(percent: Decimal) -> Decimal:
    """The rate as a share of the price.

    :param percent: from 0 to less than 100
    :raises ValueError: the rate is negative, or would be the whole price
    """
    if not 0 <= percent < HUNDRED:
        raise ValueError(f"not a rate inside a price: {percent}")
    return percent / HUNDRED


def gross_up_factor(contained: Decimal, percent: Decimal | None) -> Decimal:
    """What to multiply a price with, so that it nets the same under another rate.

    :param contained: percent that is inside the base price, 0 for a net one
    :param percent: percent that shall be inside; None leaves the price as it is
    :raises ValueError: one of them is no rate
    """
    if percent is None:
        return Decimal(1)
    return (1 - check_percent(contained)) / (1 - check_percent(percent))


def round_half_up(amount: Decimal, step: Decimal) -> Decimal:
    """The nearest multiple of ``step``; half a step away from zero."""
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step


@dataclass(frozen=True)
class Arithmetic:
    """How a price comes about, unrounded between the first and the last amount."""

    base: Decimal
    contained: Decimal
    net: Decimal
    percent: Decimal | None
    gross: Decimal
    adjustment: Decimal
    price: Decimal


def compute_price(
    base: Decimal,
    contained: Decimal,
    percent: Decimal | None,
    adjustment: Decimal,
    step: Decimal,
) -> Arithmetic:
    """From the base price to the price a customer pays, rounded once at the end.

    :param adjustment: percent added to the grossed-up price, negative for a discount
    :param step: what the price is a multiple of, such as 0.01
    :raises ValueError: a rate is not from 0 to less than 100
    """
    gross = base * gross_up_factor(contained, percent)
    net = base if percent is None else base * (1 - check_percent(contained))
    adjusted = gross * (1 + adjustment / HUNDRED)
    price = round_half_up(adjusted, step)
    return Arithmetic(base, contained, net, percent, gross, adjustment, price)
