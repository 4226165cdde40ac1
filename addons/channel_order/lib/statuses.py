"""A status that consists of several, such as an order's, its payment's and its
fulfilment's. No Odoo in it.

Each part is a value of the channel's vocabulary with a decision of its own; the
strongest decision counts for the order.
"""

from __future__ import annotations

from collections.abc import Iterable

SEPARATOR = " | "
# What an order is if several of its parts say something: the first of these
STRENGTH = ("cancel", "ignore", "import", "reserve", "wait")


def compose(parts: Iterable[str]) -> str:
    """One text of several statuses; empty ones are left out."""
    return SEPARATOR.join(part for part in parts if part)


def split(status: str | None) -> tuple[str, ...]:
    """The statuses that a text consists of; most channels have one."""
    return tuple(part for part in (status or "").split(SEPARATOR) if part)


def strongest(decisions: Iterable[str]) -> str:
    """The decision that counts, of at least one."""
    return min(decisions, key=STRENGTH.index)
