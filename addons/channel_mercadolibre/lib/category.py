"""Categories of a site, and what they ask of a listing.

What is odd in an answer tells nothing; nothing of it is believed beyond its bounds.

Source: developers.mercadolibre.com, "Categories and attributes", "Attributes",
"Category predictor" (domain discovery) and "Size charts".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.reader import identifier, mapping, required_identifier
from odoo.addons.channel_base.lib.text import clean, normalise

MAX_ATTRIBUTES = 400
MAX_VALUES = 1000
MAX_UNITS = 50
MAX_SUGGESTIONS = 20
MAX_CHARTS = 200
MAX_ROWS = 200
MAX_PRICE = 10**12
TITLE_LENGTH = 60  # where a category does not say
TEXT_LENGTH = 255
PICTURES = 12

Requirement = Literal["required", "conditional", "optional"]
# Attributes that the service fills in by itself
_FILLED_IN = ("read_only", "fixed", "inferred")
# Hidden on the pages of sellers and taken all the same
_TAKEN = ("EMPTY_GTIN_REASON", "GTIN", "ITEM_CONDITION", "SELLER_SKU")
_TAKEN_PREFIXES = ("SELLER_PACKAGE_", "SIZE_GRID_")
_REQUIRED = ("required", "catalog_required", "new_required")
# What variants differ in
_OF_VARIANTS = ("CHILD_PK", "CHILD_DEPENDENT")


@dataclass(frozen=True)
class Category:
    """A category of a site.

    :param path: names from the root, its own last
    :param leaf: it has no others below it; only such a one holds listings
    :param domain: what size charts belong to, without the site
    :param minimum_price: in the site's currency; 0 without one
    """

    id: str
    name: str
    path: str
    leaf: bool
    listing_allowed: bool
    max_title_length: int = TITLE_LENGTH
    max_pictures: int = PICTURES
    minimum_price: float = 0.0
    domain: str = ""


@dataclass(frozen=True)
class Attribute:
    """An attribute, or a term of sale, of a category.

    :param value_type: ``string``, ``number``, ``number_unit``, ``boolean``, ``list`` …
    :param values: pairs of id and name; of a closed list all there are
    :param varies: variants of a product differ in it
    """

    id: str
    name: str
    value_type: str = "string"
    requirement: Requirement = "optional"
    values: tuple[tuple[str, str], ...] = ()
    max_length: int = TEXT_LENGTH
    units: tuple[str, ...] = ()
    default_unit: str = ""
    multivalued: bool = False
    varies: bool = False
    hint: str = ""

    @cached_property
    def by_word(self) -> dict[str, tuple[str, str]]:
        """Listed values by their id and by their name."""
        found = {name: (code, name) for code, name in reversed(self.values)}
        return found | {code: (code, name) for code, name in self.values if code}

    @cached_property
    def by_likeness(self) -> dict[str, tuple[str, str]]:
        """Listed values by a form of their name in which case, accents and spaces make
        no difference."""
        rows = reversed(self.values)
        return {normalise(name): (code, name) for code, name in rows}


@dataclass(frozen=True)
class Chart:
    """A size chart of an account.

    :param rows: pairs of id and size
    """

    id: str
    name: str
    domain: str
    rows: tuple[tuple[str, str], ...]


def read_category(body: Any) -> Category:
    """A category.

    :raises Rejected: ``payload_invalid``: it is none
    """
    told = mapping(body, "category")
    settings = told.get("settings")
    settings = settings if isinstance(settings, dict) else {}
    name = clean(told.get("name"))
    names = [clean(one.get("name")) for one in _dicts(told.get("path_from_root"), 20)]
    children = told.get("children_categories")
    return Category(
        required_identifier(told.get("id"), "id"),
        name,
        " > ".join(one for one in names if one) or name,
        not children,
        settings.get("listing_allowed") is not False
        and settings.get("status") in (None, "enabled"),
        _count(settings.get("max_title_length"), TITLE_LENGTH),
        _count(settings.get("max_pictures_per_item"), PICTURES),
        _amount(settings.get("minimum_price")),
        _domain(settings.get("catalog_domain")),
    )


def read_attributes(body: Any) -> tuple[Attribute, ...]:
    """Attributes that a seller fills in, or terms of sale.

    :raises Rejected: ``payload_invalid``: it is no list
    """
    if not isinstance(body, list):
        raise Rejected("payload_invalid", "attributes", "attributes: array expected")
    found: dict[str, Attribute] = {}
    for one in _dicts(body, MAX_ATTRIBUTES):
        attribute = _read_attribute(one)
        if attribute and attribute.id not in found:
            found[attribute.id] = attribute
    return tuple(found.values())


def _read_attribute(told: dict[str, Any]) -> Attribute | None:
    code, tags = _id(told.get("id")), _tags(told.get("tags"))
    required: Requirement = "optional"
    if any(tag in tags for tag in _REQUIRED):
        required = "required"
    elif "conditional_required" in tags:
        required = "conditional"
    if not code or (required == "optional" and _is_not_asked(code, tags)):
        return None
    hierarchy = told.get("hierarchy")
    return Attribute(
        code,
        clean(told.get("name")) or code,
        clean(told.get("value_type"), 32) or "string",
        required,
        tuple(_pairs(told.get("values"), MAX_VALUES)),
        _count(told.get("value_max_length"), TEXT_LENGTH),
        tuple(name for _id, name in _pairs(told.get("allowed_units"), MAX_UNITS)),
        clean(told.get("default_unit"), 32),
        "multivalued" in tags,
        "allow_variations" in tags
        or "variation_attribute" in tags
        or (isinstance(hierarchy, str) and hierarchy in _OF_VARIANTS),
        clean(told.get("hint") or told.get("tooltip")),
    )


def _is_not_asked(code: str, tags: set[str]) -> bool:
    if any(tag in tags for tag in _FILLED_IN):
        return True
    taken = code in _TAKEN or code.startswith(_TAKEN_PREFIXES)
    return "hidden" in tags and not taken


def read_suggestions(body: Any) -> tuple[tuple[str, str], ...]:
    """Categories that fit a name, the best first: pairs of id and name."""
    found: dict[str, str] = {}
    for one in _dicts(body, MAX_SUGGESTIONS):
        code = _id(one.get("category_id"))
        if code and code not in found:
            domain = clean(one.get("domain_name"), 100)
            name = clean(one.get("category_name"), 100) or code
            found[code] = f"{domain} > {name}" if domain else name
    return tuple(found.items())


def read_charts(body: Any) -> tuple[Chart, ...]:
    """Size charts; each row is told by its size, or by all it says."""
    told = body.get("charts") if isinstance(body, dict) else None
    found = []
    for one in _dicts(told, MAX_CHARTS):
        code = _id(one.get("id"))
        if not code:
            continue
        names = one.get("names")
        name = next(iter(names.values()), "") if isinstance(names, dict) else ""
        rows = tuple(_read_rows(one.get("rows")))
        domain = _domain(one.get("domain_id"))
        found.append(Chart(code, clean(name) or code, domain, rows))
    return tuple(found)


def _read_rows(told: Any) -> Iterator[tuple[str, str]]:
    for one in _dicts(told, MAX_ROWS):
        code = clean(one.get("id"), 64)
        sizes = [
            clean(value.get("name"))
            for part in _dicts(one.get("attributes"), 50)
            if part.get("id") == "SIZE"
            for value in _dicts(part.get("values"), 5)
        ]
        if code and sizes:
            yield code, sizes[0]


def _dicts(value: Any, limit: int) -> Iterator[dict[str, Any]]:
    for one in value[:limit] if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield one


def _pairs(value: Any, limit: int) -> Iterator[tuple[str, str]]:
    for one in _dicts(value, limit):
        name = clean(one.get("name"))
        if name:
            yield clean(one.get("id"), 64), name


def _id(value: Any) -> str:
    try:
        return identifier(value, "id")
    except Rejected:
        return ""


def _tags(value: Any) -> set[str]:
    """Tags come as an object of switches, in older answers as a list."""
    if isinstance(value, dict):
        return {name for name, on in value.items() if on is True}
    if isinstance(value, list):
        return {name for name in value if isinstance(name, str)}
    return set()


def _count(value: Any, default: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        return default
    return value if 0 < value <= 100_000 else default


def _amount(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 < value <= MAX_PRICE else 0.0


def _domain(value: Any) -> str:
    """A domain without its site: ``MLA-T_SHIRTS`` and ``T_SHIRTS`` are one."""
    return clean(value, 64).rpartition("-")[2]
