"""A bundle of :meth:`.orders.MedusaOrders.fetch` in the shared words.

Source: docs.medusajs.com, "Order", "Order totals", "Promotions"; measured on the server
2.18.0:

* an item's ``total`` is what the buyer pays for all of its units, promotions taken off
  and taxes added, in a float that nobody rounded; ``unit_price`` is with or without
  taxes as ``is_tax_inclusive`` says, and before promotions;
* units that came back stay in ``quantity``, but not in ``total``;
* the order's ``total`` is the sum of the items' and shipping methods' less all credit
  lines, which are with taxes;
* a refund leaves the items as they are and adds a credit line of the payment
  collection; other credit lines are what the seller lets off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.reader import (
    amount,
    decimal,
    identifier,
    invalid,
    mapping,
    moment,
    optional_decimal,
    quantity,
    raw_key,
    required_identifier,
    required_moment,
    sequence,
    text,
    word,
)
from odoo.addons.channel_order.lib.amounts import CENT, round_money, round_together
from odoo.addons.channel_order.lib.schema import ZERO, Line, Order, Payment, Shipment

from .buyer import parse_address, parse_buyer
from .statuses import status_of

SKU_LIMIT = 2000  # No index of Odoo's holds a longer internal reference.
# Currencies without a smaller unit (ISO 4217)
_WHOLE = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "VND", "XAF", "XOF"})
# What a variant is called that is the product's only one
_NO_VARIANT = ("default", "default variant", "default title")
_REFUND = "payment_collection"

Block = Mapping[str, Any]
Located = tuple[str, Block]


def parse(bundle: Any, *, net: bool = False, document_key: str = "") -> Order:
    """The order as an :class:`Order`.

    :param net: amounts without taxes; else with them, however the shop shows prices
    :param document_key: see :func:`.documents.find`
    :raises Rejected: ``payload_invalid`` (wrong type or missing, with the path),
        ``amount_invalid`` (negative, or no quantity), ``total_unexplained`` (the shop's
        own total is something else than what its lines come to)
    """
    root = mapping(bundle, "bundle")
    if root.get("schema") != 1 or isinstance(root["schema"], bool):
        raise invalid("schema", "version 1")
    order = mapping(root.get("order"), "order")
    external_id = required_identifier(order.get("id"), "order.id")
    currency = word(order.get("currency_code"), "order.currency_code").upper()
    status = status_of(order)
    if not status or not currency:
        raise invalid("order.status", "status and currency")
    unit = Decimal(1) if currency in _WHOLE else CENT
    items = _items(order)
    methods = _located(order, "shipping_methods")
    exact = [_charged(path, one, net) for path, one in (*items, *methods)]
    charged = round_together(exact, unit)
    _check_total(order, unit)
    let_off = _let_off(order) * _net_share((*items, *methods), net)
    # Rounded with the lines: together they come to what the shop's total rounds to.
    discount = sum(charged, ZERO) - round_money(sum(exact, ZERO) - let_off, unit)
    goods, freight = charged[: len(items)], sum(charged[len(items) :], ZERO)
    shipping = mapping(order.get("shipping_address"), "order.shipping_address")
    return Order(
        external_id=external_id,
        number=_number(order) or external_id,
        url_id=external_id,
        status=status,
        currency=currency,
        placed_at=required_moment(order.get("created_at"), "order.created_at"),
        buyer=parse_buyer(order, document_key),
        lines=tuple(
            _line(path, item, total)
            for (path, item), total in zip(items, goods, strict=True)
        ),
        goods_total=sum(goods, ZERO),
        seller_discount=discount,
        delivery=parse_address(shipping, "order.shipping_address"),
        shipment=_shipment(order, methods, freight),
        payments=_payments(order, freight, unit),
        sub_channel=raw_key(order.get("sales_channel_id"), "order.sales_channel_id"),
    )


def _located(parent: Block, name: str, path: str = "order") -> list[Located]:
    where = f"{path}.{name}"
    rows = sequence(parent.get(name), where)
    return [
        (f"{where}[{index}]", mapping(row, f"{where}[{index}]"))
        for index, row in enumerate(rows)
    ]


def _items(order: Block) -> list[Located]:
    """The items that are still sold, oldest first; all of them if everything came
    back."""
    found = _located(order, "items")
    if not found:
        raise invalid("order.items", "at least one item")
    found.sort(key=lambda one: required_identifier(one[1].get("id"), f"{one[0]}.id"))
    return [one for one in found if _units(*one) > 0] or found


def _units(path: str, item: Block) -> Decimal:
    detail = mapping(item.get("detail"), f"{path}.detail")
    back = ZERO
    for name in ("return_received_quantity", "return_dismissed_quantity"):
        back += optional_decimal(detail.get(name), f"{path}.detail.{name}") or ZERO
    return quantity(item.get("quantity"), f"{path}.quantity") - back


def _charged(path: str, one: Block, net: bool) -> Decimal:
    """What the buyer pays for an item or a shipping method."""
    total = amount(one.get("total"), f"{path}.total", required=True)
    if not net:
        return total
    return total - amount(one.get("tax_total"), f"{path}.tax_total")


def _line(path: str, item: Block, total: Decimal) -> Line:
    units = _units(path, item)
    if units <= 0:
        units = quantity(item.get("quantity"), f"{path}.quantity")
    full = optional_decimal(item.get("unit_price"), f"{path}.unit_price")
    sku = raw_key(item.get("variant_sku"), f"{path}.variant_sku", SKU_LIMIT)
    barcode = raw_key(item.get("variant_barcode"), f"{path}.variant_barcode", SKU_LIMIT)
    return Line(
        external_id=required_identifier(item.get("id"), f"{path}.id"),
        item_id=identifier(item.get("product_id"), f"{path}.product_id"),
        variation_id=identifier(item.get("variant_id"), f"{path}.variant_id"),
        sku=sku or barcode,
        title=_title(path, item),
        quantity=units,
        unit_price=total / units,
        full_unit_price=full if full and full > 0 else None,
    )


def _title(path: str, item: Block) -> str:
    product = text(item.get("product_title"), f"{path}.product_title")
    title = product or text(item.get("title"), f"{path}.title")
    variant = text(item.get("variant_title"), f"{path}.variant_title")
    if not variant or variant.lower() in _NO_VARIANT or variant == title:
        return title
    return f"{title} ({variant})"


def _number(order: Block) -> str:
    """What people call the order."""
    custom = text(order.get("custom_display_id"), "order.custom_display_id", 64)
    return custom or text(order.get("display_id"), "order.display_id", 64)


def _let_off(order: Block, refunds: bool = False) -> Decimal:
    """What credit lines take off the total, with taxes; refunds only if asked for."""
    return sum(
        (
            amount(line.get("amount"), f"{path}.amount")
            for path, line in _located(order, "credit_lines")
            if refunds or word(line.get("reference"), f"{path}.reference") != _REFUND
        ),
        ZERO,
    )


def _net_share(parts: Sequence[Located], net: bool) -> Decimal:
    """How much of an amount with taxes is left of it in the channel's mode."""
    gross = sum((_charged(path, one, False) for path, one in parts), ZERO)
    if not net or not gross:
        return Decimal(1)
    return sum((_charged(path, one, True) for path, one in parts), ZERO) / gross


