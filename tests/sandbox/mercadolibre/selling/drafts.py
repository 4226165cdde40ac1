"""Checks of what the body of an item says: category, title, price, attributes …

Source: MercadoLibre developers, Publish products, Validations, User Products.
"""

from __future__ import annotations

import re
from typing import Any

from ..catalogue import CURRENCY
from .attributes import NOT_APPLICABLE, SALE_TERMS, Attribute, shown
from .causes import Findings
from .shop import Shop
from .taxonomy import (
    MAX_PICTURES,
    MAX_TITLE,
    MAXIMUM_PRICE,
    MINIMUM_PRICE,
    Category,
)

Record = dict[str, Any]

LISTING_TYPES = ("gold_special", "gold_pro", "free")
CONDITIONS = {"new": "2230284", "used": "2230581", "refurbished": "2230582"}
MAX_QUANTITY = 99_999
MIN_PICTURE = 500
_FORBIDDEN = re.compile(
    r"whats\s?app|https?:|www\.|@|\b\d{4}[ -]?\d{4}\b|instagram|telegram", re.I
)


class Draft:
    """Checks of one body against the rules of its category.

    :param category: where the item is or goes to; None when it is not known
    """

    def __init__(self, shop: Shop, seller_id: int, category_id: Any) -> None:
        self.shop = shop
        self.seller_id = seller_id
        self.site = shop.site(seller_id)
        self.findings = Findings()
        self.category = self._category(category_id)

    def _category(self, category_id: Any) -> Category | None:
        known = self.shop.taxonomy.categories.get(str(category_id))
        code = "item.category_id.invalid"
        if known is None or not known.id.startswith(self.site):
            text = f"Category {category_id} does not exist"
            self.findings.add(125, code, text, "item.category_id")
            return None
        if known.template is None:
            text = f"Is not allowed to post in category {known.id}, it is not a leaf"
            self.findings.add(126, code, text, "item.category_id")
        elif known.closed:
            text = f"Is not allowed to post in category {known.id}"
            self.findings.add(126, code, text, "item.category_id")
        return known

    def title(self, text: str, field: str = "title") -> None:
        """Length and words of a title or of a family name."""
        code, where = f"item.{field}", f"item.{field}"
        if len(text) > MAX_TITLE:
            message = f"The {field} must have {MAX_TITLE} characters at most"
            self.findings.add(370, f"{code}.length.invalid", message, where)
        if len(text.strip()) < 3:
            message = f"The {field} is too short"
            self.findings.add(3705, f"{code}.minimum_length", message, where)
        found = _FORBIDDEN.search(text)
        if found:
            message = f"The {field} has words that are not allowed: {found.group()}"
            self.findings.add(3300, f"{code}.forbidden_words", message, where)

    def price(self, amount: float) -> None:
        """Least and greatest price."""
        least: float = MINIMUM_PRICE[self.site]
        if self.shop.core.settings.minimum_price is not None:
            least = self.shop.core.settings.minimum_price
        if amount < least:
            text = f"The category {self._id} requires a minimum price of {least}"
            self.findings.add(109, "item.price.invalid", text, "item.price")
        elif amount > MAXIMUM_PRICE:
            text = f"The price must be at most {MAXIMUM_PRICE}"
            self.findings.add(129, "item.price.invalid", text, "item.price")

    @property
    def _id(self) -> str:
        return self.category.id if self.category else ""

    def quantity(self, count: int, kind: str, *, least: int = 0) -> None:
        """How many are for sale in a kind of listing."""
        most = 1 if kind == "free" else MAX_QUANTITY
        if not least <= count <= most:
            bound = (
                f"max. value is {most}" if count > most else f"min. value is {least}"
            )
            text = f"Item available quantity {bound}."
            code = "item.available_quantity.invalid"
            self.findings.add(111, code, text, "item.available_quantity")

    def terms(self, values: Record) -> None:
        """Currency, kind of listing, way of buying, condition."""
        for field, allowed in (
            ("currency_id", (CURRENCY[self.site],)),
            ("listing_type_id", LISTING_TYPES),
            ("buying_mode", ("buy_it_now",)),
            ("condition", tuple(CONDITIONS)),
        ):
            if field in values and values[field] not in allowed:
                text = f"{field} {values[field]} is invalid"
                self.findings.add(112, f"item.{field}.invalid", text, f"item.{field}")

    def attributes(
        self, told: Any, where: str = "item.attributes"
    ) -> dict[str, Record]:
        """Told attributes as they are shown, by id; None is an attribute taken off."""
        rows: dict[str, Record] = {}
        known = self.category.attributes if self.category else {}
        for one in told or []:
            name = str(one.get("id") or "")
            attribute = known.get(name)
            if attribute is None:
                text = f"Attribute {name} is not of category {self._id}, omitted"
                self.findings.warn(2511, "item.attributes.omitted", text, where)
                continue
            row = self._attribute(attribute, one, where)
            if row is not None:
                row = self._rewrite(attribute, row, where)
            if row is not None:
                rows[name] = row
        return rows

    def _rewrite(self, attribute: Attribute, row: Record, where: str) -> Record | None:
        """The attribute as it is kept: its value may become another one, or none."""
        known = self.shop.rewrites.get(attribute.id, {})
        value = row["value_name"]
        if value not in known:
            return row
        other = known[value]
        if other is None:
            text = f"Value {value} of attribute {attribute.id} omitted"
            self.findings.warn(2511, "item.attributes.omitted", text, where)
            return None
        return shown(self.site, attribute, None, other)

    def _attribute(
        self, attribute: Attribute, told: Record, where: str
    ) -> Record | None:
        values = told.get("values")
        try:
            if isinstance(values, list) and values and "value_name" not in told:
                pairs = [
                    attribute.value(
                        self.site,
                        {
                            "value_id": v.get("id"),
                            "value_name": v.get("name"),
                            "value_struct": v.get("struct"),
                        },
                    )
                    for v in values
                ]
                key = pairs[0][0] if len(pairs) == 1 else None
                name = ",".join(name or "" for _key, name in pairs)
            else:
                key, name = attribute.value(self.site, told)  # type: ignore[assignment]
        except (ValueError, AttributeError) as problem:
            self.findings.add(
                142,
                "item.attributes.invalid",
                f"Attribute {attribute.id} is not valid: {problem}",
                f"{where}.{attribute.id}",
                department="structured-data",
            )
            return None
        return shown(self.site, attribute, key, name)

    def required(self, holders: list[dict[str, Record]]) -> None:
        """Required attributes, which each of the holders must have.

        :param holders: attributes of the item, or of each variation with the item's
        """
        if self.category is None:
            return
        missing = self._missing(holders, "required")
        if missing:
            text = (
                f"The X[{', '.join(missing)}] are required for category "
                f"{self._id}. Check the attribute is present in the attributes list "
                "or in all variation's attributes_combination or attributes"
            )
            self.findings.add(
                147,
                "item.attributes.missing_required",
                text,
                *[f"item.attributes.{name}" for name in missing],
                department="structured-data",
            )
        missing = self._missing(holders, "catalog_required")
        if missing:
            text = f"The X[{', '.join(missing)}] are needed by the catalogue"
            code = "item.attributes.missing_catalog_required"
            self.findings.warn(3704, code, text, "item.attributes")
        for holder in holders:
            if not has_value(holder, "GTIN") and not has_value(
                holder, "EMPTY_GTIN_REASON"
            ):
                self.findings.add(
                    7810,
                    "item.attribute.missing_conditional_required",
                    f"The attributes [GTIN] are required for category {self._id}",
                    "item.attributes.GTIN",
                    department="structured-data",
                )
                break

    def _missing(self, holders: list[dict[str, Record]], tag: str) -> list[str]:
        assert self.category is not None
        return [
            name
            for name, attribute in self.category.attributes.items()
            if tag in attribute.tags
            and not all(has_value(holder, name) for holder in holders)
        ]

    def grid(self, holders: list[dict[str, Record]]) -> None:
        """The size chart exists, is the seller's, and has the row and its size."""
        for holder in holders:
            told = holder.get("SIZE_GRID_ID")
            if told is None or not told["value_name"]:
                continue
            chart = self.shop.taxonomy.charts.get(told["value_name"])
            row = (holder.get("SIZE_GRID_ROW_ID") or {}).get("value_name")
            rows = [one["id"] for one in (chart or {}).get("rows", [])]
            if chart is None or chart["seller_id"] not in (None, self.seller_id):
                text, name = f"Chart {told['value_name']} not found", "SIZE_GRID_ID"
            elif row and row not in rows:
                text = f"Row {row} is not of chart {chart['id']}"
                name = "SIZE_GRID_ROW_ID"
            else:
                continue
            self.findings.add(
                2604,
                "item.attribute.invalid_grid",
                text,
                f"item.attributes.{name}",
                department="structured-data",
            )

    def sale_terms(self, told: Any) -> dict[str, Record]:
        """Told terms of sale as they are shown, by id."""
        known = {one.id: one for one in SALE_TERMS}
        rows: dict[str, Record] = {}
        for one in told or []:
            term = known.get(str(one.get("id")))
            if term is None:
                text = f"Sale term {one.get('id')} is invalid"
                self.findings.add(
                    410, "item.sale_terms.invalid", text, "item.sale_terms"
                )
                continue
            row = self._attribute(term, one, "item.sale_terms")
            if row is not None:
                rows[term.id] = row
        if has_value(rows, "MANUFACTURING_TIME"):
            text = "MANUFACTURING_TIME makes delivery later"
            self.findings.warn(
                2110, "item.sale_terms.manufacturing_time", text, "item.sale_terms"
            )
        return rows

    def pictures(self, told: Any, field: str = "pictures") -> list[Record]:
        """Told pictures as they are shown."""
        rows = []
        if not told:
            text = "The item must have pictures"
            self.findings.add(173, "item.pictures.required", text, f"item.{field}")
        if len(told or []) > MAX_PICTURES:
            text = f"The item can have {MAX_PICTURES} pictures at most"
            self.findings.add(201, "item.pictures.max", text, f"item.{field}")
        for one in told or []:
            picture = self._picture(one)
            if picture is None:
                text = f"Picture {one.get('id') or one.get('source')} is invalid"
                code = "item.pictures.invalid"
                self.findings.add(174, code, text, f"item.{field}")
            else:
                rows.append(picture_row(picture))
        return rows

    def _picture(self, told: Record) -> Record | None:
        source = told.get("source")
        if told.get("id"):
            picture = self.shop.pictures.get(str(told["id"]))
        elif isinstance(source, str) and source.startswith(("http://", "https://")):
            picture = self.shop.add_picture(self.site, 1200, 1200)
        else:
            return None
        if picture and max(picture["width"], picture["height"]) < MIN_PICTURE:
            self.findings.add(
                3703,
                "item.pictures.minimum_size",
                f"Picture {picture['id']} is smaller than {MIN_PICTURE} pixels",
                "item.pictures",
                department="pictures",
            )
        return picture


def picture_row(picture: Record) -> Record:
    """A picture as an item shows it."""
    size = f"{picture['width']}x{picture['height']}"
    return {
        "id": picture["id"],
        "url": picture["url"],
        "secure_url": picture["url"],
        "size": size,
        "max_size": size,
        "quality": "",
    }


def has_value(holder: dict[str, Record], name: str) -> bool:
    """Whether an attribute has a value, or does not apply."""
    row = holder.get(name)
    if row is None:
        return False
    return bool(row["value_name"]) or row["value_id"] == NOT_APPLICABLE
