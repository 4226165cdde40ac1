"""An item of an account, as what Odoo calls listings.

Source: developers.mercadolibre.com, "Items and searches", "Variations", "User
Products", "Catalogue", "Fulfillment".

An item with variations is as many listings; any other is one. What a seller of the
former kind calls a variation is, once the account was moved to user products, an item
of its own with another id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from odoo.addons.channel_base.lib.reader import (
    identifier,
    mapping,
    optional_decimal,
    required_identifier,
    sequence,
    text,
    word,
)
from odoo.addons.channel_catalog.lib.remote import RemoteListing

from .body import CATALOG_KEPT, VARIATION_KEPT, read_content
from .full import FULL, is_kept
from .keys import read_gtin, read_rows, read_sku, read_status, read_words

Block = Mapping[str, Any]
_NONE: Mapping[str, Any] = MappingProxyType({})

CATALOG = "+catalog"  # of a listing type: of an item of the service's own catalogue
CLOSED = "closed"
MIGRATED = "variations_migration_source"
# They tell variants apart wherever a category has them; which others do is the
# category's.
_VARYING = ("COLOR", "SIZE")
_MAX_VARIATIONS = 500
_ITEM_ID = re.compile(r"[A-Z]{3}[0-9]{1,20}")


def join_id(item_id: str, variation_id: str = "") -> str:
    """What a listing is called: the item, and its variation if it is one."""
    return f"{item_id}/{variation_id}" if variation_id else item_id


def is_item_id(value: str) -> bool:
    """Whether a text from outside may be an item's id."""
    return bool(_ITEM_ID.fullmatch(value))


def split_status(status: str) -> tuple[str, tuple[str, ...]]:
    """The status and its reasons, of what :func:`.keys.read_status` gave."""
    name, _mark, reasons = status.partition(":")
    return name, tuple(one for one in reasons.split(",") if one)


def read_item(
    item: Block, former: Mapping[str, tuple[str, ...]] = _NONE
) -> list[RemoteListing]:
    """What an item sells: one listing, or one for each variation.

    :param former: ids that listings had before the item was migrated, by its id
    :raises Rejected: ``payload_invalid``: something that is needed is no such thing
    """
    item_id = required_identifier(item.get("id"), "id")
    variations = sequence(item.get("variations"), "variations", _MAX_VARIATIONS)
    if not variations:
        return [_listing(item, None, item_id, "", former.get(item_id, ()))]
    found = []
    for index, variation in enumerate(variations):
        path = f"variations[{index}]"
        block = mapping(variation, path)
        variation_id = required_identifier(block.get("id"), f"{path}.id")
        found.append(_listing(item, block, item_id, variation_id, ()))
    return found


def _listing(
    item: Block,
    variation: Block | None,
    item_id: str,
    variation_id: str,
    former: tuple[str, ...],
) -> RemoteListing:
    title = text(item.get("title"), "title")
    family = text(item.get("family_name"), "family_name")
    shipping = mapping(item.get("shipping"), "shipping")
    logistics = word(shipping.get("logistic_type"), "logistic_type")
    in_catalog = item.get("catalog_listing") is True
    kept = VARIATION_KEPT if variation_id else CATALOG_KEPT if in_catalog else ()
    kind = word(item.get("listing_type_id"), "listing_type_id")
    product = identifier(
        (variation or item).get("user_product_id") or item.get("user_product_id"),
        "user_product_id",
    )
    status = read_status(item)
    return RemoteListing(
        external_id=join_id(item_id, variation_id),
        title=title or family,
        product_id=item_id
        if variation_id
        else identifier(item.get("family_id"), "family_id"),
        stock_id=product if logistics == FULL else "",
        stock_group=product,
        sku=read_sku(item, variation),
        barcode=read_gtin(item, variation),
        options=_options(item, variation),
        price=_price(variation, item),
        currency=word(item.get("currency_id"), "currency_id"),
        quantity=_number(variation, item, "available_quantity"),
        status=status,
        url_id=item_id,
        listing_type=f"{kind}{CATALOG}" if in_catalog else kind,
        former_ids=former,
        kept_fields=kept,
        stock_kept=is_kept(item_id, logistics, read_words(shipping.get("tags"))),
        ended=split_status(status)[0] == CLOSED,
        content=read_content(item, variation),
        product_content={"title": family or title},
    )


def _options(item: Block, variation: Block | None) -> dict[str, str]:
    """What tells a variant apart: name → value."""
    if variation:
        rows = read_rows(variation, "attribute_combinations")
    else:
        rows = [
            row
            for row in read_rows(item, "attributes")
            if row.get("id") in _VARYING and item.get("user_product_id")
        ]
    found = {}
    for row in rows:
        name = text(row.get("name") or row.get("id"), "attribute.name")
        value = text(row.get("value_name"), "attribute.value_name")
        if name and value:
            found[name] = value
    return found


def _price(variation: Block | None, item: Block) -> Decimal | None:
    """The seller's own price, also while a promotion of the service runs."""
    regular = _number(variation, item, "original_price")
    return regular or _number(variation, item, "price")


def _number(variation: Block | None, item: Block, name: str) -> Decimal | None:
    told = variation.get(name) if variation else None
    return optional_decimal(item.get(name) if told is None else told, name)
