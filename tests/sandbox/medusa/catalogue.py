"""Products, variants and pictures of the shop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .answers import not_found, refuse
from .shop import Shop

Record = dict[str, Any]

PRODUCT_KEYS = {
    "title",
    "description",
    "handle",
    "status",
    "external_id",
    "metadata",
    "weight",
    "images",
    "thumbnail",
    "sales_channels",
    "shipping_profile_id",
}
VARIANT_KEYS = {
    "title",
    "sku",
    "barcode",
    "ean",
    "upc",
    "weight",
    "metadata",
    "prices",
    "options",
    "thumbnail",
    "manage_inventory",
    "allow_backorder",
}
UNIQUE = ("sku", "barcode", "ean", "upc")


class Catalogue:
    """What the Admin API lets a seller do with products."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def variants(self) -> Iterator[Record]:
        for product in self.shop.products.values():
            yield from product["variants"]

    def product(self, key: str) -> Record:
        if key not in self.shop.products:
            raise not_found("Product", key)
        return self.shop.products[key]

    def create(self, body: Record) -> Record:
        """A product; two of one handle are refused, and one without options."""
        check_keys(body, PRODUCT_KEYS | {"options"})
        title = body.get("title") or ""
        if not body.get("options"):
            raise refuse(f"Product options are not provided for: [{title}].")
        handle = body.get("handle") or slug(title)
        self._check_handle(handle, "")
        key = self.shop.key_of("prod")
        product: Record = {
            "id": key,
            "description": None,
            "status": "draft",
            "external_id": None,
            "metadata": None,
            "weight": None,
            "thumbnail": None,
            "created_at": self.shop.now(),
            **body,
            "handle": handle,
            "images": [],
            "sales_channels": [],
            "options": [self._option(one) for one in body["options"]],
            "variants": [],
        }
        self._set_collections(product, body)
        self.shop.products[key] = product
        return product

    def _option(self, one: Record) -> Record:
        return {
            "id": self.shop.key_of("opt"),
            "title": one["title"],
            "values": [self._value(value) for value in one["values"]],
        }

    def _value(self, value: str) -> Record:
        return {"id": self.shop.key_of("optval"), "value": value}

    def _check_handle(self, handle: str, own: str) -> None:
        for other in self.shop.products.values():
            if other["handle"] == handle and other["id"] != own:
                raise refuse(f"Product with handle: {handle}, already exists.")

    def _set_collections(self, product: Record, body: Record) -> None:
        """Pictures and sales channels are replaced as a whole."""
        if "images" in body:
            product["images"] = [
                {"id": image.get("id") or self.shop.key_of("img"), "url": image["url"]}
                for image in body["images"]
            ]
        if "sales_channels" in body:
            wanted = [one["id"] for one in body["sales_channels"]]
            product["sales_channels"] = [self.shop.sales_channels[k] for k in wanted]

    def update(self, key: str, body: Record) -> Record:
        """Change a product; its metadata is merged."""
        check_keys(body, PRODUCT_KEYS)
        product = self.product(key)
        if "handle" in body:
            self._check_handle(body["handle"], key)
        metadata = {**(product["metadata"] or {}), **(body.get("metadata") or {})}
        product.update(body, metadata=metadata)
        self._set_collections(product, body)
        self.shop.announce("product.updated", {"id": key})
        return product

    def link(self, sales_channel: str, body: Record) -> Record:
        """Add products to a sales channel, which keeps its others."""
        found: Record = self.shop.sales_channels[sales_channel]
        for key in body.get("add") or []:
            known = self.product(key)["sales_channels"]
            if found not in known:
                known.append(found)
        return found

    def change_options(self, key: str, body: Record) -> Record:
        product = self.product(key)
        for one in body.get("add") or []:
            product["options"].append(self._option(one))
        for change in body.get("update") or []:
            option = self._find_option(product, change["product_option_id"])
            known = {value["value"] for value in option["values"]}
            option["values"] += [
                self._value(one["value"])
                for one in change.get("add") or []
                if one["value"] not in known
            ]
        return product

    def _find_option(self, product: Record, key: str) -> Record:
        for option in product["options"]:
            if option["id"] == key:
                found: Record = option
                return found
        raise not_found("Product option", key)

    def create_variant(self, key: str, body: Record) -> Record:
        check_keys(body, VARIANT_KEYS)
        product = self.product(key)
        if "prices" not in body:
            raise refuse("Invalid request: Field 'prices' is required")
        self.shop.check_refused(body.get("sku"))
        self._check_unique(body, "")
        variant: Record = {
            "id": self.shop.key_of("variant"),
            "sku": None,
            "barcode": None,
            "ean": None,
            "upc": None,
            "weight": None,
            "metadata": None,
            "thumbnail": None,
            "allow_backorder": False,
            "manage_inventory": True,
            **body,
            "product_id": key,
            "prices": [],
            "inventory_items": [],
            "options": self._choices(product, body.get("options") or {}, ""),
        }
        self._set_prices(variant, body["prices"])
        if variant["manage_inventory"]:
            item = self.shop.key_of("iitem")
            self.shop.items[item] = {"id": item, "sku": variant["sku"]}
            variant["inventory_items"] = [
                {"inventory_item_id": item, "required_quantity": 1}
            ]
        product["variants"].append(variant)
        return product

    def _choices(self, product: Record, chosen: Record, own: str) -> list[Record]:
        titles = [option["title"] for option in product["options"]]
        if len(chosen) != len(titles):
            raise refuse(
                f"Product has {len(titles)} option values but there were "
                f"{len(chosen)} provided option values for the variant"
            )
        found = []
        for option in product["options"]:
            value = chosen.get(option["title"])
            match = next((v for v in option["values"] if v["value"] == value), None)
            if match is None:
                text = f"Option value {value} does not exist for option"
                raise refuse(f"{text} {option['title']}")
            found.append({**match, "option": {"title": option["title"]}})
        taken = {value["id"] for value in found}
        for other in product["variants"]:
            if {v["id"] for v in other["options"]} == taken and other["id"] != own:
                text = f"Variant ({other['title']}) with provided options"
                raise refuse(f"{text} already exists.")
        return found

    def _check_unique(self, body: Record, own: str) -> None:
        for name in UNIQUE:
            for other in self.variants():
                if body.get(name) and other[name] == body[name] and other["id"] != own:
                    text = f"Product variant with {name}: {body[name]}"
                    raise refuse(f"{text}, already exists.")

    def _set_prices(self, variant: Record, prices: list[Record]) -> None:
        """The prices of a variant are replaced as a whole; any currency is taken."""
        variant["prices"] = [
            {"id": self.shop.key_of("price"), "rules": {}, **price} for price in prices
        ]

    def variant(self, key: str, name: str) -> Record:
        for variant in self.product(key)["variants"]:
            if variant["id"] == name:
                found: Record = variant
                return found
        raise not_found("Variant", name)

    def update_variant(self, key: str, name: str, body: Record) -> Record:
        """Change a variant; its metadata and prices are replaced as a whole."""
        check_keys(body, VARIANT_KEYS | {"id"})
        product, variant = self.product(key), self.variant(key, name)
        self.shop.check_refused(variant["sku"], body.get("sku"))
        self._check_unique(body, name)
        values = {k: v for k, v in body.items() if k not in ("options", "prices")}
        if "options" in body:
            variant["options"] = self._choices(product, body["options"], name)
        variant.update(values)
        if "prices" in body:
            self._set_prices(variant, body["prices"])
        return product

    def batch(self, key: str, body: Record) -> Record:
        """Change several variants: all or none."""
        changes = body.get("update") or []
        known = {variant["id"] for variant in self.product(key)["variants"]}
        unknown = [one["id"] for one in changes if one["id"] not in known]
        if unknown:
            text = "Cannot update non-existing variants with ids"
            raise refuse(f"{text}: {', '.join(unknown)}")
        for one in changes:
            self.shop.check_refused(self.variant(key, one["id"])["sku"])
            self._check_unique(one, one["id"])
        for one in changes:
            self.update_variant(key, one["id"], one)
        updated = [self.variant(key, one["id"]) for one in changes]
        return {"created": [], "updated": updated, "deleted": {"ids": []}}


def check_keys(body: Record, known: set[str]) -> None:
    """Bodies are strict."""
    unknown = sorted(body.keys() - known)
    if unknown:
        names = ", ".join(f"'{name}'" for name in unknown)
        raise refuse(f"Invalid request: Unrecognized fields: {names}")


def slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
