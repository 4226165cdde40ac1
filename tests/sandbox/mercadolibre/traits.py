"""Exceptional purchases: each trait spoils an ordinary purchase in one way."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from .. import documents
from .buyers import Buyer
from .identities import Identity
from .shipments import MASK


@dataclass
class Purchase:
    """Everything one checkout leaves behind: 1 to 4 orders, a shipment, billing data.

    ``billing`` None means there is no billing data; ``partial`` maps the ids of orders
    answered with status 206 to ``(missing fields, how many reads; None = all)``.
    """

    seller_id: int
    site: str
    buyer: Buyer
    identity: Identity
    orders: list[dict[str, Any]]
    shipment: dict[str, Any] | None
    billing: dict[str, Any] | None
    pack_id: int | None
    traits: list[str] = field(default_factory=list)
    legacy_only: bool = False
    partial: dict[int, tuple[str, int | None]] = field(default_factory=dict)


Change = Callable[[Purchase, random.Random], None]


def _info(purchase: Purchase) -> dict[str, Any]:
    if purchase.billing is None:
        return {}
    found: dict[str, Any] = purchase.billing["buyer"]["billing_info"]
    return found


def _no_billing(purchase: Purchase, rng: random.Random) -> None:
    purchase.billing = None
    for order in purchase.orders:
        if rng.random() < 0.5:
            order["buyer"].pop("billing_info", None)
        else:
            order["buyer"]["billing_info"] = {"id": None}


def _processing(purchase: Purchase, _rng: random.Random) -> None:
    info = _info(purchase)
    info["identification"] = {"type": None, "number": None}
    attributes = info.setdefault("attributes", {})
    if "doc_type_number" in attributes:
        attributes["doc_type_number"] = None
    attributes["status"] = "PROCESSING"
    info["taxes"] = None


def _legacy_only(purchase: Purchase, _rng: random.Random) -> None:
    purchase.legacy_only = True


def _missing_zip(purchase: Purchase, _rng: random.Random) -> None:
    _info(purchase)["address"]["zip_code"] = None
    if purchase.shipment:
        purchase.shipment["destination"]["shipping_address"]["zip_code"] = None


def _missing_city(purchase: Purchase, _rng: random.Random) -> None:
    for key in ("city_name", "city"):
        _info(purchase)["address"].pop(key, None)
    if purchase.shipment:
        address = purchase.shipment["destination"]["shipping_address"]
        address["city"] = {"id": None, "name": None}


def _lower_case(purchase: Purchase, _rng: random.Random) -> None:
    info = _info(purchase)
    info["name"] = info["name"].lower()
    if info.get("last_name"):
        info["last_name"] = info["last_name"].lower()


def _long_comment(purchase: Purchase, _rng: random.Random) -> None:
    text = "Llamar antes de venir, el timbre no anda 🛎️. " * 40
    if purchase.shipment:
        purchase.shipment["destination"]["comments"] = text
        purchase.shipment["destination"]["shipping_address"]["comment"] = text
    for order in purchase.orders:
        order["comment"] = text


def _partial(fields: str, reads: int | None = None) -> Change:
    def change(purchase: Purchase, _rng: random.Random) -> None:
        for order in purchase.orders:
            purchase.partial[order["id"]] = (fields, reads)

    return change


def _cancel(purchase: Purchase, detail: dict[str, Any], substatus: str) -> None:
    for order in purchase.orders:
        order["status"] = "cancelled"
        order["cancel_detail"] = {**detail, "date": order["last_updated"]}
        order["tags"] = ["not_paid" if t == "paid" else t for t in order["tags"]]
        for payment in order["payments"]:
            payment["status"] = "refunded"
            payment["status_detail"] = "refunded"
            payment["transaction_amount_refunded"] = payment["transaction_amount"]
    if purchase.shipment:
        purchase.shipment["status"] = "cancelled"
        purchase.shipment["substatus"] = substatus


def _cancelled(purchase: Purchase, rng: random.Random) -> None:
    group, code = rng.choice(
        [("buyer", "buyer_cancel_express"), ("seller", "out_of_stock")]
    )
    detail = {
        "group": group,
        "code": code,
        "description": "The sale was cancelled",
        "requested_by": group,
    }
    _cancel(purchase, detail, "closed_by_user")


def _split(purchase: Purchase, _rng: random.Random) -> None:
    detail = {
        "group": "shipment",
        "code": "pack_splitted",
        "description": "The shipment was split",
        "requested_by": "seller",
    }
    _cancel(purchase, detail, "pack_splitted")


def _partially_refunded(purchase: Purchase, _rng: random.Random) -> None:
    order = purchase.orders[0]
    payment = order["payments"][0]
    order["status"] = "partially_refunded"
    payment["transaction_amount_refunded"] = round(payment["transaction_amount"] / 2, 2)
    payment["status_detail"] = "partially_refunded"


def _unknown_status(purchase: Purchase, _rng: random.Random) -> None:
    purchase.orders[0]["status"] = "awaiting_marketplace_review"


def _tag(tag: str) -> Change:
    def change(purchase: Purchase, _rng: random.Random) -> None:
        for order in purchase.orders:
            order["tags"].append(tag)

    return change


def _awaiting_payment(purchase: Purchase, _rng: random.Random) -> None:
    for order in purchase.orders:
        order["status"] = "payment_required"
        order["date_closed"] = None
        order["paid_amount"] = 0.0
        order["payments"] = []
        order["tags"] = ["not_paid" if t == "paid" else t for t in order["tags"]]
    if purchase.shipment:
        purchase.shipment["status"] = "pending"
        purchase.shipment["substatus"] = "waiting_for_payment"
        address = purchase.shipment["destination"]["shipping_address"]
        for key in ("address_line", "street_name", "street_number"):
            address[key] = MASK


def _without_shipment(purchase: Purchase, value: Any, tag: str | None) -> None:
    purchase.shipment = None
    for order in purchase.orders:
        order["shipping"] = value
        for payment in order["payments"]:
            payment["total_paid_amount"] = round(
                payment["total_paid_amount"] - payment["shipping_cost"], 2
            )
            payment["shipping_cost"] = 0.0
        order["paid_amount"] = round(
            sum(p["total_paid_amount"] for p in order["payments"]), 2
        )
        if tag:
            order["tags"].append(tag)


def _shipping_null(purchase: Purchase, _rng: random.Random) -> None:
    _without_shipment(purchase, None, None)


def _to_be_agreed(purchase: Purchase, _rng: random.Random) -> None:
    _without_shipment(purchase, {"id": None}, "no_shipping")


def _other_currency(purchase: Purchase, _rng: random.Random) -> None:
    for order in purchase.orders:
        order["currency_id"] = "USD"
        for item in order["order_items"]:
            item["currency_id"] = "USD"
            item["full_unit_price_currency_id"] = "USD"


def _unknown_sku(purchase: Purchase, _rng: random.Random) -> None:
    purchase.orders[0]["order_items"][0]["item"]["seller_sku"] = "NO-EXISTE-77"


def _no_sku(purchase: Purchase, _rng: random.Random) -> None:
    purchase.orders[0]["order_items"][0]["item"]["seller_sku"] = None


def _nothing(_purchase: Purchase, _rng: random.Random) -> None:
    return


@dataclass(frozen=True)
class Trait:
    """An exceptional purchase: how many among 300 orders and what it changes.

    ``site`` limits it to one site; ``identity`` asks for a kind of fiscal identity;
    ``own_billing`` gives the purchase a billing id of its own, so that no other
    purchase is spoiled; ``carts`` lets it be a cart, most traits are of one order.
    """

    name: str
    per_300: int
    change: Change = _nothing
    site: str | None = None
    identity: str | None = None
    own_billing: bool = False
    carts: bool = False


TRAITS = (
    Trait("bad_document", 3, own_billing=True),
    Trait("alphanumeric_cnpj", 2, site="MLB", identity="alphanumeric"),
    Trait("nobody_rfc", 6, site="MLM", identity="nobody"),
    Trait("curp", 4, site="MLM", identity="curp"),
    Trait("foreigner", 4, site="MCO", identity="foreigner"),
    Trait("many_identities", 4),
    Trait("no_billing", 2, _no_billing, own_billing=True),
    Trait("processing", 2, _processing, own_billing=True),
    Trait("legacy_only", 2, _legacy_only, own_billing=True, carts=True),
    Trait("missing_zip", 2, _missing_zip, own_billing=True),
    Trait("missing_city", 1, _missing_city, own_billing=True),
    Trait("lower_case", 3, _lower_case, own_billing=True, carts=True),
    Trait("long_comment", 1, _long_comment),
    Trait("partial_buyer", 2, _partial("buyer, feedback"), carts=True),
    Trait("partial_feedback", 1, _partial("feedback")),
    Trait("partial_twice", 1, _partial("buyer, feedback", 2)),
    Trait("cancelled", 4, _cancelled, carts=True),
    Trait("pack_splitted", 1, _split),
    Trait("partially_refunded", 1, _partially_refunded),
    Trait("unknown_status", 1, _unknown_status),
    Trait("fraud", 1, _tag("fraud_risk_detected")),
    Trait("test_order", 1, _tag("test_order")),
    Trait("awaiting_payment", 1, _awaiting_payment),
    Trait("shipping_null", 1, _shipping_null),
    Trait("to_be_agreed", 2, _to_be_agreed),
    Trait("other_currency", 1, _other_currency),
    Trait("unknown_sku", 2, _unknown_sku),
    Trait("no_sku", 1, _no_sku),
)


def spoiled_identity(identity: Identity) -> Identity:
    """The identity with a document whose check digit is wrong (or is too short)."""
    if identity.doc_type == "DNI":
        return replace(identity, doc_type="CUIT", doc_number="20111111111")
    if identity.doc_type in ("CC", "CE"):  # they have no check digit
        return replace(identity, doc_type="NIT", doc_number="9003731154")
    if identity.doc_type == "RFC":  # nobody relies on its check digit
        return replace(identity, doc_number="LEDX901314AB1")
    return replace(identity, doc_number=documents.spoil(identity.doc_number))
