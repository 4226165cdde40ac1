"""What a provider supplies so that its orders can come in. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class OrderReference:
    """What a search tells about one cart, enough to know whether it changed.

    :param external_id: the cart's id, the same as :attr:`Order.external_id`
    :param versions: remote version of each order of the cart that the search showed:
        a text that grows with every change, usually the moment of the last one
    :param placed_at: naive UTC moment of the purchase
    """

    external_id: str
    versions: Mapping[str, str]
    placed_at: datetime | None = None


def latest_moment(versions: Mapping[str, str]) -> datetime | None:
    """The latest of remote versions as naive UTC; None when none is a moment."""
    found = []
    for version in versions.values():
        try:
            moment = datetime.fromisoformat(version.replace("Z", "+00:00"))
        except ValueError:
            continue
        if moment.tzinfo is not None:
            found.append(moment.astimezone(timezone.utc).replace(tzinfo=None))
    return max(found, default=None)


@dataclass(frozen=True)
class OrderPage:
    """One page of a search.

    :param cursor: JSON-serialisable; given back at the next call
    :param more: there is another page to read right now
    """

    references: tuple[OrderReference, ...]
    cursor: dict[str, Any]
    more: bool


class OrderSource(Protocol):
    """Reads orders of one account. Called without a transaction, from threads."""

    def search(
        self, cursor: dict[str, Any], since: datetime, now: datetime, limit: int
    ) -> OrderPage:
        """The next page of changed carts, cancelled ones included.

        A pass ends with the page that has no ``more``; the next call begins another.

        :param cursor: what the last page answered; empty the first time
        :param since: naive UTC; orders are read from here the first time
        :param now: naive UTC
        :param limit: most references wanted; the service may dictate fewer
        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def fetch(self, external_id: str, versions: Mapping[str, str]) -> dict[str, Any]:
        """Everything the channel tells about one cart, as one JSON bundle.

        The bundle carries ``schema`` (version of its shape, an int) and
        ``versions`` (order id → remote version, complete).

        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def take_calls(self) -> int:
        """API calls made since this was last asked."""


@dataclass(frozen=True)
class OrderStatus:
    """A status of the channel's own vocabulary.

    :param value: as orders carry it
    :param label: what people call it
    :param readable: orders may come with it
    :param writable: we may give it to an order
    """

    value: str
    label: str = ""
    readable: bool = True
    writable: bool = False


@dataclass(frozen=True)
class Parcel:
    """What has left with one delivery.

    :param reference: ours; the channel keeps it beside the delivery, so that none is
        told twice
    :param lines: external id of the order's line → units of it
    :param tracking_url: empty when it is no http(s) address
    """

    reference: str
    lines: Mapping[str, Decimal]
    tracking_number: str = ""
    tracking_url: str = ""


class StatusWriter(Protocol):
    """Gives orders of one account a status. Called without a transaction."""

    def read_status(self, external_id: str) -> str:
        """The order's present status, with all of its parts.

        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def write_status(self, external_id: str, status: str) -> None:
        """Give the order a status.

        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def write_delivery(self, external_id: str, status: str, parcel: Parcel) -> bool:
        """Tell of a delivery, up to a status; only for those of
        ``_get_delivery_statuses``. What the channel knows of it already is not told
        again.

        :return: whether something was left to tell
        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
