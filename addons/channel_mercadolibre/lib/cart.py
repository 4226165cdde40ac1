"""Ids that hold the blocks of a cart together.

Source: developers.mercadolibre.com, "Orders", "Packs", "Billing info".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.reader import (
    identifier,
    mapping,
    moment,
    required_identifier,
    text,
)

Block = Mapping[str, Any]

CANCELLED = "cancelled"


def cart_id(order: Block, path: str) -> str:
    """The id of an order's cart: its pack, or the order itself without one."""
    return identifier(order.get("pack_id"), f"{path}.pack_id") or required_identifier(
        order.get("id"), f"{path}.id"
    )


def version(order: Block) -> str:
    """Moment of an order's last change, the same text wherever it was read.

    A search and a reading may write one instant with different offsets, so it is
    brought to UTC. What cannot be read as an instant stays as it came.
    """
    for key in ("last_updated", "date_last_updated", "date_closed", "date_created"):
        value = order.get(key)
        if not value:
            continue
        try:
            found = moment(value, key)
        except Rejected:
            return text(value, key, 64) if isinstance(value, str) else ""
        return f"{found.isoformat(timespec='milliseconds')}Z" if found else ""
    return ""


def identity_order(orders: Sequence[Block]) -> Block:
    """The order of a cart whose billing info counts: a valid one that names any."""
    for order in sorted(orders, key=lambda order: order.get("status") == CANCELLED):
        if billing_info_id(order, "order"):
            return order
    return next((o for o in orders if o.get("status") != CANCELLED), orders[0])


def billing_info_id(order: Block, path: str) -> str:
    """Id of the fiscal data that an order names; empty when it names none."""
    buyer = mapping(order.get("buyer"), f"{path}.buyer")
    info = mapping(buyer.get("billing_info"), f"{path}.buyer.billing_info")
    return identifier(info.get("id"), f"{path}.buyer.billing_info.id")


def shipment_id(pack: Block | None, orders: Sequence[Block]) -> str:
    """Id of the cart's shipment; empty when there is none (yet)."""
    blocks = [("pack.shipment", (pack or {}).get("shipment"))]
    ordered = sorted(orders, key=lambda order: order.get("status") == CANCELLED)
    blocks += [("order.shipping", order.get("shipping")) for order in ordered]
    for path, block in blocks:
        found = identifier(mapping(block, path).get("id"), f"{path}.id")
        if found:
            return found
    return ""
