"""What follows from what a channel says after an order was imported. No Odoo in it.

One table answers for everybody: what happens at once, and which steps are proposed as
one piece of work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

News = Literal["cancelled", "refunded_all", "refunded", "fraud", "changed"]
Invoice = Literal["none", "draft", "posted", "part_paid"]
Delivery = Literal["nothing", "ready", "partly", "delivered", "returned"]
AtOnce = Literal["follow", "hold", "ask"]
Step = Literal["cancel", "return", "credit_note", "lines", "invoice"]
Hold = Literal["cancelled", "fraud", "refunded", "changed", "reserved"]

NEWS: tuple[News, ...] = get_args(News)
INVOICES: tuple[Invoice, ...] = get_args(Invoice)
DELIVERIES: tuple[Delivery, ...] = get_args(Delivery)
# The order in which steps are done: nothing leaves while money is given back.
STEPS: tuple[Step, ...] = get_args(Step)

# The first that is true is the reason that people see.
_HOLDS: tuple[Hold, ...] = get_args(Hold)
_ASKED: dict[str, Hold] = {
    "review_fraud": "fraud",
    "review_refund_all": "refunded",
    "review_lines": "changed",
}


@dataclass(frozen=True)
class Standing:
    """How far a sale order has come.

    :param invoice: the furthest of its invoices that no credit note has taken back
    :param delivery: of the deliveries to the buyer; ``nothing`` also when there are
        none, ``returned`` when all that left has come back, or is on its way
    :param frozen: it may not change by itself for another reason: it is locked, or an
        invoice was credited
    :param by_channel: the channel ships it, and takes it back, by itself
    """

    invoice: Invoice = "none"
    delivery: Delivery = "nothing"
    frozen: bool = False
    by_channel: bool = False

    @property
    def undone(self) -> bool:
        """Nothing of it is left: it charges nothing, and the buyer has nothing."""
        return self.invoice == "none" and self.delivery in (
            "nothing",
            "ready",
            "returned",
        )

    @property
    def untouched(self) -> bool:
        """Nothing was delivered, invoiced or locked."""
        return (
            self.invoice == "none"
            and self.delivery in ("nothing", "ready")
            and not self.frozen
        )


@dataclass(frozen=True)
class Reaction:
    """What follows.

    :param at_once: ``follow`` the channel, ``hold`` what has not left, or only ``ask``
    :param steps: what is proposed; none, unless followed: a person decides by hand
    """

    at_once: AtOnce
    steps: tuple[Step, ...] = ()


def react(news: News, standing: Standing) -> Reaction:
    """What follows from news about an order that stands so."""
    if news == "refunded":
        invoiced = standing.invoice in ("posted", "part_paid")
        return Reaction("ask", ("credit_note",) if invoiced else ())
    if news == "changed":
        return _react_to_change(standing)
    if news == "cancelled" and standing.untouched:
        return Reaction("follow")
    return Reaction("hold", _undo(standing))


def _undo(standing: Standing) -> tuple[Step, ...]:
    """The steps after which nothing of the sale is left."""
    steps: list[Step] = ["cancel"]
    if standing.delivery in ("partly", "delivered") and not standing.by_channel:
        steps.append("return")
    if standing.invoice in ("posted", "part_paid"):
        steps.append("credit_note")
    return tuple(steps)


def _react_to_change(standing: Standing) -> Reaction:
    if standing.untouched:
        return Reaction("follow")
    if standing.delivery == "returned":
        return Reaction("hold")
    if standing.invoice == "none":
        return Reaction("hold", ("lines",))
    return Reaction("hold", ("lines", "invoice"))


def hold(cancelled: bool, reserved: bool, asked: Iterable[str]) -> Hold | None:
    """Why nothing of an order may leave, None when it may.

    :param cancelled: the channel has cancelled it
    :param reserved: the channel has not approved it yet
    :param asked: codes of the open proposals that hold it
    """
    reasons = {_ASKED[code] for code in asked if code in _ASKED}
    if cancelled:
        reasons.add("cancelled")
    if reserved:
        reasons.add("reserved")
    return next((reason for reason in _HOLDS if reason in reasons), None)


def delivery_standing(
    progress: Iterable[str], sent: Decimal | float, returned: Decimal | float
) -> Delivery:
    """How far the deliveries to the buyer have come, all in all.

    :param progress: one :data:`.invoicing.Delivery` for each of them
    :param sent: quantity that has left
    :param returned: of it, what has come back or is on its way
    """
    states = {state for state in progress if state != "cancelled"}
    if sent <= 0:
        # Ready is what somebody may send off in the next minute.
        return "ready" if "ready" in states else "nothing"
    if states & {"open", "ready"}:
        return "partly"
    return "returned" if returned >= sent else "delivered"


def quantities_changed(
    before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> bool:
    """Whether other goods are to leave than those known before.

    :param before: fingerprint of the last import, see :mod:`.fingerprint`
    :param after: fingerprint of what the channel says now
    """

    def goods(told: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        lines: Mapping[str, Any] = told.get("lines") or {}
        return {ref: (quantity, sku) for ref, (quantity, _price, sku) in lines.items()}

    return goods(before or {}) != goods(after)


def as_markdown() -> str:
    """The table as the documentation shows it."""
    parts = []
    for news in NEWS:
        rows = [
            f"**{_NEWS_TEXTS[news]}**",
            "",
            "| | " + " | ".join(_DELIVERY_TEXTS[state] for state in DELIVERIES) + " |",
            "|---" * (len(DELIVERIES) + 1) + "|",
        ]
        for invoice in INVOICES:
            cells = [
                _describe(react(news, Standing(invoice, delivery)))
                for delivery in DELIVERIES
            ]
            rows.append(f"| {_INVOICE_TEXTS[invoice]} | " + " | ".join(cells) + " |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _describe(reaction: Reaction) -> str:
    if reaction.at_once == "follow":
        return "followed at once"
    asked = " + ".join(_STEP_TEXTS[step] for step in reaction.steps) or "by hand"
    return f"**held**; {asked}" if reaction.at_once == "hold" else asked


_NEWS_TEXTS: dict[News, str] = {
    "cancelled": "Cancelled",
    "refunded_all": "All money given back, not cancelled",
    "refunded": "Partly refunded",
    "fraud": "Warning of fraud",
    "changed": "Quantities or lines changed",
}
_INVOICE_TEXTS: dict[Invoice, str] = {
    "none": "not invoiced",
    "draft": "draft",
    "posted": "posted",
    "part_paid": "paid, or partly",
}
_DELIVERY_TEXTS: dict[Delivery, str] = {
    "nothing": "nothing ready",
    "ready": "ready",
    "partly": "partly delivered",
    "delivered": "delivered",
    "returned": "returned",
}
_STEP_TEXTS: dict[Step, str] = {
    "cancel": "cancel",
    "return": "return",
    "credit_note": "credit note",
    "lines": "channel's lines",
    "invoice": "invoice or credit the difference",
}
