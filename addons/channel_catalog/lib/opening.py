"""What a listing is made with that is no part of its content. No Odoo in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from odoo.addons.channel_base.lib.errors import Rejected


@dataclass(frozen=True)
class OpeningPrice:
    """What a new listing costs until its price is sent.

    :param currency: ISO 4217
    """

    amount: Decimal
    currency: str


class Opening(Protocol):
    """Tells what a channel demands when a listing is made.

    May be called without a transaction: it opens one of its own.
    """

    def get_prices(
        self, references: Collection[str]
    ) -> Mapping[str, OpeningPrice | Rejected]:
        """What listings cost, by the references of their rows, or why one has no
        price."""

    def get_linked(self, external_ids: Collection[str]) -> Collection[str]:
        """Those ids of the channel that are listings of Odoo's already."""
