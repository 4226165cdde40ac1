"""What lies where of a user product.

Source: developers.mercadolibre.com, "Distributed stock", "Multi-origin stock".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.reader import (
    decimal,
    identifier,
    invalid,
    mapping,
    sequence,
    word,
)

from .items_client import ItemsClient

# Types of places
ADDRESS = "selling_address"
WAREHOUSES = "seller_warehouse"
FACILITY = "meli_facility"
# What a user product has whose stock nobody has written yet
FIRST_VERSION = "1"
MAX_PLACES = 1000

_USER_PRODUCT = re.compile(r"[A-Z]{3}U[0-9]{1,20}")

Levels = Mapping[str, Decimal]


@dataclass(frozen=True)
class Kept:
    """What a user product has.

    :param version: what a writing has to give back
    :param levels: by warehouse of the seller; one without any has ``""``, its address
    :param facility: in the service's own warehouse; None if nothing lies there
    """

    version: str
    levels: Levels
    facility: Decimal | None


def is_user_product(item: str) -> bool:
    """Whether an id is that of a user product (``MLAU123``)."""
    return bool(_USER_PRODUCT.fullmatch(item))


def read_stock(client: ItemsClient, user_product: str) -> Kept:
    """Ask for all of a user product's stock.

    :raises Rejected: ``payload_invalid``: there is no version
    """
    try:
        answer = client.user_product_stock(user_product)
    except Rejected as error:
        if error.code != "not_found":
            raise
        # "stock-locations not found": nothing was ever written.
        return Kept(FIRST_VERSION, {}, None)
    version = answer.headers.get("x-version", "").strip()
    if not version:
        raise invalid("x-version", "version")
    levels: dict[str, Decimal] = {}
    facility = None
    body = mapping(answer.body, "stock")
    for row in sequence(body.get("locations"), "locations", MAX_PLACES):
        place = mapping(row, "locations")
        number = decimal(place.get("quantity"), "locations.quantity")
        kind = word(place.get("type"), "locations.type")
        if kind == FACILITY:
            facility = number
        elif kind in (WAREHOUSES, ADDRESS):
            # The seller's address is one place, whatever it is called.
            store = (
                identifier(place.get("store_id"), "locations.store_id")
                if kind == WAREHOUSES
                else ""
            )
            levels[store] = levels.get(store, Decimal(0)) + number
    return Kept(version, levels, facility)
