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

With a listing the writer tells, as ``details``: ``stock_id`` (what stock is written to,
if it is not the listing), ``url_id`` and ``status``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from odoo.addons.channel_outgoing.lib.kind import Family, Kind

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


def format_levels(levels: Mapping[str, Decimal]) -> str:
    """Quantities by location as one text, equal for equal levels only."""
    return ";".join(f"{key}={levels[key].normalize():f}" for key in sorted(levels))


def parse_levels(text: str | None) -> dict[str, Decimal]:
    """The levels that :func:`format_levels` wrote."""
    pairs = (part.rpartition("=") for part in (text or "").split(";") if part)
    return {key: Decimal(value) for key, _sign, value in pairs}
