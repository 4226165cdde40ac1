"""Orders as ``GET /orders/{id}`` answers them.

Source: MercadoLibre developers, Orders. Amounts are currency units in the JSON and
integer cents in the inputs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .buyers import Buyer
from .catalogue import COUNTRY, Product, to_step, variation_of
from .identities import Identity
from .times import stamp

_METHODS = (
    ("account_money", "account_money"),
    ("master", "credit_card"),
    ("visa", "credit_card"),
    ("debvisa", "debit_card"),
    ("ticket_local", "ticket"),
)


@dataclass
class Line:
    """The one item-variation of an order.

    ``full_cents`` is the discount per unit and ``seller_cents`` the part of it the
    seller pays. ``sku`` None leaves the order without a SKU.
    """

    product: Product
    quantity: int
    sku: str | None
    full_cents: int = 0
    seller_cents: int = 0


@dataclass
class Terms:
    """How an order is paid; ``coupon_cents`` None leaves the coupon key out."""

    coupon_cents: int | None
    shipping_cents: int
    taxes_cents: int
    parts: int
    installments: int


@dataclass
class OrderInput:
    """What an order is made of."""

    id: int
    pack_id: int | None
    cart: bool
    site: str
    currency: str
    created: datetime
    updated: datetime
    seller_id: int
    buyer: Buyer
    identity: Identity
    line: Line
    terms: Terms
    shipment_id: int | None


def draw_line(rng: random.Random, site: str, product: Product, *, plain: bool) -> Line:
    """Quantity and discount of an ordinary order; ``plain`` gives no discount."""
    quantity = rng.choices([1, 2, 3, 6, 12], [70, 16, 7, 4, 3])[0]
    line = Line(product, quantity, product.sku)
    if not plain and rng.random() < 0.25:
        full = product.price_cents * rng.randint(3, 30) // 100
        line.full_cents = to_step(site, full)
        share = rng.choice([0, 50, 100])
        line.seller_cents = to_step(site, line.full_cents * share // 100)
    return line


def draw_terms(
    rng: random.Random, site: str, total_cents: int, *, plain: bool
) -> Terms:
    """Ordinary payment terms; ``plain`` gives one payment without extras."""
    installments = rng.choices([1, 3, 6, 12], [68, 16, 12, 4])[0]
    if plain:
        return Terms(None, 0, 0, 1, installments)
    five_percent = to_step(site, total_cents * 5 // 100)
    coupon = rng.choices([None, 0, five_percent], [55, 37, 8])[0]
    taxes = to_step(site, total_cents * 3 // 100) if rng.random() < 0.05 else 0
    parts = 2 if rng.random() < 0.06 else 1
    return Terms(coupon, 0, taxes, parts, installments)


def build_order(data: OrderInput, rng: random.Random) -> dict[str, Any]:
    """Full shape of a paid order."""
    line, terms = data.line, data.terms
    unit = line.product.price_cents - line.full_cents
    total = unit * line.quantity
    payments = _payments(data, rng, total)
    order: dict[str, Any] = {
        "id": data.id,
        "pack_id": data.pack_id,
        "date_created": stamp(data.created),
        "date_closed": stamp(data.created + timedelta(seconds=rng.randint(1, 40))),
        "last_updated": stamp(data.updated),
        "date_last_updated": stamp(data.updated),
        "expiration_date": stamp(data.created + timedelta(days=28)),
        "comment": None,
        "pickup_id": None,
        "status": "paid",
        "status_detail": None,
        "cancel_detail": None,
        "buying_mode": "buy_equals_pay",
        "fulfilled": None,
        "manufacturing_ending_date": None,
        "order_request": {"return": None, "change": None},
        "related_orders": None,
        "mediations": [],
        "total_amount": total / 100,
        "paid_amount": round(sum(p["total_paid_amount"] for p in payments), 2),
        "shipping_cost": None,
        "currency_id": data.currency,
    }
    if terms.coupon_cents is not None:
        order["coupon"] = {
            "id": str(data.id % 99_991) if terms.coupon_cents else None,
            "amount": terms.coupon_cents / 100,
        }
    order.update(
        taxes={"amount": None, "currency_id": None, "id": None},
        order_items=[_item(data, rng)],
        payments=payments,
        shipping={"id": data.shipment_id},
        tags=_tags(data),
        static_tags=[],
        internal_tags=[],
        feedback={"buyer": None, "seller": None},
        context={"channel": "marketplace", "site": data.site, "flows": []},
        seller={"id": data.seller_id},
        buyer=buyer_block(data.buyer, data.identity),
    )
    return order


def _tags(data: OrderInput) -> list[str]:
    tags = ["paid", "not_delivered"]
    if data.line.full_cents:
        tags.insert(0, "order_has_discount")
    if data.cart:
        tags.insert(0, "pack_order")
    return tags


def buyer_block(buyer: Buyer, identity: Identity) -> dict[str, Any]:
    """``buyer`` of a full order."""
    return {
        "id": buyer.id,
        "nickname": buyer.nickname,
        "first_name": buyer.first_name,
        "last_name": buyer.last_name,
        "billing_info": {"id": identity.billing_id},
    }


def _variation(product: Product) -> tuple[int | None, list[dict[str, Any]]]:
    if not product.variation:
        return None, []
    name, value = product.variation
    attribute = {"id": name.upper(), "name": name, "value_id": None}
    return variation_of(product), [{**attribute, "value_name": value}]


def _item(data: OrderInput, rng: random.Random) -> dict[str, Any]:
    line, product = data.line, data.line.product
    unit = product.price_cents - line.full_cents
    variation, attributes = _variation(product)
    discounts = None
    if line.full_cents:
        seller = line.seller_cents / 100
        discounts = [{"amounts": {"full": line.full_cents / 100, "seller": seller}}]
    stock: Any = {"store_id": None, "node_id": f"{COUNTRY[data.site]}P{data.seller_id}"}
    if rng.random() < 0.3:
        stock = [{"store_id": None, "network_node_id": stock["node_id"]}]
    return {
        "item": {
            "id": product.item_id,
            "title": product.title,
            "category_id": product.category_id,
            "variation_id": variation,
            "variation_attributes": attributes,
            "seller_sku": line.sku,
            "seller_custom_field": None,
            "user_product_id": f"{data.site}U{product.item_id[3:]}",
            "condition": "new",
            "warranty": None,
            "global_price": None,
            "net_weight": None,
            "release_date": None,
            "attributes": [],
        },
        "quantity": line.quantity,
        "requested_quantity": {"measure": "unit", "value": line.quantity},
        "picked_quantity": None,
        "unit_price": unit / 100,
        "full_unit_price": product.price_cents / 100,
        "full_unit_price_currency_id": data.currency,
        "gross_price": product.price_cents * line.quantity / 100,
        "discounts": discounts,
        "currency_id": data.currency,
        "sale_fee": to_step(data.site, unit * 13 // 100) / 100,
        "listing_type_id": rng.choice(["gold_special", "gold_pro"]),
        "base_currency_id": None,
        "base_exchange_rate": None,
        "manufacturing_days": None,
        "element_id": 1 if data.cart else None,
        "bundle": None,
        "kit_instance_id": None,
        "stock": stock,
    }


def _payments(data: OrderInput, rng: random.Random, total: int) -> list[dict[str, Any]]:
    terms = data.terms
    unit = data.line.product.price_cents - data.line.full_cents
    fee = to_step(data.site, unit * 13 // 100) * data.line.quantity
    if rng.random() < 0.1:
        fee = 0
    amounts = [total]
    if terms.parts == 2:
        first = to_step(data.site, total * rng.randint(20, 80) // 100)
        amounts = [first, total - first]
    return [
        _payment(data, rng, number, amount, 0 if number else fee)
        for number, amount in enumerate(amounts)
    ]


def _payment(
    data: OrderInput, rng: random.Random, number: int, amount: int, fee: int
) -> dict[str, Any]:
    """One payment; coupon, shipping and taxes are on the first (``number`` 0)."""
    terms = data.terms
    coupon = 0 if number else terms.coupon_cents or 0
    shipping = 0 if number else terms.shipping_cents
    taxes = 0 if number else terms.taxes_cents
    paid = amount + shipping + taxes - coupon
    method, kind = rng.choice(_METHODS)
    times = terms.installments if kind == "credit_card" else 1
    return {
        "id": 130_000_000_000 + data.id % 10**9 * 10 + number,
        "order_id": data.id,
        "payer_id": data.buyer.id,
        "collector": {"id": data.seller_id},
        "reason": data.line.product.title,
        "site_id": data.site,
        "payment_method_id": method,
        "payment_type": kind,
        "operation_type": "regular_payment",
        "installments": times,
        "card_id": None,
        "issuer_id": None,
        "status": "approved",
        "status_code": None,
        "status_detail": "accredited",
        "transaction_amount": amount / 100,
        "transaction_amount_refunded": 0.0,
        "taxes_amount": taxes / 100,
        "shipping_cost": shipping / 100,
        "coupon_amount": coupon / 100,
        "coupon_id": None,
        "overpaid_amount": 0.0,
        "total_paid_amount": paid / 100,
        "installment_amount": (paid // times) / 100 if times > 1 else None,
        "marketplace_fee": fee / 100,
        "date_created": stamp(data.created),
        "date_approved": stamp(data.created + timedelta(seconds=1)),
        "date_last_modified": stamp(data.created + timedelta(seconds=2)),
        "available_actions": ["refund"],
        "authorization_code": None,
        "transaction_order_id": None,
        "atm_transfer_reference": {"company_id": None, "transaction_id": None},
    }


def search_row(order: dict[str, Any]) -> dict[str, Any]:
    """The order as ``/orders/search`` lists it: the buyer is only an id."""
    row = {key: value for key, value in order.items() if key not in _NOT_LISTED}
    buyer = order.get("buyer")
    if isinstance(buyer, dict):
        row["buyer"] = {"id": buyer.get("id")}
    return row


_NOT_LISTED = {"internal_tags", "related_orders"}
