"""What a provider declares about its catalogue. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
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
    :param price_unit: prices are multiples of it, if the currency's own is smaller
    :param currencies: of prices, ISO 4217; none: those of the de-para, if it has some
    :param shared_prices: the variations of an item, whose external ids are
        ``item/variation``, have one price
    :param fees: the channel tells what it takes of a sale
    :param locations: stock is kept by location
    :param kept_logistics: types of logistics of orders whose goods the channel keeps in
        a warehouse of its own, and ships from there; its listings say how many
    :param listing_types: one product may have a listing of each
    :param made_types: those of them that Odoo makes; None: all
    :param visibilities: those of ``VISIBILITIES`` that it can tell apart
    :param fields: those of ``SWITCHES`` that it takes
    :param required: fields of the content that it demands
    :param taken_over: fields of the content in which a change that somebody made on the
        channel counts: Odoo takes it over
    :param unlisted: fields of the content that its list of listings does not tell
    :param max_lengths: most characters of a field of the content, such as the title
    :param max_variants: of a product; None without a limit
    :param max_options: of a product; None without a limit
    """

    stock_kind: Literal["sellable", "physical"] | None = "sellable"
    grouped: bool = False
    hides_variants: bool = True
    prices: bool = True
    promotions: bool = False
    price_unit: Decimal = Decimal(0)
    currencies: tuple[str, ...] = ()
    shared_prices: bool = False
    fees: bool = False
    locations: bool = False
    kept_logistics: tuple[str, ...] = ()
    listing_types: tuple[str, ...] = ("",)
    made_types: tuple[str, ...] | None = None
    visibilities: tuple[str, ...] = ("visible", "hidden")
    fields: tuple[str, ...] = SWITCHES
    required: tuple[str, ...] = ("title", "sku")
    taken_over: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    max_lengths: Mapping[str, int] = field(default_factory=dict)
    max_variants: int | None = None
    max_options: int | None = None
