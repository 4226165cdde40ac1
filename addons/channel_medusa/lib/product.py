"""A product and a variant of the shop in the words of a content, and back.

See ``channel_catalog/lib/contents.py``. Some of a content has no field in Medusa, or
none that could be compared: the brand, our reference, which pictures are whose and in
which order the options were told. That is kept in the record's metadata.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from odoo.addons.channel_base.lib.reader import (
    identifier,
    mapping,
    optional_decimal,
    raw_key,
    required_identifier,
    sequence,
    word,
)
from odoo.addons.channel_base.lib.text import clean, exact, normalise

REFERENCE = "odoo_ref"
_OPTIONS, _IMAGES, _VISIBILITY = "odoo_options", "odoo_images", "odoo_visibility"
PRODUCT_FIELDS = ",".join(
    (
        "id,title,description,status,external_id,handle,metadata,weight,thumbnail",
        "*options,*options.values,*images,*sales_channels",
    )
)
VARIANT_FIELDS = ",".join(
    (
        "id,title,sku,barcode,ean,upc,product_id,weight,metadata,manage_inventory",
        "thumbnail",
        "*options,*options.option,*inventory_items,product.status",
    )
)
# A variant needs an option; that of a product without any
NO_OPTION = "Default option"
NO_VALUE = "Default option value"
# Of a product of the service, which has no limits of its own
MAX_VARIANTS = 2000
_EAN, _UPC = re.compile(r"\d{8}|\d{13}"), re.compile(r"\d{12}")

Block = Mapping[str, Any]


def reference_of(record: Block) -> str:
    """Our reference of a product or variant; empty for one that is not ours."""
    return exact(_metadata(record).get(REFERENCE))


def read_product(product: Block, sales_channel: str) -> dict[str, Any]:
    """A product's content, with all fields that it can have."""
    metadata = _metadata(product)
    there = set(_addresses(product))
    told = _told_images(metadata)
    return {
        "title": clean(product.get("title"), 1000) or None,
        "description": _long(product.get("description")),
        "images": [key for key, url in told.items() if url in there] or None,
        "brand": clean(metadata.get("brand")) or None,
        "options": _read_options(product),
        "visibility": _read_visibility(product, sales_channel),
        "weight": _kilograms(product),
    }


def read_variant(variant: Block) -> dict[str, Any]:
    """A variant's content, with all fields that it can have."""
    metadata = _metadata(variant)
    product = mapping(variant.get("product"), "product")
    is_shown = word(product.get("status"), "status") == "published"
    usual = "visible" if is_shown else "hidden"
    return {
        "product": identifier(variant.get("product_id"), "product_id") or None,
        "title": clean(variant.get("title"), 1000) or None,
        "sku": raw_key(variant.get("sku"), "sku") or None,
        "barcode": raw_key(variant.get("barcode"), "barcode") or None,
        "options": read_choices(variant),
        "visibility": exact(metadata.get(_VISIBILITY)) or usual,
        "weight": _kilograms(variant),
        "images": list(_told_images(metadata)) or None,
    }


def read_choices(variant: Block) -> dict[str, str]:
    """A variant's options: name → value."""
    found = {}
    for index, value in enumerate(sequence(variant.get("options"), "options")):
        path = f"options[{index}]"
        option = mapping(mapping(value, path).get("option"), f"{path}.option")
        name = exact(option.get("title"))
        if name and name != NO_OPTION:
            found[name] = exact(mapping(value, path).get("value"))
    return found


def stock_id(variant: Block) -> str:
    """The inventory item that stock is written to; empty without one."""
    items = sequence(variant.get("inventory_items"), "inventory_items")
    for index, item in enumerate(items):
        path = f"inventory_items[{index}]"
        return identifier(mapping(item, path).get("inventory_item_id"), path)
    return ""


