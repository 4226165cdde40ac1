"""What items are found by, and how they stand.

Source: developers.mercadolibre.com, "Items and searches", "Attributes", "Variations".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odoo.addons.channel_base.lib.reader import mapping, raw_key, sequence, text, word

Block = Mapping[str, Any]

MAX_ATTRIBUTES = 1000


def read_status(item: Block) -> str:
    """How an item stands: its status, with the reasons behind a colon if it has any.

    ``paused:out_of_stock``, ``under_review:forbidden,waiting_for_patch``; an open
    vocabulary.
    """
    status = word(item.get("status"), "status")
    reasons = ",".join(sorted(read_words(item.get("sub_status"))))
    return f"{status}:{reasons}" if reasons else status


def read_sku(item: Block, variation: Block | None = None) -> str:
    """The seller's SKU, to the letter: of the variation before that of the item, the
    attribute before the field of former times.

    Of several variations none has the item's: they would be one product.
    """
    for block in _owners(item, variation):
        found = raw_key(find_value(block, "SELLER_SKU"), "SELLER_SKU")
        found = found or raw_key(block.get("seller_custom_field"), "custom_field")
        if found:
            return found
    return ""


def read_gtin(item: Block, variation: Block | None = None) -> str:
    """The number of the trade item; the first one where several are told."""
    for block in _owners(item, variation):
        told = text(find_value(block, "GTIN"), "GTIN", 2000).split(",")[0].strip()
        if told:
            return told
    return ""


def _owners(item: Block, variation: Block | None) -> tuple[Block, ...]:
    """Where keys of a variant are looked for, the nearest first."""
    if not variation:
        return (item,)
    told = item.get("variations")
    alone = isinstance(told, list) and len(told) == 1
    return (variation, item) if alone else (variation,)


def find_value(block: Block, attribute_id: str) -> Any:
    """The value of an attribute in words; None without it."""
    for row in read_rows(block, "attributes"):
        if row.get("id") == attribute_id:
            return row.get("value_name")
    return None


def read_rows(block: Block, name: str) -> list[dict[str, Any]]:
    """The objects of a list.

    :raises Rejected: ``payload_invalid``: it is none
    """
    rows = sequence(block.get(name), name, MAX_ATTRIBUTES)
    return [mapping(row, f"{name}[{index}]") for index, row in enumerate(rows)]


def read_words(value: Any) -> set[str]:
    """The texts of a list; none of what is no list."""
    rows = value if isinstance(value, list) else []
    return {one for one in rows if isinstance(one, str)}
