"""Lines, totals and payments of an order.

Source: developers.mercadolibre.com, "Orders" (fields, discounts), "Payments".
Amounts are in the order's currency. What they mean:

* ``unit_price`` is what the buyer pays for one unit: discounts of the listing,
  whoever funds them, are already taken off. ``order_items[].discounts`` is therefore
  never subtracted.
* ``total_amount`` is the goods without shipping and taxes. It is never recomputed
  from the lines.
* ``coupon.amount`` is, as a rule, paid by the marketplace: the seller receives the
  full price, so it reduces nothing. No field tells who funds it. The one proof that
  the seller does is the channel's own total being lower than its lines by exactly the
  coupon; only then does it become :attr:`Order.seller_discount`.
* :attr:`Order.goods_total` is the goods before that discount: what ``total_amount``
  and the discount come to, over the cart's orders.
* ``sale_fee`` is the commission for **one** unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.reader import (
    amount,
    identifier,
    invalid,
    mapping,
    moment,
    optional_decimal,
    quantity,
    raw_key,
    required_identifier,
    sequence,
    text,
    word,
)
from odoo.addons.channel_order.lib.schema import ZERO, Line, Payment

Block = Mapping[str, Any]
Located = tuple[str, Block]  # path for errors, JSON object

# No index of Odoo's holds a longer internal reference.
SKU_LIMIT = 2000
_APPROVED = "approved"
# A refund is told by its amount; what the card company took back is gone.
_COLLECTED = frozenset({_APPROVED, "in_mediation", "refunded", "partially_refunded"})


def items(path: str, order: Block) -> list[Located]:
    """The items of an order, at least one, each with its path."""
    where = f"{path}.order_items"
    found: list[Located] = [
        (f"{where}[{index}]", mapping(item, f"{where}[{index}]"))
        for index, item in enumerate(sequence(order.get("order_items"), where))
    ]
    if not found:
        raise invalid(where, "at least one item")
    return found


def lines(path: str, order: Block) -> list[Line]:
    """One line for each item, nearly always one.

    ``external_id`` is the order's id; further items get ``-2``, ``-3`` …
    """
    order_id = required_identifier(order.get("id"), f"{path}.id")
    return [
        _line(where, item, order_id if index == 0 else f"{order_id}-{index + 1}")
        for index, (where, item) in enumerate(items(path, order))
    ]


def _line(path: str, item: Block, external_id: str) -> Line:
    where = f"{path}.item"
    product = mapping(item.get("item"), where)
    full = optional_decimal(item.get("full_unit_price"), f"{path}.full_unit_price")
    sku = raw_key(product.get("seller_sku"), f"{where}.seller_sku", SKU_LIMIT)
    custom = product.get("seller_custom_field")
    return Line(
        external_id=external_id,
        item_id=required_identifier(product.get("id"), f"{where}.id"),
        variation_id=identifier(product.get("variation_id"), f"{where}.variation_id"),
        sku=sku or raw_key(custom, f"{where}.seller_custom_field", SKU_LIMIT),
        title=text(product.get("title"), f"{where}.title"),
        quantity=quantity(item.get("quantity"), f"{path}.quantity"),
        unit_price=amount(item.get("unit_price"), f"{path}.unit_price", required=True),
        full_unit_price=full if full and full > 0 else None,
        fee=amount(item.get("sale_fee"), f"{path}.sale_fee"),
    )


def total(path: str, order: Block) -> Decimal:
    """The goods of an order before the seller's discount."""
    return _total_amount(path, order) + discount(path, order)


def _total_amount(path: str, order: Block) -> Decimal:
    return amount(order.get("total_amount"), f"{path}.total_amount", required=True)


def discount(path: str, order: Block) -> Decimal:
    """The order's coupon, when the seller proves to fund it; see the module."""
    coupon = mapping(order.get("coupon"), f"{path}.coupon")
    value = amount(coupon.get("amount"), f"{path}.coupon.amount")
    full = sum((ln.unit_price * ln.quantity for ln in lines(path, order)), ZERO)
    return value if value and full - _total_amount(path, order) == value else ZERO


def payments(orders: Iterable[Located]) -> tuple[Payment, ...]:
    """Payments of the orders; one that shows under several of them counts once.

    Approved ones come first, then by the moment of approval; those without one last.
    """
    found: dict[tuple[str, str], Payment] = {}
    for path, order in orders:
        where = f"{path}.payments"
        for index, entry in enumerate(sequence(order.get("payments"), where)):
            at = f"{where}[{index}]"
            raw = mapping(entry, at)
            payment = _payment(at, raw)
            owner = identifier(raw.get("order_id"), f"{at}.order_id")
            owner = owner or identifier(order.get("id"), f"{path}.id")
            found.setdefault((payment.external_id, owner), payment)
    return tuple(sorted(found.values(), key=_rank))


def _rank(payment: Payment) -> tuple[bool, datetime]:
    return payment.status != _APPROVED, payment.approved_at or datetime.max


def _payment(path: str, raw: Block) -> Payment:
    times = optional_decimal(raw.get("installments"), f"{path}.installments")
    status = word(raw.get("status"), f"{path}.status")
    return Payment(
        external_id=required_identifier(raw.get("id"), f"{path}.id"),
        method=raw_key(raw.get("payment_method_id"), f"{path}.payment_method_id"),
        status=status,
        collected=status in _COLLECTED,
        amount=amount(
            raw.get("transaction_amount"), f"{path}.transaction_amount", required=True
        ),
        shipping=amount(raw.get("shipping_cost"), f"{path}.shipping_cost"),
        refunded=amount(
            raw.get("transaction_amount_refunded"),
            f"{path}.transaction_amount_refunded",
        ),
        installments=max(1, min(int(times), 999)) if times is not None else 1,
        approved_at=moment(raw.get("date_approved"), f"{path}.date_approved"),
    )