def write_product(
    content: Block, urls: Mapping[str, str], there: Block
) -> dict[str, Any]:
    """The body that makes a product so; what the content does not name is left out.

    :param urls: addresses of the pictures, by checksum
    :param there: the product as it is; empty for a new one
    """
    body: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    if content.get("title"):
        body["title"] = content["title"]
    if "description" in content:
        body["description"] = content["description"]
    if "weight" in content:
        body["weight"] = _grams(content["weight"])
    if "visibility" in content:
        hidden = content["visibility"] == "hidden"
        body["status"] = "draft" if hidden else "published"
    if "brand" in content:
        metadata["brand"] = content["brand"]
    if "options" in content:
        metadata[_OPTIONS] = json.dumps(content["options"])
    if "images" in content:
        body.update(_write_images(urls, there))
        metadata[_IMAGES] = json.dumps(urls)
    return {**body, "metadata": metadata}


def _write_images(urls: Mapping[str, str], there: Block) -> dict[str, Any]:
    """The pictures of a product's body: ours first, and what others added as it is.

    The thumbnail changes only with ours; nothing is said while we have and had none.
    """
    before = set(_told_images(_metadata(there)).values())
    ours = list(dict.fromkeys(url for url in urls.values() if url))
    if not ours and not before:
        return {}
    known = _addresses(there)
    others = [url for url in known if url not in before and url not in ours]
    every = [*ours, *others]
    thumbnail = exact(there.get("thumbnail"), 2000)
    if thumbnail in {"", *before, *ours}:
        thumbnail = next(iter(every), "")
    images = [
        {"id": known[url], "url": url} if known.get(url) else {"url": url}
        for url in every
    ]
    return {"images": images, "thumbnail": thumbnail or None}


def write_variant(
    content: Block, urls: Mapping[str, str], there: Block
) -> dict[str, Any]:
    """The body that makes a variant so; see :func:`write_product`.

    Metadata of a variant is replaced as a whole, so what others keep there is sent
    again.
    """
    body: dict[str, Any] = {}
    metadata = dict(_metadata(there))
    if content.get("title"):
        body["title"] = content["title"]
    if content.get("sku"):
        body["sku"] = content["sku"]
    if "barcode" in content:
        barcode = content["barcode"]
        body["barcode"] = barcode
        body.update(_write_codes(barcode, there))
    if "weight" in content:
        body["weight"] = _grams(content["weight"])
    if "options" in content and content["options"] != read_choices(there):
        body["options"] = content["options"] or {NO_OPTION: NO_VALUE}
    if "visibility" in content:
        metadata[_VISIBILITY] = content["visibility"]
    if "images" in content:
        metadata[_IMAGES] = json.dumps(urls)
        before = _told_images(_metadata(there)).values()
        if there and (urls or exact(there.get("thumbnail"), 2000) in before):
            body["thumbnail"] = next(iter(urls.values()), None)
    return {**body, "metadata": metadata}


def _write_codes(barcode: str | None, there: Block) -> dict[str, Any]:
    """The EAN or UPC that a barcode is; one that the former barcode was goes."""
    former, found = exact(there.get("barcode")), {}
    for name, pattern in (("ean", _EAN), ("upc", _UPC)):
        known = exact(there.get(name))
        if barcode and pattern.fullmatch(barcode):
            found[name] = barcode
        elif known and known == former:
            found[name] = None
    return found


def new_options(content: Block) -> list[dict[str, Any]]:
    """The options of a product that is made."""
    told = content.get("options") or ()
    options = [{"title": one["name"], "values": list(one["values"])} for one in told]
    return options or [{"title": NO_OPTION, "values": [NO_VALUE]}]


