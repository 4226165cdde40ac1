"""Orders of the fake channel in the shared words. No Odoo in it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_order.lib.concern import Concern
from odoo.addons.channel_order.lib.schema import Line, Order, Payment, Shipment
from odoo.addons.channel_partner.lib.buyer import Address, Buyer, FiscalIdentity


def concern(topic: str, resource: str) -> Concern | None:
    """What a notification is about."""
    kind = {"orders": "order", "shipments": "shipment"}.get(topic)
    return Concern(kind, resource) if kind else None


def parse(bundle: dict[str, Any]) -> Order:
    """:raises Rejected: ``payload_invalid``"""
    try:
        return _parse_order(bundle["id"], bundle["order"])
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise Rejected("payload_invalid", field=str(error)[:80]) from None


def _parse_order(key: str, raw: dict[str, Any]) -> Order:
    lines = tuple(_parse_line(f"{key}-{n}", one) for n, one in enumerate(raw["lines"]))
    total = sum((line.quantity * line.unit_price for line in lines), Decimal(0))
    address, placed_at = raw["address"], datetime.fromisoformat(raw["placed_at"])
    goods = Decimal(raw.get("goods_total") or total)
    return Order(
        external_id=key,
        number=key,
        status=raw["status"],
        currency=raw["currency"],
        placed_at=placed_at,
        seller_id=raw["seller"],
        buyer=_parse_buyer(raw["buyer"]),
        lines=lines,
        goods_total=goods,
        seller_discount=Decimal(raw["discount"]),
        delivery=address
        and Address(
            line=f"{address['street_name']} {address['street_number']}".strip(),
            **address,
        ),
        shipment=_parse_shipment(key, raw),
        payments=(
            Payment(
                external_id=f"P{key}",
                method=raw["payment"],
                status="approved",
                collected=True,
                approved_at=placed_at,
                amount=Decimal(raw.get("paid", goods)),
                shipping=Decimal(raw.get("shipping", "0")),
                refunded=Decimal(raw.get("refunded", "0")),
            ),
        ),
        tags=frozenset(raw["tags"]),
        fraud_warning=raw["suspicious"],
        is_test=raw["rehearsal"],
        complete=raw.get("complete", True),
        url_id=key,
    )


def _parse_line(external_id: str, line: dict[str, Any]) -> Line:
    external_id = line.get("id", external_id)
    return Line(
        external_id=external_id,
        item_id=line.get("item", f"item-{external_id}"),
        variation_id=line.get("variation", ""),
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
