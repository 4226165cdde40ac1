"""What is known of orders while some of a channel's are imported. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from odoo.addons.channel_base.lib.batch import Batch

from .schema import Order


@dataclass(frozen=True)
class Parsed:
    """What a stored bundle says, parsed once for all that a pass does with it.

    :param digest: of the content that was parsed
    :param order: None when nobody can read it
    :param error: why not
    """

    digest: str
    order: Order | None = None
    error: Exception | None = None


@dataclass
class OrderBatch(Batch):
    """The memory of one batch, so that each thing is read once.

    :param account_id: the account that the channel's credential belongs to
    :param decisions: status → decision, by the provider's own table
    :param mapped: (kind, value) → record of the de-para, or None
    :param currencies: ISO 4217 code → ``res.currency``
    :param products: key of a line → ``product.product``, maybe none or several
    :param listed: (listing, variation) → tuple of :class:`.packs.Component`
    :param warehouse: from which its orders leave; None before it was looked up
    :param sold: external id of a line → the ``sale.order.line`` that sell it
    :param latest: order id → the latest version that any inbox row has read
    :param sentences: still to be told in the rows' stories
    """

    account_id: str | bool
    decisions: Mapping[str, str]
    mapped: dict[tuple[str, str], Any]
    currencies: dict[str, Any] = field(default_factory=dict)
    products: dict[str, Any] = field(default_factory=dict)
    listed: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    warehouse: Any = None
    sold: dict[str, Any] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)
    sentences: list[tuple[Any, ...]] = field(default_factory=list)

    def take_sentences(self) -> list[tuple[Any, ...]]:
        """What is still to be told, once."""
        sentences, self.sentences = self.sentences, []
        return sentences