def missing_options(content: Block, there: Block) -> dict[str, Any]:
    """What the options of a product lack: the body of a change, or an empty one.

    Nothing is taken out: a variant may have it.
    """
    known: dict[str, tuple[str, set[str]]] = {}
    for index, option in enumerate(sequence(there.get("options"), "options")):
        path = f"options[{index}]"
        block = mapping(option, path)
        values = {
            exact(mapping(value, path).get("value"))
            for value in sequence(block.get("values"), f"{path}.values", MAX_VARIANTS)
        }
        key = required_identifier(block.get("id"), f"{path}.id")
        known[exact(block.get("title"))] = key, values
    add, update = [], []
    for option in content.get("options") or ():
        name, values = option["name"], option["values"]
        if name not in known:
            add.append({"title": name, "values": list(values)})
            continue
        key, there_ = known[name]
        lacking = [{"value": value} for value in values if value not in there_]
        if lacking:
            update.append({"product_option_id": key, "add": lacking})
    return {k: v for k, v in (("add", add), ("update", update)) if v}


def handle(title: str, reference: str) -> str:
    """The end of a product's address: unique, however many have the same title."""
    words = normalise(title).encode("ascii", "ignore").decode().split()
    digest = hashlib.sha256(reference.encode()).hexdigest()[:8]
    return "-".join([*words, digest])[-200:].lstrip("-")


def _metadata(record: Block) -> Block:
    return mapping(record.get("metadata"), "metadata")


def _read_options(product: Block) -> list[dict[str, Any]]:
    """The options as they were told last, if the product still has them all."""
    actual: dict[str, list[str]] = {}
    for index, option in enumerate(sequence(product.get("options"), "options")):
        path = f"options[{index}]"
        block = mapping(option, path)
        name = exact(block.get("title"))
        if name != NO_OPTION:
            actual[name] = [
                exact(mapping(value, path).get("value"))
                for value in sequence(
                    block.get("values"), f"{path}.values", MAX_VARIANTS
                )
            ]
    told = _told(_metadata(product).get(_OPTIONS), list)
    if _has_all(actual, told):
        return told
    return [{"name": name, "values": values} for name, values in actual.items()]


def _has_all(actual: Mapping[str, list[str]], told: list[Any]) -> bool:
    """Whether a product has the options that it was told, and no other."""
    if not all(isinstance(one, dict) for one in told):
        return False
    if not all(isinstance(one.get("name"), str) for one in told):
        return False
    names = {one.get("name"): one.get("values") for one in told}
    return names.keys() == actual.keys() and all(
        isinstance(values, list) and set(map(str, values)) <= set(actual[name])
        for name, values in names.items()
    )


def _read_visibility(product: Block, sales_channel: str) -> str:
    channels = {
        exact(mapping(one, "sales_channels").get("id"))
        for one in sequence(product.get("sales_channels"), "sales_channels", 1000)
    }
    is_linked = not sales_channel or sales_channel in channels
    is_shown = word(product.get("status"), "status") == "published"
    return "visible" if is_linked and is_shown else "hidden"


def _told_images(metadata: Block) -> dict[str, str]:
    """Checksum → address of the pictures that we wrote, as far as it is still that."""
    told = _told(metadata.get(_IMAGES), dict)
    return {key: url for key, url in told.items() if isinstance(url, str) and url}


def _addresses(product: Block) -> dict[str, str]:
    """Address → id of a product's pictures, in their order."""
    rows = sequence(product.get("images"), "images", limit=MAX_VARIANTS)
    blocks = [mapping(row, "images") for row in rows]
    found = {_url(one): identifier(one.get("id"), "images.id") for one in blocks}
    found.pop("", None)
    return found


def _told(value: Any, kind: type) -> Any:
    """What we wrote as JSON into metadata; empty if it is something else by now."""
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, kind) else kind()


def _url(image: Any) -> str:
    return exact(mapping(image, "images").get("url"), 2000)


def _long(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _kilograms(record: Block) -> float | None:
    grams = optional_decimal(record.get("weight"), "weight")
    return round(float(grams) / 1000, 4) if grams else None


def _grams(kilograms: float | None) -> float | None:
    return round(kilograms * 1000, 1) if kilograms else None
