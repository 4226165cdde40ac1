"""The remote side of the fake channel, which a service would be. No Odoo in it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from odoo.addons.channel_base.lib.errors import ChannelError
from odoo.addons.channel_order.lib.source import OrderStatus

PAYLOAD = {
    "status": "paid",
    "currency": "ARS",
    "placed_at": "2026-11-01T12:00:00",
    "seller": "fake-seller",
    "buyer": {
        "id": "501",
        "nickname": "LUCIAROJAS",
        "name": "Lucía Rojas",
        "legal_name": "Lucía Beatriz Rojas",
        "phone": "",
        "document": ["DNI", "30111222"],
    },
    "address": {
        "street_name": "Calle Falsa",
        "street_number": "123",
        "city": "Rosario",
        "zip": "2000",
        "state_code": "AR-S",
        "country_code": "AR",
        "comment": "Timbre 2",
        "receiver": "Lucía Rojas",
    },
    "lines": [{"sku": "FAKE-1", "quantity": "2", "price": "121.00", "fee": "12.10"}],
    "carrier": "standard",
    "payment": "card",
    "freight": "0",
    "discount": "0",
    "tags": [],
    "suspicious": False,
    "rehearsal": False,
}

# The vocabulary of its orders
STATUSES = (
    OrderStatus("pending", "Pending"),
    OrderStatus("authorised", "Payment authorised"),
    OrderStatus("paid", "Paid"),
    OrderStatus("cancelled", "Cancelled"),
    OrderStatus("processing", "In process", writable=True),
    OrderStatus("invoicing", "Invoicing", readable=False, writable=True),
    OrderStatus("refused", "Refused", readable=False, writable=True),
)


class FakeRemote:
    """What the fake channel holds, and how it misbehaves."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.faults: list[ChannelError] = []
        self.calls = 0
        self.written: list[tuple[str, str]] = []
        self.searches = 0

    def call(self) -> None:
        """A call: counted, and failing when told to."""
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)

    def put(self, external_id: str, **changes: Any) -> str:
        """Create an order, or change one; its version goes up."""
        order = self.orders.get(external_id) or deepcopy(PAYLOAD)
        order = {**order, **deepcopy(changes)}
        order["version"] = order.get("version", 0) + 1
        self.orders[external_id] = order
        return external_id


# The remote side lives in the process, like a server would live elsewhere.
REMOTES: dict[int, FakeRemote] = {}


def remote_of(channel_id: int) -> FakeRemote:
    """The remote side of a channel."""
    return REMOTES.setdefault(channel_id, FakeRemote())
