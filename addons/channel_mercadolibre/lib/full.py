"""Goods in the service's own warehouse ("Full").

Source: developers.mercadolibre.com, "Full and Flex", "Distributed stock".
"""

from __future__ import annotations

from collections.abc import Collection

FULL = "fulfillment"
# Of an item in Full: it is sent from the seller's address as well
ALSO_OWN = "self_service_in"
# Where what lies at the seller's address is written apart from what lies in Full
_APART = ("MLA", "MLC")


def has_own_stock(item_id: str, logistic_type: str, tags: Collection[str]) -> bool:
    """Whether an item in Full has a stock of the seller's own beside it.

    :param item_id: begins with its site
    :param tags: of its shipping
    """
    return logistic_type == FULL and ALSO_OWN in tags and item_id[:3] in _APART


def is_kept(item_id: str, logistic_type: str, tags: Collection[str]) -> bool:
    """Whether the service alone says how many there are."""
    return logistic_type == FULL and not has_own_stock(item_id, logistic_type, tags)
