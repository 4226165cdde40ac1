"""What goes out of a listing. No Odoo in it.

============ ================================================================
kind         content
============ ================================================================
``product``  of a channel that groups variants: ``title``, ``description``
             (HTML), ``images`` (checksums), ``brand``, ``category``,
             ``options`` (list of ``name`` and ``values``), ``visibility``,
             ``weight`` (kg)
``listing``  ``product`` (the channel's id; None without groups), ``title``,
             ``sku``, ``barcode``, ``options`` (name → value),
             ``visibility``, ``images``, ``weight``, and without groups what a
             product has
``stock``    ``item``, ``quantity``, ``levels``
``price``    ``item``, ``amount``, ``currency``, ``promotion_amount``,
             ``promotion_from``, ``promotion_until``
============ ================================================================

Fields that are switched off are absent, and so is what the channel demands while it is
empty; other empty fields are None. ``category`` is the channel's id of it. ``item`` is
the channel's id of what is written to. ``levels`` are quantities by location, see
:func:`format_levels`.

With a price comes ``insist`` when a person wants it to be sent although that ends a
promotion of the channel's own; else such a price is not written, but answered with
``writer.NotTaken``, which ``asks``. So it is when ``shared_with`` names what has the
same price there and is not Odoo's to change, see :func:`get_question`. ``cautious`` is
with one that was not taken before: whether it would be now is read before it is
written. Writers tell, as ``details``, what buyers pay while such a promotion runs:
``paid`` and ``paid_until`` (UTC, as in ``promotion_until``); ``NotTaken`` has them as
parameters.

With a listing the writer tells, as ``details``: ``stock_id`` (what stock is written to,
if it is not the listing), ``url_id`` and ``status``.

With stock its writer may tell, as ``details``, to what ``quantity`` the channel
bounded what was sent. Of what the channel keeps itself by now ``find`` tells
``stock_kept``, and ``put`` answers ``Rejected("stock_kept")``: its stock is not sent
any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from odoo.addons.channel_outgoing.lib.kind import Family, Kind

# Of a price that is sent, no part of its content
INSIST = "insist"
CAUTIOUS = "cautious"
SHARED = "shared_with"
# Questions about a price, as ``writer.NotTaken`` asks them: it ends a promotion, it is
# the price of others too, both
ENDS_PROMOTION = "price_ends_promotion"
SHARED_KEPT = "price_shared_kept"
ENDS_SHARED = "price_ends_promotion_shared"

LISTINGS = Family(
    # Nothing is deleted there: what is not offered any more is hidden.
    Kind("product", "sale.channel.product", left=True),
    Kind("listing", "sale.channel.listing", {"product": "product"}, left=True),
)
STOCK = Family(
    Kind(
        "stock",
        "sale.channel.listing",
        left=True,
        created=False,
        absolute=True,
        columns=("item", "quantity", "levels"),
    )
)
PRICES = Family(
    Kind(
        "price",
        "sale.channel.listing",
        left=True,
        created=False,
        absolute=True,
        columns=(
            "item",
            "amount",
            "currency",
            "promotion_amount",
            "promotion_from",
            "promotion_until",
        ),
    )
)


def get_question(ends: bool, content: Mapping[str, object]) -> str | None:
    """The question that a price raises, by its code; None when it goes out.

    :param ends: it would end a promotion
    :param content: of a price, with what comes with it
    """
    if content.get(INSIST):
        return None
    if content.get(SHARED):
        return ENDS_SHARED if ends else SHARED_KEPT
    return ENDS_PROMOTION if ends else None


def format_levels(levels: Mapping[str, Decimal]) -> str:
    """Quantities by location as one text, equal for equal levels only."""
    return ";".join(f"{key}={levels[key].normalize():f}" for key in sorted(levels))


def parse_levels(text: str | None) -> dict[str, Decimal]:
    """The levels that :func:`format_levels` wrote."""
    pairs = (part.rpartition("=") for part in (text or "").split(";") if part)
    return {key: Decimal(value) for key, _sign, value in pairs}
