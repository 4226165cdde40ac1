"""The content of a listing and the body of an item: the one from the other.

Source: developers.mercadolibre.com, "Publish products", "Attributes", "User Products",
"Item description", "Variations".

============== ==============================================================
key            value
============== ==============================================================
``title``      of an item of the former model
``family``     of one of user products, whose title the service writes
``sku``        attribute SELLER_SKU
``barcode``    attribute GTIN, or None
``brand``      attribute BRAND, or None
``category``   id of a category that has no others below it
``description`` HTML; the service keeps its plain text
``images``     checksums, in order; the service's id of a picture that Odoo lacks
``visibility`` ``hidden`` while the seller, or Odoo for him, has paused it
``attributes`` of the category, those of variants included: id → value
``sale_terms`` id → value
``listing_type`` ``gold_special`` …, also of items of the service's own catalogue
``condition``  ``new``, ``used`` …
``shipping``   some of ``mode``, ``free_shipping``, ``local_pick_up``
``closed``     True, alone: the item is to end for good
============== ==============================================================

A value of ``attributes`` and ``sale_terms`` is ``{"value_id", "value_name"}``, of which
one may be absent, or ``{"values": [such values]}``; all text. The id ``-1`` says that
the attribute does not apply. Attributes with a key of their own are not among them, nor
is ITEM_CONDITION.

A key that is absent is not Odoo's: what the item has stays. None, and an attribute that
is not there, say nothing either, unless Odoo put something else there before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.reader import (
    identifier,
    mapping,
    text,
    word,
)
from odoo.addons.channel_base.lib.text import clean
from odoo.addons.channel_catalog.lib.html import html_to_text

from .keys import find_value, read_gtin, read_rows, read_sku, read_words

Block = Mapping[str, Any]
Content = Mapping[str, Any]

# Of the content of a variation, what its whole item has
VARIATION_KEPT = (
    "title",
    "family",
    "description",
    "brand",
    "category",
    "attributes",
    "sale_terms",
    "images",
    "listing_type",
    "condition",
    "shipping",
    "visibility",
)
# Of the content of an item of the service's own catalogue, what the service writes
CATALOG_KEPT = (
    "title",
    "family",
    "description",
    "brand",
    "barcode",
    "category",
    "attributes",
    "images",
    "listing_type",
    "condition",
)
# Attributes that are a key of the content
ATTRIBUTES = {"sku": "SELLER_SKU", "barcode": "GTIN", "brand": "BRAND"}
CONDITIONS = {"new": "2230284", "used": "2230581", "refurbished": "2230582"}
# Of these not even a change is sent: they belong to what was published.
_FIXED = ("listing_type",)
# Of an item that was sold
_FIXED_WHEN_SOLD = ("title", "family", "category", "condition")
_OWN = frozenset({*ATTRIBUTES.values(), "ITEM_CONDITION"})
_FIELDS = {"title": "title", "family": "family_name", "category": "category_id"}
_SHIPPING = ("mode", "free_shipping", "local_pick_up")
_BEFORE_UNIT = re.compile(r"(?<=\d)\s+(?=[^\W\d])")
_ZEROS = re.compile(r"(?<=\d)[.,]0+(?!\d)")


# The content of a listing that a person has closed, and the body that does it
CLOSING = {"closed": True}
CLOSE = {"status": "closed"}


def is_closing(content: Content) -> bool:
    """Whether an item is to end for good."""
    return content.get("closed") is True


def is_hidden(item: Block) -> bool:
    """Whether its seller has paused an item; without stock it pauses by itself, and the
    service pauses some."""
    reasons = read_words(item.get("sub_status"))
    return item.get("status") == "paused" and (
        not reasons or "paused_by_seller" in reasons
    )


def is_settled(item: Block) -> bool:
    """Whether its seller alone says if an item is for sale, and not the service."""
    reasons = read_words(item.get("sub_status")) - {"out_of_stock", "paused_by_seller"}
    status = item.get("status")
    return status == "active" or (status == "paused" and not reasons)


def is_sold(item: Block) -> bool:
    """Whether some of an item was sold."""
    sold = item.get("sold_quantity")
    return isinstance(sold, int) and sold > 0


def read_content(
    item: Block,
    variation: Block | None = None,
    description: str | None = None,
    checksums: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """All that an item, or one of its variations, has of a content.

    :param description: plain text; None if it was not read
    :param checksums: of pictures, by the service's id
    """
    known = checksums or {}
    pictures = [
        identifier(row.get("id"), "pictures.id") for row in read_rows(item, "pictures")
    ]
    found: dict[str, Any] = {
        "sku": read_sku(item, variation) or None,
        "barcode": read_gtin(item, variation) or None,
        "brand": clean(find_value(item, "BRAND")) or None,
        "category": identifier(item.get("category_id"), "category_id") or None,
        "images": [known.get(key, key) for key in pictures if key],
        "attributes": _values(item, "attributes", _OWN),
        "sale_terms": _values(item, "sale_terms", frozenset()),
        "listing_type": word(item.get("listing_type_id"), "listing_type_id"),
        "condition": word(item.get("condition"), "condition") or None,
        "shipping": _read_shipping(item),
        "visibility": "hidden" if is_hidden(item) else "visible",
    }
    if family := text(item.get("family_name"), "family_name"):
        found["family"] = family
    else:
        found["title"] = text(item.get("title"), "title")
    if description is not None:
        found["description"] = description
    return found


def _read_shipping(item: Block) -> dict[str, Any]:
    """How it is sent, as far as its seller decides it."""
    told = mapping(item.get("shipping"), "shipping")
    found = {name: told[name] for name in _SHIPPING if name in told}
    if "mandatory_free_shipping" in read_words(told.get("tags")):
        found.pop("free_shipping", None)
    return found


def _values(item: Block, name: str, without: frozenset[str]) -> dict[str, Any]:
    """Attributes or terms of an item that have a value, by id."""
    found = {}
    for row in read_rows(item, name):
        key = word(row.get("id"), f"{name}.id")
        value = _read_value(row)
        if key and value and key not in without:
            found[key] = value
    return found


def _read_value(row: Block) -> dict[str, Any]:
    rows = row.get("values")
    if isinstance(rows, list) and len(rows) > 1:
        parts = [_pair(one, "id", "name") for one in rows if isinstance(one, dict)]
        return {"values": [part for part in parts if part]}
    return _pair(row, "value_id", "value_name")


def _pair(row: Block, key: str, name: str) -> dict[str, str]:
    pair = {
        "value_id": text(row.get(key), key, 64),
        "value_name": text(row.get(name), name, 2000),
    }
    return {name: value for name, value in pair.items() if value}


def tell(
    taken: Content | None, there: Content, sold: bool = False, settled: bool = True
) -> dict[str, Any]:
    """What an item has, in the words of what it took.

    :param taken: what was put the last time; None tells all that is there
    :param there: of :func:`read_content`
    :param sold: see :func:`is_sold`
    :param settled: whether it is active or paused; else its visibility says nothing
    """
    if taken is None:
        return dict(there)
    told = {}
    for key, ours in taken.items():
        theirs = there.get(key)
        silent = key not in there or (key == "visibility" and not settled)
        same = silent or _is_fixed(key, sold) or is_same(key, ours, theirs)
        told[key] = ours if same else _tell_parts(key, ours, theirs)
    return told


def _tell_parts(key: str, ours: Any, theirs: Any) -> Any:
    """What differs of a value with parts, in words of the parts that were put."""
    if key not in ("attributes", "sale_terms") or not theirs:
        return theirs
    return {
        id_: ours[id_] if is_same_value(ours[id_], theirs[id_]) else theirs[id_]
        for id_ in ours
        if id_ in theirs
    }


def is_same(key: str, ours: Any, theirs: Any) -> bool:
    """Whether a value of an item is in substance the one of a content."""
    if ours is None or ours == []:
        return True
    if key in ("attributes", "sale_terms"):
        return all(is_same_value(ours[id_], (theirs or {}).get(id_)) for id_ in ours)
    if key == "shipping":
        # What is absent is not the seller's to decide.
        known = theirs or {}
        return all(known[name] == ours[name] for name in ours if name in known)
    if key == "description":
        return _lines(html_to_text(ours)) == _lines(theirs)
    if key == "brand":
        return _fold(ours) == _fold(theirs)
    if key in ("title", "family"):
        return clean(ours, 1000) == clean(theirs, 1000)
    return bool(ours == theirs)


def is_same_value(ours: Block, theirs: Block | None) -> bool:
    if theirs is None:
        return False
    if "values" in ours or "values" in theirs:
        mine, others = ours.get("values") or [ours], theirs.get("values") or [theirs]
        return len(mine) == len(others) and all(
            any(is_same_value(one, other) for other in others) for one in mine
        )
    keys = ours.get("value_id"), theirs.get("value_id")
    if all(keys):
        return keys[0] == keys[1]
    return _fold(ours.get("value_name")) == _fold(theirs.get("value_name"))


def _fold(value: Any) -> str:
    """A form in which the spellings of a value are equal: ``10.0 CM`` and ``10 cm``."""
    plain = unicodedata.normalize("NFKC", clean(value, 2000)).casefold()
    return _ZEROS.sub("", _BEFORE_UNIT.sub("", plain))


def _lines(value: Any) -> list[str]:
    lines = (clean(line, 50_000) for line in str(value or "").splitlines())
    return [line for line in lines if line]


def write_new(
    content: Content, pictures: Sequence[str], user_products: bool
) -> dict[str, Any]:
    """The body of a new item, but for its price and stock.

    :param pictures: the service's ids
    """
    name = ("family", "family_name") if user_products else ("title", "title")
    body: dict[str, Any] = {
        name[1]: content.get(name[0]) or content.get("title") or "",
        "category_id": content.get("category"),
        "buying_mode": "buy_it_now",
        "condition": content.get("condition") or "new",
        "listing_type_id": content.get("listing_type"),
        "pictures": [{"id": key} for key in pictures],
        "attributes": write_attributes(content),
        "channels": ["marketplace"],
    }
    if content.get("sale_terms"):
        body["sale_terms"] = _write_values(content["sale_terms"])
    if content.get("shipping"):
        body["shipping"] = dict(content["shipping"])
    return {key: value for key, value in body.items() if value is not None}


def write_attributes(content: Content) -> list[dict[str, Any]]:
    """The attributes of a new item."""
    rows = [
        {"id": id_, "value_name": content[key]}
        for key, id_ in ATTRIBUTES.items()
        if content.get(key)
    ]
    condition = CONDITIONS.get(content.get("condition") or "new")
    if condition:
        rows.append({"id": "ITEM_CONDITION", "value_id": condition})
    return rows + _write_values(content.get("attributes") or {})


def write_changes(
    content: Content,
    there: Content,
    taken: Content | None,
    pictures: Sequence[str],
    sold: bool = False,
) -> dict[str, Any]:
    """The body that makes an item so: what differs, of what may be changed.

    Its description is another call's.

    :param there: of :func:`read_content`
    :param taken: what was put the last time: of it goes what is not wanted any more
    :param pictures: the service's ids of the content's pictures
    """
    before = taken or {}
    changed = {
        key
        for key in content
        if not _is_fixed(key, sold) and is_changed(key, content, there, before)
    }
    body: dict[str, Any] = {
        _FIELDS[key]: content[key] for key in _FIELDS if key in changed and content[key]
    }
    if attributes := _write_changed(content, there, before, changed):
        body["attributes"] = attributes
    if "sale_terms" in changed:
        body["sale_terms"] = _write_values(content["sale_terms"] or {})
    if "shipping" in changed:
        body["shipping"] = {**there["shipping"], **content["shipping"]}
    if "images" in changed and pictures:
        body["pictures"] = [{"id": key} for key in pictures]
    if "condition" in changed:
        body["condition"] = content["condition"]
    if "visibility" in changed:
        body["status"] = "paused" if content["visibility"] == "hidden" else "active"
    return body


def is_changed(
    key: str, content: Content, there: Content, taken: Content | None
) -> bool:
    """Whether an item has something else of a key than it shall have."""
    if key not in content or key not in there:
        return False
    value = content[key]
    return not is_same(key, value, there[key]) or _is_emptied(key, value, taken or {})


def find_unsent(content: Content, there: Content, sold: bool) -> list[Rejected]:
    """What differs and cannot be changed any more."""
    return [
        Rejected("meli_sold", key)
        for key in _FIXED_WHEN_SOLD
        if sold and is_changed(key, content, there, None)
    ]


def _is_fixed(key: str, sold: bool) -> bool:
    """Whether a key cannot be changed."""
    return key in _FIXED or (sold and key in _FIXED_WHEN_SOLD)


def write_variation(content: Content, there: Content) -> dict[str, Any]:
    """The body that makes a variation so: it has codes of its own alone."""
    rows = [
        {"id": ATTRIBUTES[key], "value_name": content[key]}
        for key in ("sku", "barcode")
        if content.get(key) and content[key] != there.get(key)
    ]
    return {"attributes": rows} if rows else {}


def _is_emptied(key: str, value: Any, before: Content) -> bool:
    """Whether there shall be nothing, or less, where Odoo put something before."""
    if key in ("attributes", "sale_terms"):
        return bool(set(before.get(key) or {}) - set(value or {}))
    return not value and bool(before.get(key))


def _write_changed(
    content: Content, there: Content, before: Content, changed: set[str]
) -> list[dict[str, Any]]:
    """Attributes that differ; those that are absent from a body stay."""
    rows: list[dict[str, Any]] = [
        {"id": id_, "value_name": content[key]}
        for key, id_ in ATTRIBUTES.items()
        if key in changed
    ]
    if "condition" in changed and content["condition"] in CONDITIONS:
        value = CONDITIONS[content["condition"]]
        rows.append({"id": "ITEM_CONDITION", "value_id": value})
    if "attributes" not in changed:
        return rows
    wanted, has = content["attributes"] or {}, there["attributes"]
    differing = {
        id_: value
        for id_, value in wanted.items()
        if not is_same_value(value, has.get(id_))
    }
    gone = set(before.get("attributes") or {}) - set(wanted)
    rows += _write_values(differing)
    rows += [
        {"id": id_, "value_id": None, "value_name": None}
        for id_ in sorted(gone)
        if id_ in has
    ]
    return rows


def _write_values(values: Mapping[str, Block]) -> list[dict[str, Any]]:
    return [{"id": id_, **_write_value(value)} for id_, value in values.items()]


def _write_value(value: Block) -> dict[str, Any]:
    if "values" in value:
        rows = [(one.get("value_id"), one.get("value_name")) for one in value["values"]]
        pairs = [{"id": key, "name": name} for key, name in rows]
        return {
            "values": [
                {k: v for k, v in pair.items() if v is not None} for pair in pairs
            ]
        }
    if value.get("value_id") == "-1":
        return {"value_id": "-1", "value_name": None}
    return {key: value[key] for key in ("value_id", "value_name") if value.get(key)}


def write_number(amount: Decimal) -> float | int:
    """An amount as a body has it."""
    whole = amount == amount.to_integral_value()
    return int(amount) if whole else float(amount)


# Parts of a body
