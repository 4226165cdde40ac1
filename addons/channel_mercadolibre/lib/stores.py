"""Warehouses of an account that has several.

Source: developers.mercadolibre.com, "Multi-origin stock".
"""

from __future__ import annotations

from odoo.addons.channel_base.lib.reader import (
    mapping,
    required_identifier,
    sequence,
    text,
    word,
)

from .items_client import MAX_IDS_PAGE, ItemsClient

ACTIVE = "active"
MAX_PAGES = 50


def read_stores(client: ItemsClient, seller_id: str) -> list[tuple[str, str]]:
    """Id and name of each warehouse in use."""
    found: dict[str, str] = {}
    seen = 0
    for _page in range(MAX_PAGES):
        body = mapping(client.stores(seller_id, offset=seen).body, "stores")
        rows = [
            mapping(row, "results")
            for row in sequence(body.get("results"), "results", 10 * MAX_IDS_PAGE)
        ]
        for row in rows:
            if word(row.get("status"), "status") in ("", ACTIVE):
                place = mapping(row.get("location"), "location")
                name = text(row.get("description"), "description")
                name = name or text(place.get("address_line"), "address_line")
                store = required_identifier(row.get("id"), "id")
                found[store] = name or store
        seen += len(rows)
        total = mapping(body.get("paging"), "paging").get("total")
        if not rows or not isinstance(total, int) or seen >= total:
            break
    return list(found.items())
