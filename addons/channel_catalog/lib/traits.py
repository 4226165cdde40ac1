"""What a provider declares about its catalogue. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

VISIBILITIES = ("visible", "catalog", "search", "hidden")
# Fields of a listing's content that a channel can switch off
SWITCHES = (
    "title",
    "description",
    "images",
    "brand",
    "category",
    "barcode",
    "dimensions",
)
# What a field is called in the content, if not by the switch's name
SWITCHED = {"dimensions": ("weight",)}


@dataclass(frozen=True)
class CatalogTraits:
    """How a channel keeps products, stock and prices.

    :param stock_kind: *sellable*: an order lowers it; *physical*: what is there, of
        which the channel subtracts what it reserves for orders; None without stock
    :param grouped: variants belong to a product that has an id of its own
    :param hides_variants: of a product that is shown a variant can be hidden; else
        one that is hidden has no stock there
    :param prices: it has prices of listings
    :param promotions: a price may have a promotional one with dates
    :param locations: stock is kept by location
    :param listing_types: one product may have a listing of each
    :param visibilities: those of ``VISIBILITIES`` that it can tell apart
    :param fields: those of ``SWITCHES`` that it takes
    :param required: fields of the content that it demands
    :param max_lengths: most characters of a field of the content, such as the title
    :param max_variants: of a product; None without a limit
    :param max_options: of a product; None without a limit
    """

    stock_kind: Literal["sellable", "physical"] | None = "sellable"
    grouped: bool = False
    hides_variants: bool = True
    prices: bool = True
    promotions: bool = False
    locations: bool = False
    listing_types: tuple[str, ...] = ("",)
    visibilities: tuple[str, ...] = ("visible", "hidden")
    fields: tuple[str, ...] = SWITCHES
    required: tuple[str, ...] = ("title", "sku")
    max_lengths: Mapping[str, int] = field(default_factory=dict)
    max_variants: int | None = None
    max_options: int | None = None