def _check_total(order: Block, unit: Decimal) -> None:
    """:raises Rejected: ``total_unexplained``"""
    told = optional_decimal(order.get("total"), "order.total")
    if told is None:
        return
    parts = (*_located(order, "items"), *_located(order, "shipping_methods"))
    lines = sum((_charged(path, one, False) for path, one in parts), ZERO)
    lines -= _let_off(order, refunds=True)
    if abs(lines - told) >= unit:
        raise Rejected("total_unexplained", "order.total", total=told, lines=lines)


def _shipment(
    order: Block, methods: list[Located], freight: Decimal
) -> Shipment | None:
    """How it travels: the first way of shipping that was chosen."""
    if not methods:
        return None
    path, method = methods[0]
    fulfilments = _located(order, "fulfillments")
    labels = [
        text(label.get("tracking_number"), f"{where}.tracking_number")
        for at, fulfilment in fulfilments
        for where, label in _located(fulfilment, "labels", at)
    ]
    status = word(order.get("fulfillment_status"), "order.fulfillment_status")
    option = raw_key(method.get("shipping_option_id"), f"{path}.shipping_option_id")
    name = text(method.get("name"), f"{path}.name")
    return Shipment(
        external_id=required_identifier(method.get("id"), f"{path}.id"),
        status=status,
        service=option or name,
        service_name=name,
        tracking_number=next(filter(None, labels), ""),
        buyer_cost=freight,
        shipped=status in ("shipped", "delivered"),
    )


def _payments(order: Block, freight: Decimal, unit: Decimal) -> tuple[Payment, ...]:
    """The payments that stand, those with money first, then by their moment.

    The freight is taken from the first of them.
    """
    found = [
        _payment(path, payment, unit)
        for at, collection in _located(order, "payment_collections")
        for path, payment in _located(collection, "payments", at)
        if not payment.get("canceled_at")
    ]
    found.sort(key=lambda one: (not one.collected, one.approved_at or datetime.max))
    parts = []
    for payment in found:
        share = min(freight, payment.amount)
        freight -= share
        parts.append(_with_shipping(payment, share))
    return tuple(parts)


def _payment(path: str, payment: Block, unit: Decimal) -> Payment:
    captures = _located(payment, "captures", path)
    captured = sum((decimal(c.get("amount"), f"{p}.amount") for p, c in captures), ZERO)
    refunds = _located(payment, "refunds", path)
    refunded = sum((decimal(r.get("amount"), f"{p}.amount") for p, r in refunds), ZERO)
    total = amount(payment.get("amount"), f"{path}.amount", required=True)
    approved = moment(payment.get("captured_at"), f"{path}.captured_at")
    first = next((c.get("created_at") for _path, c in captures), None)
    return Payment(
        external_id=required_identifier(payment.get("id"), f"{path}.id"),
        method=raw_key(payment.get("provider_id"), f"{path}.provider_id"),
        status="captured" if captured else "authorized",
        amount=round_money(captured or total, unit),
        refunded=round_money(refunded, unit),
        collected=captured > 0,
        approved_at=approved or moment(first, f"{path}.captures.created_at"),
    )


def _with_shipping(payment: Payment, share: Decimal) -> Payment:
    return replace(payment, amount=payment.amount - share, shipping=share)
