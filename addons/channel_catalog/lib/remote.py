"""What a channel sells already. No Odoo in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class RemoteListing:
    """A variant, or a product without variants, as the channel has it.

    :param external_id: of what is sold
    :param product_id: of the product that groups it; empty without groups
    :param stock_id: of what stock is written to, if that is another id
    :param sku: exactly as the channel has it
    :param status: as the channel says
    :param url_id: what its page is found by, if not its id
    :param content: what the writer would find, see :mod:`.contents`
    :param product_content: the same of the product
    """

    external_id: str
    title: str
    product_id: str = ""
    stock_id: str = ""
    sku: str = ""
    barcode: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    price: Decimal | None = None
    currency: str = ""
    quantity: Decimal | None = None
    status: str = ""
    url_id: str = ""
    listing_type: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    product_content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RemotePage:
    """A page of listings.

    :param cursor: where the next page begins, JSON; None after the last one
    :param failed: how many more there are that cannot be read
    """

    listings: tuple[RemoteListing, ...]
    cursor: Any = None
    failed: int = 0


def get_places(item_id: str, variation_id: str) -> tuple[str, ...]:
    """The external ids that a listing may have which a line of an order names, the
    likeliest first.

    A line with a variation never names the listing of the whole item.
    """
    if not variation_id:
        return (item_id,) if item_id else ()
    return f"{item_id}/{variation_id}", variation_id


class RemoteCatalog(Protocol):
    """Reads all listings of one account. Called without a transaction."""

    def read_page(self, cursor: Any, limit: int) -> RemotePage:
        """A page of at most about ``limit`` listings; None as cursor begins.

        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def find(self, external_ids: Collection[str]) -> Collection[str]:
        """Those of some listings, at most 50, that the channel still has: those that
        :meth:`read` did not show. A list may move while it is read.

        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
