"""Orders of one shop as an :class:`OrderSource`.

Source: docs.medusajs.com, "Admin API reference", orders; checked against the server
2.18.0: capturing a payment leaves the order's ``updated_at`` as it was, ``order`` takes
one field only, and ``fields`` replaces what is shown otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.reader import (
    identifier,
    mapping,
    moment,
    required_identifier,
    required_moment,
    sequence,
)
from odoo.addons.channel_order.lib.source import OrderPage, OrderReference

from .client import MAX_IDS, MAX_PAGE, MedusaClient

# What tells that an order changed; the statuses come without being asked for.
CHANGE_FIELDS = ",".join(
    (
        "id",
        "created_at",
        "updated_at",
        "payment_collections.updated_at",
        "fulfillments.updated_at",
    )
)
ORDER_FIELDS = ",".join(
    (
        "id,display_id,custom_display_id,is_draft_order,status,version,email",
        "currency_code,created_at,updated_at,canceled_at,metadata",
        "region_id,sales_channel_id,customer_id,total",
        "*items,*items.tax_lines,*items.adjustments,*items.detail",
        "*customer,*shipping_address,*billing_address",
        "*shipping_methods,*shipping_methods.tax_lines",
        "*payment_collections,*payment_collections.payments",
        "*payment_collections.payments.captures",
        "*payment_collections.payments.refunds",
        "*fulfillments,*fulfillments.items,*fulfillments.labels",
        "*credit_lines",
    )
)
# A workflow dates an order before it commits it.
OVERLAP = timedelta(minutes=5)
# Parts of an order that are dated on their own
_DATED = ("payment_collections", "fulfillments")

Block = Mapping[str, Any]


class MedusaOrders:
    """Searches and reads the orders of a shop.

    A pass walks through what changed by date, then asks again for those orders that
    may be paid without their date moving.

    :param sales_channel: id of the shop's sales channel, "" for all
    :param open_ids: orders whose payment is open, as Odoo knows them
    """

    def __init__(
        self,
        client: MedusaClient,
        sales_channel: str = "",
        open_ids: Iterable[str] = (),
    ):
        self.client = client
        self.sales_channel = sales_channel
        self.open_ids = sorted(open_ids)

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def search(
        self, cursor: dict[str, Any], since: datetime, now: datetime, limit: int
    ) -> OrderPage:
        """The next page of changed orders; see :meth:`OrderSource.search`.

        The cursor holds the moment from which orders are read and how many of that
        moment are known, and during the second walk the last id asked for::

            {"from": ISO, "offset": int, "after": id}
        """
        lower = moment(cursor.get("from"), "cursor.from") or since
        if "after" in cursor:
            return self._search_open(cursor)
        offset = cursor.get("offset") or 0
        limit = max(2, min(limit, MAX_PAGE))
        rows = self._list(
            order="updated_at",
            limit=limit,
            offset=offset,
            **{"updated_at[$gte]": instant(lower)},
        )
        latest = max((_dated(row) for row in rows), default=lower + OVERLAP)
        if len(rows) == limit:
            # What is there at that very moment is shown again.
            same = latest <= lower
            following = {
                "from": instant(max(latest, lower)),
                "offset": offset + limit if same else 0,
            }
            return OrderPage(_references(rows), following, True)
        following = {"from": instant(max(since, min(latest, now) - OVERLAP))}
        more = bool(self.open_ids)
        if more:
            following["after"] = ""
        return OrderPage(_references(rows), following, more)

    def _search_open(self, cursor: dict[str, Any]) -> OrderPage:
        left = [key for key in self.open_ids if key > str(cursor["after"])]
        wanted = left[:MAX_IDS]
        rows = self._list(limit=MAX_IDS, **{"id[]": wanted}) if wanted else []
        following = {"from": cursor.get("from")}
        more = len(left) > MAX_IDS
        if more:
            following["after"] = wanted[-1]
        return OrderPage(_references(rows), following, more)

    def _list(self, **params: Any) -> list[dict[str, Any]]:
        if self.sales_channel:
            params["sales_channel_id[]"] = [self.sales_channel]
        return self.client.orders(CHANGE_FIELDS, **params)

    def fetch(self, external_id: str, versions: Mapping[str, str]) -> dict[str, Any]:
        """One order as a bundle: ``{schema, external_id, versions, order}``.

        :raises Rejected: ``other_sales_channel``, besides the client's errors
        """
        order = self.client.order(external_id, ORDER_FIELDS)
        key = required_identifier(order.get("id"), "order.id")
        origin = identifier(order.get("sales_channel_id"), "order.sales_channel_id")
        if self.sales_channel and origin != self.sales_channel:
            raise Rejected("other_sales_channel", sales_channel=origin)
        return {
            "schema": 1,
            "external_id": key,
            "versions": {key: version(order)},
            "order": lean(order),
        }


def instant(value: datetime) -> str:
    """A naive UTC instant as the filters of a list take it, and as versions are
    compared: with milliseconds."""
    return f"{value.isoformat(timespec='milliseconds')}Z"


def version(order: Block) -> str:
    """The moment of the last change of an order, its payments or its fulfilments.

    An order's ``version`` and its statuses never change without one of these, but the
    order's own date alone would miss a captured payment.
    """
    moments = [required_moment(order.get("updated_at"), "order.updated_at")]
    for name in _DATED:
        for index, part in enumerate(sequence(order.get(name), f"order.{name}")):
            path = f"order.{name}[{index}]"
            found = moment(mapping(part, path).get("updated_at"), f"{path}.updated_at")
            moments += [found] if found else []
    return instant(max(moments))


def lean(value: Any) -> Any:
    """An order without what it tells twice: ``raw_…``, amounts as objects."""
    if isinstance(value, list):
        return [lean(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {k: lean(item) for k, item in value.items() if not k.startswith("raw_")}


def _dated(row: Block) -> datetime:
    return required_moment(row.get("updated_at"), "order.updated_at")


def _references(rows: Sequence[Block]) -> tuple[OrderReference, ...]:
    found = []
    for row in rows:
        key = required_identifier(row.get("id"), "order.id")
        placed_at = moment(row.get("created_at"), "order.created_at")
        found.append(OrderReference(key, {key: version(row)}, placed_at))
    return tuple(found)
