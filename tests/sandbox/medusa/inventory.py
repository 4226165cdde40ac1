"""Stock by location, and prices by list."""

from __future__ import annotations

from typing import Any

from .answers import not_found, refuse
from .catalogue import Catalogue
from .shop import Shop

Record = dict[str, Any]


class Inventory:
    """Levels of inventory items; what orders reserve is taken off what is offered."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def show(self, item: Record) -> Record:
        levels = [
            {
                "location_id": place,
                "stocked_quantity": quantity,
                "reserved_quantity": self.shop.reserved(key, place),
            }
            for (key, place), quantity in self.shop.levels.items()
            if key == item["id"]
        ]
        return {**item, "location_levels": levels}

    def batch(self, body: Record) -> Record:
        """All or nothing. A location that does not exist is accepted."""
        create, update = body.get("create") or [], body.get("update") or []
        for one in (*create, *update):
            if one["stocked_quantity"] < 0:
                text = "Value for field 'stocked_quantity' too small"
                raise refuse(f"Invalid request: {text}, expected at least: '0'")
            if one["inventory_item_id"] not in self.shop.items:
                raise not_found("Inventory item", one["inventory_item_id"])
            self.shop.check_refused(self.shop.items[one["inventory_item_id"]]["sku"])
        for one in update:
            if _place(one) not in self.shop.levels:
                text = f"Item {one['inventory_item_id']} is not stocked at location"
                raise refuse(f"{text} {one['location_id']}", "not_found", 404)
        for one in create:
            if _place(one) in self.shop.levels:
                raise refuse("Inventory level already exists.")
        for one in (*create, *update):
            self.shop.levels[_place(one)] = one["stocked_quantity"]
        return {"created": create, "updated": update, "deleted": []}


class PriceLists:
    """Lists of type *sale* or *override*."""

    def __init__(self, shop: Shop, catalogue: Catalogue) -> None:
        self.shop = shop
        self.catalogue = catalogue

    def find(self, key: str) -> Record:
        if key not in self.shop.price_lists:
            raise not_found("Price list", key)
        return self.shop.price_lists[key]

    def create(self, body: Record) -> Record:
        key = self.shop.key_of("plist")
        self.shop.price_lists[key] = {
            "status": "draft",
            "type": "sale",
            "rules": {},
            "metadata": None,
            "starts_at": None,
            "ends_at": None,
            **body,
            "id": key,
            "prices": [],
        }
        self.batch(key, {"create": body.get("prices") or []})
        return self.shop.price_lists[key]

    def update(self, key: str, body: Record) -> Record:
        found = self.find(key)
        found.update(body)
        return found

    def delete(self, key: str) -> Record:
        self.find(key)
        del self.shop.price_lists[key]
        return {"id": key, "object": "price_list", "deleted": True}

    def batch(self, key: str, body: Record) -> Record:
        """All or nothing; another price of the same variant stands beside the first."""
        prices = self.find(key)["prices"]
        create, update = body.get("create") or [], body.get("update") or []
        delete = set(body.get("delete") or [])
        known = {variant["id"] for variant in self.catalogue.variants()}
        for one in (*create, *update):
            if one["variant_id"] not in known:
                raise refuse("Variants with ids do not exist", "not_found", 404)
        missing = {one["id"] for one in update} - {one["id"] for one in prices}
        if missing:
            raise refuse(f"Prices with ids not found: {sorted(missing)}")
        for one in update:
            next(p for p in prices if p["id"] == one["id"]).update(one)
        made = [{"id": self.shop.key_of("price"), **one} for one in create]
        kept = [one for one in prices if one["id"] not in delete]
        self.find(key)["prices"] = [*kept, *made]
        return {"created": made, "updated": update, "deleted": {"ids": sorted(delete)}}

    def show(self, key: str) -> list[Record]:
        return [
            {**price, "price_set": {"variant": {"id": price["variant_id"]}}}
            for price in self.find(key)["prices"]
        ]


def _place(one: Record) -> tuple[str, str]:
    return one["inventory_item_id"], one["location_id"]
