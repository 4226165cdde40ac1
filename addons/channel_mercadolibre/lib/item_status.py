"""What the states of an item mean.

Source: developers.mercadolibre.com, "Items: status and sub-status", "Moderations". The
vocabulary is open: what is not known here is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from odoo.addons.channel_catalog.lib.status import ListingStatus

from .item import CLOSED, split_status

OUT_OF_STOCK = "out_of_stock"
BY_SELLER = "paused_by_seller"
# Reasons that say more than the status, in order; others of the status are its own
_REASONS: Mapping[str, tuple[str, ...]] = {
    "under_review": (
        "waiting_for_patch",
        "forbidden",
        "pending_documentation",
        "suspended",
    ),
    "inactive": ("suspended",),
    CLOSED: ("deleted", "expired"),
}
# Statuses that end by themselves
_WAITS = ("not_yet_active", "programmed", "pending")
# One that a person has closed in Odoo: nobody has to do anything about it.
CLOSED_HERE = ListingStatus("meli_closed_here", advice="meli_closed_here_advice")
_KNOWN = ("under_review", "payment_required", "inactive", CLOSED)


def describe(status: str) -> ListingStatus:
    """How an item stands.

    :param status: see :func:`.keys.read_status`
    """
    name, reasons = split_status(status)
    if name == "active":
        return ListingStatus("meli_active", sold=True)
    if name == "paused":
        return _describe_paused(reasons)
    if name in _WAITS:
        return ListingStatus("meli_not_yet", advice="meli_not_yet_advice")
    if name not in _KNOWN:
        return ListingStatus("meli_other", {"status": status}, attention=True)
    code = f"meli_{name}"
    for reason in _REASONS.get(name, ()):
        if reason in reasons:
            code = f"meli_{name}_{reason}"
            break
    return ListingStatus(code, advice=f"{code}_advice", attention=True)


def _describe_paused(reasons: tuple[str, ...]) -> ListingStatus:
    others = [one for one in reasons if one not in (OUT_OF_STOCK, BY_SELLER)]
    if others:
        params = {"reasons": ", ".join(others)}
        return ListingStatus(
            "meli_paused_moderated",
            params,
            "meli_paused_moderated_advice",
            attention=True,
        )
    if reasons == (OUT_OF_STOCK,):
        return ListingStatus(
            "meli_paused_out_of_stock",
            advice="meli_paused_out_of_stock_advice",
            sold=True,
        )
    return ListingStatus("meli_paused", advice="meli_paused_advice")
