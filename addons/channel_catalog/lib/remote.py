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
    :param former_ids: what it was called before the channel gave it another id
    :param kept_fields: of the content, those that are not its own: others share them
    :param stock_kept: the channel keeps the goods itself and says how many there are
    :param kept_quantity: what the channel keeps itself beside what is not its own
    :param stock_group: what the channel calls the stock that it shares with others
    :param ended: the channel still knows it, but nobody can ever buy it again: it
        counts as gone
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
    former_ids: tuple[str, ...] = ()
    kept_fields: tuple[str, ...] = ()
    stock_kept: bool = False
    kept_quantity: Decimal | None = None
    stock_group: str = ""
    ended: bool = False
    content: Mapping[str, Any] = field(default_factory=dict)
    product_content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RemotePage:
    """A page of listings.

    :param cursor: where the next page begins, JSON; None after the last one
    :param failed: how many more there are that cannot be read
    :param unread: ids of those, or of their products, as far as they are known: they
        are there
    """

    listings: tuple[RemoteListing, ...]
    cursor: Any = None
    failed: int = 0
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListingHint:
    """What a notification is about, one of both.

    :param external_id: of a listing, or of the product that groups it
    :param stock_group: see :class:`RemoteListing`
    """

    external_id: str = ""
    stock_group: str = ""


def get_places(item_id: str, variation_id: str) -> tuple[str, ...]:
    """The external ids that a listing may have which a line of an order names, the
    likeliest first.

    A line with a variation never names the listing of the whole item.
    """
    if not variation_id:
        return (item_id,) if item_id else ()
    return f"{item_id}/{variation_id}", variation_id


def get_item(external_id: str) -> str:
    """The item of a listing that may be a variation of it."""
    return external_id.partition("/")[0]


class RemoteCatalog(Protocol):
    """Reads all listings of one account. Called without a transaction."""

    def read_page(self, cursor: Any, limit: int) -> RemotePage:
        """A page of at most about ``limit`` listings; None as cursor begins.

        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def read_some(self, external_ids: Collection[str]) -> RemotePage:
        """Some listings, at most 50, that are looked at again: those that the list did
        not show, which may move while it is read, and those that were announced.

        What is gone is absent; what was moved is there by its new id, with the former
        one. A product's id stands for its listings.

        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
