"""A channel that lives in memory. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected
from odoo.addons.channel_order.lib.concern import Concern
from odoo.addons.channel_order.lib.schema import Line, Order, Payment, Shipment
from odoo.addons.channel_order.lib.source import OrderPage, OrderReference, OrderStatus
from odoo.addons.channel_partner.lib.schema import Address, Buyer, FiscalIdentity

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
        "street": "Calle Falsa",
        "number": "123",
        "city": "Rosario",
        "zip": "2000",
        "state": "AR-S",
        "country": "AR",
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


def concern(topic: str, resource: str) -> Concern | None:
    """What a notification of the fake channel is about."""
    kinds: dict[str, Literal["order", "shipment"]] = {
        "orders": "order",
        "shipments": "shipment",
    }
    kind = kinds.get(topic)
    return Concern(kind, resource) if kind else None


class FakeRemote:
    """What the fake channel holds, and how it misbehaves."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.faults: list[ChannelError] = []
        self.calls = 0
        self.written: list[tuple[str, str]] = []
        self.searches = 0

    def put(self, external_id: str, **changes: Any) -> str:
        """Create an order, or change one; its version goes up."""
        order = self.orders.get(external_id) or deepcopy(PAYLOAD)
        order = {**order, **deepcopy(changes)}
        order["version"] = order.get("version", 0) + 1
        self.orders[external_id] = order
        return external_id


STATUSES = (
    OrderStatus("pending", "Pending"),
    OrderStatus("authorised", "Payment authorised"),
    OrderStatus("paid", "Paid"),
    OrderStatus("cancelled", "Cancelled"),
    OrderStatus("processing", "In process", writable=True),
    OrderStatus("invoicing", "Invoicing", readable=False, writable=True),
    OrderStatus("refused", "Refused", readable=False, writable=True),
)


def version(order: Mapping[str, Any]) -> str:
    return f"{order['version']:06}"


class FakeClient:
    """Calls of the fake channel: counted, and failing when told to."""

    def __init__(self, remote: FakeRemote):
        self.remote = remote

    def _call(self) -> None:
        self.remote.calls += 1
        if self.remote.faults:
            raise self.remote.faults.pop(0)

    def take_calls(self) -> int:
        calls, self.remote.calls = self.remote.calls, 0
        return calls


class FakeStatuses(FakeClient):
    """The :class:`StatusWriter` of the fake channel."""

    def read_status(self, external_id: str) -> str:
        self._call()
        return str(self.remote.orders[external_id]["status"])

    def write_status(self, external_id: str, status: str) -> None:
        self._call()
        self.remote.written.append((external_id, status))
        self.remote.put(external_id, status=status)


class FakeOrders(FakeClient):
    """The :class:`OrderSource` of the fake channel."""

    def search(
        self, cursor: dict[str, Any], since: datetime, now: datetime, limit: int
    ) -> OrderPage:
        self.remote.calls += 1
        self.remote.searches += 1
        offset = cursor.get("offset", 0)
        items = list(self.remote.orders.items())
        page = items[offset : offset + limit]
        references = tuple(
            OrderReference(
                external_id,
                {external_id: version(order)},
                datetime.fromisoformat(order["placed_at"]),
            )
            for external_id, order in page
        )
        more = offset + limit < len(items)
        return OrderPage(references, {"offset": offset + limit if more else 0}, more)

    def fetch(self, external_id: str, versions: Mapping[str, str]) -> dict[str, Any]:
        self._call()
        if external_id not in self.remote.orders:
            raise Rejected("not_found")
        order = self.remote.orders[external_id]
        return {
            "schema": 1,
            "versions": {external_id: version(order)},
            "id": external_id,
            "order": deepcopy(order),
        }


def parse(bundle: dict[str, Any]) -> Order:
    """:raises Rejected: ``payload_invalid``"""
    try:
        return _parse(bundle)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise Rejected("payload_invalid", field=str(error)[:80]) from None


def _parse(bundle: dict[str, Any]) -> Order:
    raw, external_id = bundle["order"], bundle["id"]
    lines = tuple(
        _parse_line(line.get("id", f"{external_id}-{number}"), line)
        for number, line in enumerate(raw["lines"])
    )
    goods = raw.get("goods_total") or sum(
        (line.quantity * line.unit_price for line in lines), Decimal(0)
    )
    return Order(
        external_id=external_id,
        number=external_id,
        status=raw["status"],
        currency=raw["currency"],
        placed_at=datetime.fromisoformat(raw["placed_at"]),
        seller_id=raw["seller"],
        buyer=_parse_buyer(raw["buyer"]),
        lines=lines,
        goods_total=Decimal(goods),
        seller_discount=Decimal(raw["discount"]),
        delivery=raw["address"] and _parse_address(raw["address"]),
        shipment=_parse_shipment(external_id, raw),
        payments=(
            Payment(
                external_id=f"P{external_id}",
                method=raw["payment"],
                status="approved",
                collected=True,
                approved_at=datetime.fromisoformat(raw["placed_at"]),
                amount=Decimal(raw.get("paid", goods)),
                shipping=Decimal(raw.get("shipping", "0")),
                refunded=Decimal(raw.get("refunded", "0")),
            ),
        ),
        tags=frozenset(raw["tags"]),
        fraud_warning=raw["suspicious"],
        is_test=raw["rehearsal"],
        complete=raw.get("complete", True),
        url_id=external_id,
    )


def _parse_line(external_id: str, line: dict[str, Any]) -> Line:
    return Line(
        external_id=external_id,
        item_id=f"item-{external_id}",
        variation_id="",
        sku=line["sku"],
        title=line.get("title", line["sku"]),
        quantity=Decimal(line["quantity"]),
        unit_price=Decimal(line["price"]),
        fee=Decimal(line.get("fee", "0")),
    )


def _parse_buyer(buyer: dict[str, Any]) -> Buyer:
    kind, number = buyer["document"] or ("", "")
    return Buyer(
        external_id=buyer["id"],
        nickname=buyer["nickname"],
        name=buyer["name"],
        phone=buyer["phone"],
        identity=FiscalIdentity(
            name=buyer.get("legal_name", ""),
            document_type=kind,
            document_number=number,
            taxpayer_type=buyer.get("taxpayer", ""),
            external_id=buyer.get("billing", ""),
            pending=buyer.get("billing_pending", False),
        ),
    )


def _parse_shipment(external_id: str, raw: dict[str, Any]) -> Shipment:
    return Shipment(
        external_id=f"S{external_id}",
        logistic_type=raw.get("logistic", "drop_off"),
        service=raw["carrier"],
        service_name=raw["carrier"],
        buyer_cost=Decimal(raw["freight"]),
        by_channel=raw.get("logistic") == "fulfillment",
        status=raw.get("shipping_status", ""),
        shipped=raw.get("shipping_status") in ("shipped", "delivered"),
    )


def _parse_address(address: dict[str, Any]) -> Address:
    return Address(
        line=f"{address['street']} {address['number']}".strip(),
        street_name=address["street"],
        street_number=address["number"],
        comment=address["comment"],
        city=address["city"],
        zip=address["zip"],
        state_code=address["state"],
        country_code=address["country"],
        receiver=address["receiver"],
    )
