"""What Odoo tells a shop about its orders: a :class:`StatusWriter`.

Source: docs.medusajs.com, "Admin API reference", orders; the server's workflows
``create-order-fulfillment`` and ``create-order-shipment``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.reader import (
    decimal,
    identifier,
    mapping,
    optional_decimal,
    required_identifier,
    sequence,
)
from odoo.addons.channel_base.lib.text import exact
from odoo.addons.channel_order.lib.source import Parcel
from odoo.addons.channel_order.lib.statuses import compose

from .client import MedusaClient, segment
from .statuses import DELIVERY, METADATA_KEY, mark_of, status_of

STATUS_FIELDS = "id,status,metadata"
DELIVERY_FIELDS = "id,status,*items,*items.detail,*fulfillments,*fulfillments.items"
# Where a fulfilment keeps our reference
REFERENCE_KEY = "odoo_ref"

Block = Mapping[str, Any]


class MedusaAnswers:
    """Writes marks and deliveries of orders.

    :param quiet: whether the shop is asked not to write to buyers
    """

    def __init__(self, client: MedusaClient, quiet: bool = True):
        self.client = client
        self.quiet = quiet

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def read_status(self, external_id: str) -> str:
        """The order's status and our mark, as parts of one text."""
        order = self.client.order(external_id, STATUS_FIELDS)
        return compose((status_of(order), mark_of(order)))

    def write_status(self, external_id: str, status: str) -> None:
        """Leave a mark (``metadata:…``) on the order; its other metadata stays.

        :raises Rejected: ``status_unknown``, besides the client's errors
        """
        kind, _colon, value = status.partition(":")
        if kind != "metadata" or not value:
            raise Rejected("status_unknown", value=status)
        path = f"/admin/orders/{segment(external_id)}"
        self.client.post(path, {"metadata": {METADATA_KEY: value}})

    def write_delivery(self, external_id: str, status: str, parcel: Parcel) -> bool:
        """Fulfil what has left, and ship and deliver it as far as the status says.

        The fulfilments keep the parcel's reference, so what was told before a process
        died is found. What somebody fulfilled in the shop is left alone.

        :raises Rejected: ``status_unknown``, besides the client's errors
        """
        if status not in DELIVERY:
            raise Rejected("status_unknown", value=status)
        level = DELIVERY.index(status)
        order = self.client.order(external_id, DELIVERY_FIELDS)
        told = self._fulfil(order, parcel)
        if told:
            order = self.client.order(external_id, DELIVERY_FIELDS)
        for fulfilment in _ours(order, parcel):
            path = f"{_path(order)}/{required_identifier(fulfilment.get('id'), 'id')}"
            if level >= 1 and not fulfilment.get("shipped_at"):
                self._ship(path, fulfilment, parcel)
                told = True
            if level >= 2 and not fulfilment.get("delivered_at"):
                self._write(f"{path}/mark-as-delivered", {})
                told = True
        return told

    def _write(self, path: str, body: dict[str, Any]) -> None:
        self.client.post(path, {**body, "no_notification": self.quiet})

    def _fulfil(self, order: Block, parcel: Parcel) -> bool:
        """Make the fulfilments of a parcel that are not there; whether there were any.

        One for each location, and those that need no shipping apart.
        """
        done = {
            identifier(item.get("line_item_id"), "line_item_id")
            for fulfilment in _ours(order, parcel)
            for item in _blocks(fulfilment, "items")
        }
        wanted = _open_lines(order, parcel, done)
        if not wanted:
            return False
        places = self._places(wanted)
        groups: dict[tuple[str, bool], list[dict[str, Any]]] = {}
        for item in _blocks(order, "items"):
            key = required_identifier(item.get("id"), "items.id")
            if key in wanted:
                group = places.get(key, ""), bool(item.get("requires_shipping"))
                groups.setdefault(group, []).append(
                    {"id": key, "quantity": _number(wanted[key])}
                )
        for (place, _shipped), items in groups.items():
            body = {"items": items, "metadata": {REFERENCE_KEY: parcel.reference}}
            if place:
                body["location_id"] = place
            self._write(_path(order), body)
        return True

    def _places(self, lines: Mapping[str, Decimal]) -> dict[str, str]:
        """Line → location that it is reserved at."""
        rows = self.client.read_all(
            "/admin/reservations",
            "reservations",
            fields="id,line_item_id,location_id",
            **{"line_item_id[]": sorted(lines)},
        )
        return {
            identifier(row.get("line_item_id"), "line_item_id"): identifier(
                row.get("location_id"), "location_id"
            )
            for row in rows
        }

    def _ship(self, path: str, fulfilment: Block, parcel: Parcel) -> None:
        items = [
            {
                "id": required_identifier(item.get("line_item_id"), "line_item_id"),
                "quantity": _number(decimal(item.get("quantity"), "quantity")),
            }
            for item in _blocks(fulfilment, "items")
        ]
        body: dict[str, Any] = {"items": items}
        if parcel.tracking_number:
            body["labels"] = [
                {
                    "tracking_number": parcel.tracking_number,
                    "tracking_url": parcel.tracking_url,
                    "label_url": "",
                }
            ]
        self._write(f"{path}/shipments", body)


def _path(order: Block) -> str:
    key = required_identifier(order.get("id"), "order.id")
    return f"/admin/orders/{key}/fulfillments"


def _blocks(parent: Block, name: str) -> list[Block]:
    rows = sequence(parent.get(name), name)
    return [mapping(row, f"{name}[{index}]") for index, row in enumerate(rows)]


def _ours(order: Block, parcel: Parcel) -> list[Block]:
    """The parcel's fulfilments that were not cancelled."""
    found = []
    for fulfilment in _blocks(order, "fulfillments"):
        metadata = mapping(fulfilment.get("metadata"), "fulfillments.metadata")
        reference = exact(metadata.get(REFERENCE_KEY))
        if reference == parcel.reference and not fulfilment.get("canceled_at"):
            found.append(fulfilment)
    return found


def _open_lines(order: Block, parcel: Parcel, done: set[str]) -> dict[str, Decimal]:
    """Line → units that are to be fulfilled: no more than is open there."""
    found = {}
    for item in _blocks(order, "items"):
        key = required_identifier(item.get("id"), "items.id")
        units = parcel.lines.get(key)
        if not units or key in done:
            continue
        detail = mapping(item.get("detail"), "items.detail")
        fulfilled = optional_decimal(detail.get("fulfilled_quantity"), "detail")
        left = decimal(item.get("quantity"), "items.quantity") - (fulfilled or 0)
        if min(units, left) > 0:
            found[key] = min(units, left)
    return found


def _number(value: Decimal) -> int | float:
    """As JSON writes it."""
    return int(value) if value == value.to_integral_value() else float(value)
