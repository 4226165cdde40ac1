"""The statuses of an order. Source: developers.mercadolibre.com, "Orders".

The vocabulary is open; a status that is not here asks for a de-para row.
"""

from __future__ import annotations

from collections.abc import Mapping

# Status → import, wait or cancel
DECISIONS: Mapping[str, str] = {
    "paid": "import",
    "partially_refunded": "import",
    "confirmed": "wait",
    "payment_required": "wait",
    "payment_in_process": "wait",
    "partially_paid": "wait",
    "pending_cancel": "wait",
    "cancelled": "cancel",
    "invalid": "cancel",
}
# Of these, those of an order whose payments were approved for its whole amount
PAID = ("paid",)
