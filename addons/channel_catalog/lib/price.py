"""What a listing costs on a channel. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from .charges import Charges, Weighed, weigh

# What changes of prices are kept under; a value is "model,id" of what they concern.
SCOPE = "sale.channel.price"
ZERO = Decimal(0)
# Finer than any price, coarser than what floats are wrong by
NOISE = Decimal("1e-8")
# What a price can be; beyond it somebody mistyped
LIMIT = 1e12


def parse_amount(value: float) -> Decimal | None:
    """A computed price without the noise of floats; None if it can be no price, as what
    is no number."""
    if not 0 < value < LIMIT:
        return None
    return Decimal(value).quantize(NOISE, ROUND_HALF_UP)


def format_moment(moment: datetime | None) -> str | None:
    """A moment in UTC as ISO 8601, to the second.

    :param moment: naive, in UTC
    """
    return moment and moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


@dataclass(frozen=True)
class Rounding:
    """How prices look.

    :param unit: the currency's smallest
    :param step: prices are multiples of it; 0 for those of the unit
    :param extra: is added to a multiple: with a step of 1 and -0.10 prices end in .90
    """

    unit: Decimal
    step: Decimal = ZERO
    extra: Decimal = ZERO

    def apply(self, amount: Decimal) -> Decimal:
        """The nearest such price, halves up; never less than the first above 0."""
        if self.step <= 0:
            return self._to_unit(amount + self.extra)
        times = (amount / self.step).quantize(Decimal(1), ROUND_HALF_UP)
        first = (-self.extra / self.step).__floor__() + 1
        return self._to_unit(max(times, Decimal(first)) * self.step + self.extra)

    def _to_unit(self, amount: Decimal) -> Decimal:
        return (amount / self.unit).quantize(Decimal(1), ROUND_HALF_UP) * self.unit


@dataclass(frozen=True)
class Shown:
    """A price as the channel shows it, taxes in or out.

    :param net: the same without taxes
    """

    amount: float
    net: float


@dataclass(frozen=True)
class Part:
    """What one product of a listing costs, for all of its units.

    :param promotional: while a promotion runs; None without one
    :param begins: of the promotion, naive in UTC; None if it always ran
    :param ends: of the promotion, that moment included; None without an end
    :param cost: without taxes, in the same currency
    """

    regular: Shown
    promotional: Shown | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    cost: float = 0.0


@dataclass(frozen=True)
class Terms:
    """What a channel makes of prices.

    :param margin: the least one over the cost, in percent; None without a floor
    :param promotions: the channel shows a promotional price beside the regular one
    """

    currency: str
    rounding: Rounding
    margin: Decimal | None = None
    promotions: bool = True


@dataclass(frozen=True)
class Price:
    """What a listing costs, as the channel shows it.

    :param begins: of the promotion, naive in UTC, like ``ends``
    :param weighed: what it leaves; of a promotion what that leaves
    """

    amount: Decimal
    currency: str
    promotional: Decimal | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    weighed: Weighed | None = field(default=None, compare=False)

    @property
    def paid(self) -> Decimal:
        """What buyers pay."""
        return self.amount if self.promotional is None else self.promotional

    @property
    def margin(self) -> Decimal | None:
        """What is left over the cost, in percent of it; None if nobody knows."""
        return self.weighed and self.weighed.margin


@dataclass(frozen=True)
class Problem:
    """Why no price can be sent.

    :param code: of ``sale.channel.text``
    :param params: all text
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


NOTHING = Charges()


def decide(
    parts: Sequence[Part], terms: Terms, charges: Charges = NOTHING
) -> Price | Problem:
    """The price of a listing, or why it has none.

    :param parts: of what it sells: one product, or the components of a kit
    """
    price = compute(parts, terms)
    if isinstance(price, Problem):
        return price
    return limit(charge(price, charges), terms)


def compute(parts: Sequence[Part], terms: Terms) -> Price | Problem:
    """The price of a listing, whatever it leaves; see :func:`decide`."""
    whole = [part.regular for part in parts]
    regular = _add(whole, terms)
    if regular is None:
        return Problem("price_missing")
    price = Price(regular, terms.currency)
    running = [part for part in parts if part.promotional]
    if running:
        less = [part.promotional or part.regular for part in parts]
        reduced = _add(less, terms)
        if reduced is None:
            return Problem("price_missing")
        if reduced < regular:
            price, whole = _promote(price, reduced, running, terms), less
    cost = sum((parse_amount(part.cost) or ZERO for part in parts), ZERO)
    net = exclude(price.paid, whole)
    return replace(price, weighed=Weighed(net, cost or None))


def charge(price: Price, charges: Charges) -> Price:
    """The price with what is left of it.

    :param price: of :func:`compute`
    """
    if price.weighed is None:
        return price
    weighed = weigh(price.weighed.net, price.weighed.cost, charges)
    return replace(price, weighed=weighed)


def reprice(price: Price, paid: Decimal) -> Price:
    """What a listing leaves when buyers pay another amount, before its charges.

    :param price: of :func:`compute`
    """
    weighed = price.weighed
    if weighed is not None:
        net = weighed.net * paid / price.paid
        weighed = Weighed(net, weighed.cost)
    return Price(paid, price.currency, weighed=weighed)


def limit(price: Price, terms: Terms) -> Price | Problem:
    """The price, if enough is left of it."""
    weighed = price.weighed
    if weighed is None or terms.margin is None or weighed.cost is None:
        return price
    left = weighed.proceeds
    if left is None:
        return Problem("price_fee_unknown")
    floor = weighed.cost * (1 + terms.margin / 100)
    # Half a unit of the currency is what rounding takes.
    if left + terms.rounding.unit / 2 < floor:
        return _refuse(weighed, left, floor, terms)
    return price


def _add(values: Sequence[Shown], terms: Terms) -> Decimal | None:
    """The rounded sum of prices; None if one of them, or the sum, is none.

    The smallest unit of the currency stands for a price that nobody has entered.
    """
    amounts = [parse_amount(value.amount) for value in values]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(amounts):
        return None
    total, unit = sum(known, ZERO), terms.rounding.unit
    shown = terms.rounding.apply(total)
    return shown if total > unit and shown > unit else None


def _promote(
    price: Price, reduced: Decimal, running: Sequence[Part], terms: Terms
) -> Price:
    if not terms.promotions:
        return Price(reduced, terms.currency)
    begins = [part.begins for part in running if part.begins]
    ends = [part.ends for part in running if part.ends]
    return Price(
        price.amount,
        terms.currency,
        reduced,
        max(begins, default=None),
        min(ends, default=None),
    )


def _refuse(weighed: Weighed, left: Decimal, floor: Decimal, terms: Terms) -> Problem:
    params = {
        "price": _tell(left, terms),
        "floor": _tell(floor, terms),
        "cost": _tell(weighed.cost or ZERO, terms),
        "margin": f"{(terms.margin or ZERO).normalize():f}",
        "currency": terms.currency,
    }
    if left == weighed.net:
        return Problem("price_below_floor", params)
    charges = _tell(weighed.net - left, terms)
    return Problem(
        "price_below_floor_charges",
        {**params, "net": _tell(weighed.net, terms), "charges": charges},
    )


def exclude(paid: Decimal, whole: Sequence[Shown]) -> Decimal:
    """A rounded price without taxes.

    :param whole: what was added and rounded
    """
    amount = sum(value.amount for value in whole)
    net = sum(value.net for value in whole)
    return paid * Decimal(net) / Decimal(amount)


def _tell(amount: Decimal, terms: Terms) -> str:
    unit = terms.rounding.unit
    return f"{(amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit:f}"
