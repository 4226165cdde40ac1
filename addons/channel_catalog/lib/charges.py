"""What selling on a channel costs besides the goods. No Odoo in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from odoo.addons.channel_base.lib.errors import ChannelError

ZERO = Decimal(0)
PERCENT = Decimal(100)


@dataclass(frozen=True)
class Question:
    """What a channel's fee depends on.

    :param category: the channel's id of it
    :param listing_type: as the channel calls it
    :param price: of a piece, as the channel shows it
    :param currency: ISO 4217
    """

    category: str
    listing_type: str
    price: Decimal
    currency: str


@dataclass(frozen=True)
class Fee:
    """What a channel takes of a sale, for each piece.

    :param amount: all of it, in the currency of the question
    :param percentage: the part that grows with the price, in percent of it; None if the
        channel does not tell
    :param fixed: the other part
    """

    amount: Decimal
    percentage: Decimal | None = None
    fixed: Decimal | None = None


class FeeReader(Protocol):
    """Asks one account's channel for its fees. Called without a transaction."""

    def ask(
        self, questions: Iterable[Question]
    ) -> Mapping[Question, Fee | ChannelError]:
        """The fee of each question, or why the channel does not tell it.

        :raises ChannelError: none is known
        """

    def take_calls(self) -> int:
        """API calls made since this was last asked."""


@dataclass(frozen=True)
class Charges:
    """What a seller pays for selling a piece, in the currency of its price.

    :param fee: that the channel takes, at this very price; None while nobody knows
    :param freight: that the seller pays
    :param recovered: tax within fee and freight that the company gets back, in percent
        of what they are without it
    :param turnover: taxes on what is sold, in percent of the price without its taxes
    """

    fee: Decimal | None = ZERO
    freight: Decimal = ZERO
    recovered: Decimal = ZERO
    turnover: Decimal = ZERO


@dataclass(frozen=True)
class Weighed:
    """What a price leaves of itself, in its currency, without what is got back.

    :param net: the price without its taxes
    :param cost: of the goods; None if nobody knows it
    :param fee: None while nobody knows it
    :param taxes: on what is sold
    """

    net: Decimal
    cost: Decimal | None = None
    fee: Decimal | None = ZERO
    freight: Decimal = ZERO
    taxes: Decimal = ZERO

    @property
    def proceeds(self) -> Decimal | None:
        """What is left for the goods; None while the fee is not known."""
        if self.fee is None:
            return None
        return self.net - self.fee - self.freight - self.taxes

    @property
    def amount(self) -> Decimal | None:
        """The margin in money; None if cost or fee is not known."""
        left = self.proceeds
        return None if left is None or self.cost is None else left - self.cost

    @property
    def margin(self) -> Decimal | None:
        """The margin in percent of the cost."""
        amount = self.amount
        return (
            amount / self.cost * PERCENT if amount is not None and self.cost else None
        )


def weigh(net: Decimal, cost: Decimal | None, charges: Charges) -> Weighed:
    """What is left of a price.

    :param net: without its taxes
    :param cost: of the goods; None if nobody knows it
    """
    share = 1 + charges.recovered / PERCENT
    return Weighed(
        net,
        cost,
        None if charges.fee is None else charges.fee / share,
        charges.freight / share,
        net * charges.turnover / PERCENT,
    )
