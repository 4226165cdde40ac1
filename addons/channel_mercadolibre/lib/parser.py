"""A bundle of :meth:`.orders.MercadoLibreOrders.fetch` in the shared words.

Source: developers.mercadolibre.com, "Orders" (fields, statuses, discounts), "Packs".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.reader import (
    identifier,
    invalid,
    mapping,
    raw_key,
    required_identifier,
    required_moment,
    sequence,
    text,
    word,
)
from odoo.addons.channel_order.lib.schema import ZERO, Order, Shipment
from odoo.addons.channel_partner.lib.buyer import Address, Buyer

from . import billing, goods
from .cart import CANCELLED, billing_info_id, identity_order
from .goods import Block, Located
from .names import full_name
from .shipment import parse_delivery, parse_shipment
from .sites import country_of_site

# Parts of an order that are not used, so that nothing is lost without them.
UNUSED_PARTS = frozenset({"feedback"})
NO_SHIPPING = "no_shipping"  # tag of a sale that buyer and seller hand over themselves
FRAUD_TAG = "fraud_risk_detected"
TEST_TAG = "test_order"
# From least to most settled. A cart of several statuses is as settled as its least
# settled order, and one that nobody knows yet comes before all of them.
_SETTLED = (
    "invalid",
    "pending_cancel",
    "payment_required",
    "confirmed",
    "payment_in_process",
    "partially_paid",
    "partially_refunded",
    "paid",
)


def parse(bundle: Any) -> Order:
    """The cart as an :class:`Order`.

    Orders of the cart that were cancelled are left out, with their share of the
    total, unless all of them were.

    It is complete when the service answered whole, tells who bought and, once it is
    paid, how it travels, unless the sale is without shipping.

    :raises Rejected: ``payload_invalid`` (wrong type or missing, with the path),
        ``amount_invalid`` (negative, or no quantity), ``mixed_currencies``,
        ``mixed_sellers``, ``mixed_buyers``
    """
    root = mapping(bundle, "bundle")
    if root.get("schema") != 1 or isinstance(root["schema"], bool):
        raise invalid("schema", "version 1")
    kept = _kept(root)
    partial = _partial(root)
    delivery, shipment = _travel(root)
    status = _status(kept)
    buyer = _buyer(root, kept, partial)
    tags = _tags(kept)
    external_id = required_identifier(root.get("external_id"), "external_id")
    return Order(
        external_id=external_id,
        number=external_id,
        url_id=external_id,
        status=status,
        currency=_currency(kept),
        placed_at=min(
            required_moment(order.get("date_created"), f"{path}.date_created")
            for path, order in kept
        ),
        buyer=buyer,
        lines=tuple(line for path, order in kept for line in goods.lines(path, order)),
        goods_total=sum((goods.total(path, order) for path, order in kept), ZERO),
        seller_discount=sum((goods.discount(path, o) for path, o in kept), ZERO),
        site=word(root.get("site"), "site"),
        seller_id=_seller(root, kept),
        delivery=delivery,
        shipment=shipment,
        payments=goods.payments(kept),
        tags=tags,
        fraud_warning=FRAUD_TAG in tags,
        is_test=TEST_TAG in tags,
        complete=buyer.complete
        and not _lacking(partial, status)
        and (shipment is not None or not _expects_shipment(status, kept)),
        sub_channel=_sub_channel(*kept[0]),
    )


def _seller(root: Block, kept: list[Located]) -> str:
    account = identifier(root.get("seller_id"), "seller_id")
    return _same([*_ids(kept, "seller"), account], "mixed_sellers")


def _currency(kept: list[Located]) -> str:
    currency = _same(_currencies(kept), "mixed_currencies")
    if not currency:
        raise invalid(f"{kept[0][0]}.currency_id", "currency")
    return currency


def _lacking(partial: frozenset[str], status: str) -> frozenset[str]:
    """Names of missing parts that matter; what was cancelled travels no more."""
    return partial - UNUSED_PARTS - ({"shipment"} if status == CANCELLED else set())


def _expects_shipment(status: str, kept: Iterable[Located]) -> bool:
    return status == "paid" and any(NO_SHIPPING not in _tags([one]) for one in kept)


def _sub_channel(path: str, order: Block) -> str:
    """marketplace, proximity or mp-channel ("Orders", ``context``)."""
    context = mapping(order.get("context"), f"{path}.context")
    return raw_key(context.get("channel"), f"{path}.context.channel")


def _kept(root: Block) -> list[Located]:
    orders: list[Located] = [
        (f"orders[{index}]", mapping(order, f"orders[{index}]"))
        for index, order in enumerate(sequence(root.get("orders"), "orders"))
    ]
    if not orders:
        raise invalid("orders", "at least one order")
    valid = [
        (path, order)
        for path, order in orders
        if raw_key(order.get("status"), f"{path}.status") != CANCELLED
    ]
    return valid or orders


def _partial(root: Block) -> frozenset[str]:
    return frozenset(
        word(name, f"partial[{index}]")
        for index, name in enumerate(sequence(root.get("partial"), "partial"))
    )


def _ids(orders: Iterable[Located], key: str) -> list[str]:
    return [
        identifier(
            mapping(order.get(key), f"{path}.{key}").get("id"), f"{path}.{key}.id"
        )
        for path, order in orders
    ]


def _currencies(orders: Iterable[Located]) -> list[str]:
    found = []
    for path, order in orders:
        found.append(word(order.get("currency_id"), f"{path}.currency_id"))
        for where, item in goods.items(path, order):
            found.append(word(item.get("currency_id"), f"{where}.currency_id"))
    return found


def _same(values: Iterable[str], code: str) -> str:
    """The one value that all agree on; empty when none is given."""
    found = sorted({value for value in values if value})
    if len(found) > 1:
        raise Rejected(code, "orders", None, values=" ".join(found[:5]))
    return found[0] if found else ""


def _status(orders: Iterable[Located]) -> str:
    found = {
        raw_key(order.get("status"), f"{path}.status") for path, order in orders
    } - {""}
    if not found:
        raise invalid("orders[0].status", "status")
    return min(
        found,
        key=lambda s: (_SETTLED.index(s) if s in _SETTLED else -1, s),
    )


def _tags(orders: Iterable[Located]) -> frozenset[str]:
    found: set[str] = set()
    for path, order in orders:
        context = mapping(order.get("context"), f"{path}.context")
        lists = [
            (f"{path}.{key}", order.get(key))
            for key in ("tags", "static_tags", "internal_tags")
        ]
        lists.append((f"{path}.context.flows", context.get("flows")))
        for where, values in lists:
            for index, value in enumerate(sequence(values, where)):
                found.add(raw_key(value, f"{where}[{index}]"))
    return frozenset(found - {""})


def _buyer(root: Block, kept: list[Located], partial: frozenset[str]) -> Buyer:
    section = mapping(root.get("billing"), "billing")
    data = section.get("data")
    every = [mapping(order, "orders") for order in sequence(root["orders"], "orders")]
    path, raw = next(
        (
            (f"{path}.buyer", mapping(order["buyer"], f"{path}.buyer"))
            for path, order in kept
            if order.get("buyer")
        ),
        (f"{kept[0][0]}.buyer", {}),
    )
    # Without the block (206) other answers still tell who it was.
    external_id = (
        _same(_ids(kept, "buyer"), "mixed_buyers")
        or _nested_id(root.get("pack"), "pack", "buyer")
        or billing.cust_id(data)
        or _receiver_id(root)
    )
    if not external_id:
        raise invalid(f"{path}.id", "id")
    info_id = billing_info_id(identity_order(every), "orders")
    # The older answer is the order's, not the id's.
    told_id = "" if section.get("format") == "legacy" else info_id
    email = text(raw.get("email"), f"{path}.email")
    country = country_of_site(word(root.get("site"), "site"))
    return Buyer(
        external_id=external_id,
        nickname=text(raw.get("nickname"), f"{path}.nickname"),
        name=full_name(
            text(raw.get("first_name"), f"{path}.first_name"),
            text(raw.get("last_name"), f"{path}.last_name"),
        ),
        phone=_phone(raw.get("phone"), f"{path}.phone"),
        alternative_phone=_phone(
            raw.get("alternative_phone"), f"{path}.alternative_phone"
        ),
        email=email if "@" in email else "",
        identity=billing.parse_identity(
            data, told_id, country=country, named=bool(info_id)
        ),
        complete=bool(raw) and not partial & {"buyer", "billing"},
    )


def _nested_id(block: Any, path: str, key: str) -> str:
    inner = mapping(mapping(block, path).get(key), f"{path}.{key}")
    return identifier(inner.get("id"), f"{path}.{key}.id")


def _shipment_data(root: Block) -> Block:
    section = mapping(root.get("shipment"), "shipment")
    return mapping(section.get("data"), "shipment.data")


def _receiver_id(root: Block) -> str:
    data, path = _shipment_data(root), "shipment.data"
    destination = mapping(data.get("destination"), f"{path}.destination")
    return identifier(
        destination.get("receiver_id") or data.get("receiver_id"),
        f"{path}.receiver_id",
    )


def _phone(value: Any, path: str) -> str:
    """A phone as text; older answers split it into area code and number."""
    if not isinstance(value, dict):
        return text(value, path, 64)
    parts = (text(value.get(k), f"{path}.{k}", 32) for k in ("area_code", "number"))
    return " ".join(part for part in parts if part)


def _travel(root: Block) -> tuple[Address | None, Shipment | None]:
    data = _shipment_data(root)
    if not data:
        return None, None
    return parse_delivery(data), parse_shipment(data)
