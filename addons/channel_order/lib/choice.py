"""Which event follows from what was read of an order. No Odoo in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .lifecycle import IMPORTED, EventName, Place

Decision = Literal["import", "reserve", "wait", "ignore", "cancel"]


@dataclass(frozen=True)
class Facts:
    """What decides about an order that was read.

    :param dismissed: a person has said that it need not be imported
    :param cancelled: a part of its status, whoever wrote it, means a cancellation
    :param decision: what the channel's part of its status means; None: nobody has said
    :param elsewhere: the sale order of another row sells one of its lines
    :param outdated: another cart has shown one of its orders later
    :param early: it was placed before the channel's orders-from date, and nobody has
        asked for it
    :param wrong_account: another account sold it
    :param warned: the channel warns of fraud
    :param test_purchase: it was bought to try a channel that is no test
    :param former_stands: its cancelled sale order was delivered or invoiced
    :param incomplete: the channel should show more of it soon
    """

    place: Place
    dismissed: bool = False
    cancelled: bool = False
    decision: Decision | None = None
    elsewhere: bool = False
    outdated: bool = False
    early: bool = False
    wrong_account: bool = False
    warned: bool = False
    test_purchase: bool = False
    former_stands: bool = False
    incomplete: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why an order is not imported: no setting can make it right.

    :param code: of ``Rejected``
    """

    code: str


def drop(facts: Facts) -> EventName | None:
    """The event that settles an order of which nothing is needed but its status: no
    customer is made of its buyer. None: there is more to it.
    """
    if facts.cancelled and facts.place.sale == "none" and not facts.elsewhere:
        # Nobody has bought anything.
        return "cancelled"
    return "disregarded" if facts.dismissed else None


def choose(facts: Facts) -> EventName | Refusal:
    """What happens to an order that was read.

    ``adopted`` is what comes first where another row sells its lines: the facts are
    others afterwards. ``followed``, ``created`` and ``reserved`` are what happens once
    the work that they name went well.
    """
    place = facts.place
    dropped = drop(facts)
    if dropped:
        return dropped
    if facts.outdated:
        return "outdated"
    if facts.decision is None:
        return "blocked"
    if facts.elsewhere:
        return "adopted"
    if facts.decision == "cancel":
        return "cancelled"
    if place.outcome in IMPORTED or place.sale == "stands":
        return "followed"
    if facts.decision == "wait":
        return "waits"
    if facts.decision == "ignore":
        return "ignored"
    if facts.early:
        return "too_early"
    return _choose_import(facts)


def _choose_import(facts: Facts) -> EventName | Refusal:
    if facts.wrong_account:
        return Refusal("wrong_account")
    if facts.warned:
        return Refusal("fraud_risk")
    if facts.test_purchase:
        return Refusal("test_purchase")
    if facts.former_stands:
        return Refusal("former_stands")
    if facts.incomplete:
        return "awaited"
    return "reserved" if facts.decision == "reserve" else "created"
