"""What of an order must not change unnoticed once it was imported."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .schema import ZERO, Order


def fingerprint(order: Order) -> dict[str, Any]:
    """The lines, the total, what was refunded and the warning of fraud, as JSON.

    :return: ``lines`` (external id → [quantity, unit price, SKU] as text), ``total``
        and ``refunded`` (text), ``fraud``, ``freight`` (text) and ``by_channel``
    """
    shipment = order.shipment
    return {
        "lines": {
            line.external_id: [
                _text(line.quantity),
                _text(line.unit_price),
                line.sku,
            ]
            for line in order.lines
        },
        "total": _text(order.goods_total - order.seller_discount),
        "refunded": _text(refunded(order)),
        "fraud": order.fraud_warning,
        "freight": _text(shipment.buyer_cost) if shipment else "0",
        "by_channel": bool(shipment and shipment.by_channel),
    }


def refunded(order: Order) -> Decimal:
    """What the channel gave back to the buyer so far, in the order's currency."""
    return sum((payment.refunded for payment in order.payments), ZERO)


def _text(number: Any) -> str:
    return format(number.normalize(), "f")


def changed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> set[str]:
    """Which parts differ: some of the keys of :func:`fingerprint`.

    Nothing known before means nothing to compare.
    """
    if not before:
        return set()
    return {part for part in after if before.get(part) != after[part]}
