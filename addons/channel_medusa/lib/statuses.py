"""The statuses of an order: its own, its payment's and its fulfilment's.

Source: docs.medusajs.com, "Order statuses"; ``aggregate-status`` of the server. Each is
a value of the de-para, ``payment:captured`` for instance; the strongest decision of the
three counts for the order. The vocabulary is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odoo.addons.channel_base.lib.reader import mapping, raw_key
from odoo.addons.channel_base.lib.text import exact
from odoo.addons.channel_order.lib.source import OrderStatus
from odoo.addons.channel_order.lib.statuses import compose

# Status → what to do; what waits is decided by the other two
DECISIONS: Mapping[str, str] = {
    "order:pending": "wait",
    "order:requires_action": "wait",
    "order:completed": "wait",
    "order:archived": "wait",
    "order:draft": "ignore",
    "order:canceled": "cancel",
    "payment:not_paid": "wait",
    "payment:awaiting": "wait",
    "payment:requires_action": "wait",
    "payment:partially_authorized": "wait",
    "payment:authorized": "reserve",
    "payment:partially_captured": "wait",
    "payment:captured": "import",
    "payment:partially_refunded": "import",
    "payment:refunded": "wait",
    "payment:canceled": "wait",
    "fulfillment:not_fulfilled": "wait",
    "fulfillment:partially_fulfilled": "wait",
    "fulfillment:fulfilled": "wait",
    "fulfillment:partially_shipped": "wait",
    "fulfillment:shipped": "wait",
    "fulfillment:partially_delivered": "wait",
    "fulfillment:delivered": "wait",
    "fulfillment:canceled": "wait",
}
PAID = ("payment:captured",)
# A payment that may still be captured, which does not move the order's date
OPEN = (
    "payment:not_paid",
    "payment:awaiting",
    "payment:requires_action",
    "payment:partially_authorized",
    "payment:authorized",
    "payment:partially_captured",
)
# How far a delivery is told, in the order in which it happens
DELIVERY = ("fulfillment:fulfilled", "fulfillment:shipped", "fulfillment:delivered")
# Written beside the order, in the key METADATA_KEY of its metadata
MARKS = ("metadata:received", "metadata:rejected")
METADATA_KEY = "odoo_status"


def status_of(order: Mapping[str, Any]) -> str:
    """An order's status with its three parts."""
    parts = (
        ("order", "status"),
        ("payment", "payment_status"),
        ("fulfillment", "fulfillment_status"),
    )
    found = [(kind, raw_key(order.get(key), f"order.{key}")) for kind, key in parts]
    return compose(f"{kind}:{value}" for kind, value in found if value)


def mark_of(order: Mapping[str, Any]) -> str:
    """What we wrote beside an order; empty without."""
    metadata = mapping(order.get("metadata"), "order.metadata")
    value = exact(metadata.get(METADATA_KEY))
    return value and f"metadata:{value}"


def vocabulary() -> list[OrderStatus]:
    """What orders come with, and what can be written."""
    known = [OrderStatus(value, writable=value in DELIVERY) for value in DECISIONS]
    return known + [OrderStatus(v, readable=False, writable=True) for v in MARKS]
