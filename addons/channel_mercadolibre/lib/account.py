"""What an account may do, as ``/users/me`` tells it.

Source: developers.mercadolibre.com, "Users", "User Products", "Multi-origin stock".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from odoo.addons.channel_base.lib.reader import mapping, required_identifier, word
from odoo.addons.channel_base.lib.text import clean

USER_PRODUCTS = "user_product_seller"
MULTI_ORIGIN = "warehouse_management"


@dataclass(frozen=True)
class Seller:
    """A seller's account.

    :param user_products: each variant is an item of its own, without a title
    :param multi_origin: stock is kept by warehouse
    :param obstacles: why it may not list, in the service's words; empty if it may
    """

    id: str
    nickname: str = ""
    site: str = ""
    user_products: bool = False
    multi_origin: bool = False
    obstacles: tuple[str, ...] = ()


def read_seller(body: Any) -> Seller:
    """The seller of ``/users/me``; blocks that are missing or odd tell nothing.

    :raises Rejected: ``payload_invalid``: there is no id
    """
    me = mapping(body, "me")
    told = me.get("tags")
    tags = (
        {tag for tag in told if isinstance(tag, str)} if isinstance(told, list) else ()
    )
    return Seller(
        required_identifier(me.get("id"), "id"),
        clean(me.get("nickname")),
        word(me.get("site_id"), "site_id"),
        USER_PRODUCTS in tags,
        MULTI_ORIGIN in tags,
        _obstacles(me.get("status")),
    )


def _obstacles(status: Any) -> tuple[str, ...]:
    listing = status.get("list") if isinstance(status, dict) else None
    if not isinstance(listing, dict) or listing.get("allow") is not False:
        return ()
    codes = listing.get("codes")
    words = (
        [clean(one)[:64] for one in codes if isinstance(one, str)]
        if isinstance(codes, list)
        else []
    )
    return tuple(words) or ("not_allowed",)
