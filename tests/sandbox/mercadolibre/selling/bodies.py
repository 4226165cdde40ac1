"""Fields of the bodies that the item calls take, and their types."""

from __future__ import annotations

from typing import Any

from .causes import invalid_fields, invalid_types

Record = dict[str, Any]
_NUMBER = (int, float)
#: Type of each field that can be told.
TYPES: dict[str, Any] = {
    "title": str,
    "family_name": str,
    "category_id": str,
    "price": _NUMBER,
    "currency_id": str,
    "available_quantity": int,
    "buying_mode": str,
    "condition": str,
    "listing_type_id": str,
    "sale_terms": list,
    "pictures": list,
    "attributes": list,
    "shipping": dict,
    "channels": list,
    "variations": list,
    "seller_custom_field": (str, type(None)),
    "catalog_product_id": (str, type(None)),
    "catalog_listing": bool,
    "video_id": (str, type(None)),
    "official_store_id": (int, type(None)),
    "description": dict,
    "stock_locations": list,
    "status": str,
    "deleted": (str, bool),
}
CREATION = frozenset(TYPES) - {"status", "deleted"}
#: Fields that an item shows and nobody writes.
FIXED = {"id", "site_id", "seller_id", "user_product_id", "sold_quantity", "tags"}
CHANGE = frozenset(TYPES) - {
    "currency_id",
    "catalog_product_id",
    "catalog_listing",
    "official_store_id",
    "description",
    "stock_locations",
}
REQUIRED = (
    "category_id",
    "price",
    "currency_id",
    "available_quantity",
    "listing_type_id",
)
#: Types of what an attribute or a term of sale tells.
_ATTRIBUTE: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "value_id": (str, int),
    "value_name": (str, int, float),
    "value_struct": (dict,),
}
#: Types of what a variation tells beside its attributes.
_VARIATION: dict[str, tuple[type, ...]] = {
    "id": (int, str),
    "available_quantity": (int,),
    "price": _NUMBER,
    "picture_ids": (list,),
}
_NAMES = {str: "String", int: "Number", list: "Array", dict: "Object", bool: "Boolean"}


def check_fields(values: Record, allowed: frozenset[str]) -> None:
    """Refuse fields that are not taken, then values of another type."""
    unknown = sorted(set(values) - allowed)
    if unknown:
        raise invalid_fields(unknown)
    wrong = []
    for name, value in values.items():
        kind = TYPES[name]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        odd = isinstance(value, bool) and bool not in kinds
        if odd or not isinstance(value, kinds):
            told = type(value).__name__
            expected = _NAMES.get(kinds[0], "String")
            wrong.append(f"[{name}] expected: {expected} but was: {told}")
    for name in ("attributes", "sale_terms"):
        wrong += _odd_rows(name, values.get(name))
    for name in ("pictures", "variations", "stock_locations"):
        if not are_objects(values.get(name)):
            wrong.append(f"[{name}] expected: Array of Object")
    if not wrong:
        for row in values.get("variations") or []:
            wrong += _odd_variation(row)
    if wrong:
        raise invalid_types(wrong)


def are_objects(rows: Any) -> bool:
    """Whether a value is a list of objects, or not told."""
    if rows is None:
        return True
    return isinstance(rows, list) and all(isinstance(one, dict) for one in rows)


def _odd_rows(name: str, rows: Any) -> list[str]:
    """What is odd about the types of attributes or terms of sale."""
    if not are_objects(rows):
        return [f"[{name}] expected: Array of Object"]
    wrong = []
    for row in rows or []:
        wrong += [
            f"[{name}.{key}] expected: {_NAMES[kinds[0]]}"
            for key, kinds in _ATTRIBUTE.items()
            if not isinstance(row.get(key), (*kinds, type(None)))
        ]
        if not are_objects(row.get("values")):
            wrong.append(f"[{name}.values] expected: Array of Object")
    return wrong


def _odd_variation(row: Record) -> list[str]:
    wrong = []
    for name in ("attribute_combinations", "attributes"):
        wrong += _odd_rows(f"variations.{name}", row.get(name))
    for name, kinds in _VARIATION.items():
        value = row.get(name, kinds[0]())
        if isinstance(value, bool) or not isinstance(value, kinds):
            wrong.append(f"[variations.{name}] expected: {_NAMES[kinds[0]]}")
    return wrong


def check_variation(row: Record) -> None:
    """Refuse the body of one variation with values of other types."""
    wrong = _odd_variation(row)
    if wrong:
        raise invalid_types(wrong)
