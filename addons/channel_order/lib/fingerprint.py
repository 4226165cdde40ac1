"""What of an order must not change unnoticed once it was imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .schema import Order

FRAUD_TAG = "fraud_risk_detected"


def fingerprint(order: Order) -> dict[str, Any]:
    """The lines, the total and the warning of fraud, as JSON.

    :return: ``lines`` (external id → [quantity, unit price] as text), ``total`` (text)
        and ``fraud``
    """
    return {
        "lines": {
            line.external_id: [
                str(line.quantity.normalize()),
                str(line.unit_price.normalize()),
            ]
            for line in order.lines
        },
        "total": str((order.goods_total - order.seller_discount).normalize()),
        "fraud": FRAUD_TAG in order.tags,
    }


def changed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """Which parts differ: some of ``fraud``, ``lines``, ``total``.

    Nothing known before means nothing to compare.
    """
    if not before:
        return []
    return [part for part in sorted(after) if before.get(part) != after[part]]
