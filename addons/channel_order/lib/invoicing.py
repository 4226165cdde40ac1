"""When an order is invoiced. No Odoo in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Moment = Literal["paid", "ready", "delivered"]
Delivery = Literal["open", "ready", "done", "cancelled"]

_ENOUGH: dict[Moment, frozenset[Delivery]] = {
    "ready": frozenset({"ready", "done"}),
    "delivered": frozenset({"done"}),
}


@dataclass(frozen=True)
class Progress:
    """How far a confirmed order has come.

    :param covered: what the channel collected reaches the order's total
    :param said_paid: the channel's status says that the buyer has paid
    :param by_channel: the channel ships it from its own warehouse
    :param shipped: the channel says that it has left, or arrived
    :param goods: it sells something that has to be delivered
    :param deliveries: one for each delivery to the buyer, returns left out
    """

    covered: bool = False
    said_paid: bool = False
    by_channel: bool = False
    shipped: bool = False
    goods: bool = True
    deliveries: tuple[Delivery, ...] = ()


def is_reached(moment: Moment, progress: Progress) -> bool:
    """Whether the moment of a confirmed order's invoice has come.

    Cancelled deliveries do not count. An order of services alone, which has nothing to
    deliver, is ready and delivered at once; goods without any delivery never are.
    """
    if moment == "paid":
        return progress.covered or progress.said_paid
    if progress.by_channel:
        return moment == "ready" or progress.shipped
    alive = [state for state in progress.deliveries if state != "cancelled"]
    if not alive:
        return not progress.goods
    return all(state in _ENOUGH[moment] for state in alive)


def expects_delivery(progress: Progress) -> bool:
    """Whether something is still to be delivered."""
    if progress.by_channel:
        return not progress.shipped
    return any(state in ("open", "ready") for state in progress.deliveries)


class Verdict(NamedTuple):
    """What is to become of a row.

    :param state: ``ready`` to be invoiced, ``invoiced`` already by this row, or the
        state in which it stays: ``waiting``, ``held`` or ``done``
    :param code: reason, a code of ``sale.channel.text``
    :param outcome: of a row that is done
    """

    state: str
    code: str | bool = False
    params: dict[str, Any] | bool = False
    outcome: str | bool = False
