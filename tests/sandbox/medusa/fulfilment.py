"""Fulfilments of an order: made, shipped, delivered."""

from __future__ import annotations

from typing import Any

from .answers import not_found, refuse
from .shop import Shop

Record = dict[str, Any]


class Fulfilment:
    """What the Admin API lets a seller do with an order's goods."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def create(self, key: str, body: Record) -> Record:
        order = self.shop.order(key)
        wanted = {one["id"]: one["quantity"] for one in body.get("items") or []}
        held = {one["line_item_id"]: one for one in self.shop.reservations.values()}
        self._check(order, wanted, held)
        items = {item["id"]: item for item in order["items"]}
        for line, quantity in wanted.items():
            place = held[line]["inventory_item_id"], held[line]["location_id"]
            if place in self.shop.levels:
                self.shop.levels[place] -= quantity
            held[line]["quantity"] -= quantity
            if not held[line]["quantity"]:
                del self.shop.reservations[held[line]["id"]]
            items[line]["detail"]["fulfilled_quantity"] += quantity
        moment = self.shop.now()
        order["fulfillments"].append(
            {
                "id": self.shop.key_of("ful"),
                "location_id": body.get("location_id") or "sloc_1",
                "requires_shipping": all(
                    items[line]["requires_shipping"] for line in wanted
                ),
                "metadata": body.get("metadata"),
                "no_notification": body.get("no_notification"),
                "packed_at": moment,
                "shipped_at": None,
                "delivered_at": None,
                "canceled_at": None,
                "updated_at": moment,
                "labels": [],
                "items": [
                    {
                        "line_item_id": line,
                        "quantity": quantity,
                        "sku": items[line]["variant_sku"],
                    }
                    for line, quantity in wanted.items()
                ],
            }
        )
        self._changed(order)
        return order

    def _check(self, order: Record, wanted: dict[str, float], held: Record) -> None:
        """Refuse what the service refuses."""
        if order["status"] == "canceled":
            raise refuse(f"Order with id {order['id']} has been canceled.")
        if not wanted:
            raise refuse("No items to fulfill")
        items = {item["id"]: item for item in order["items"]}
        if wanted.keys() - items.keys():
            raise refuse("Items do not exist in order")
        if len({items[line]["requires_shipping"] for line in wanted}) > 1:
            raise refuse("Fulfillment can only be created for items of one kind")
        for line, quantity in wanted.items():
            if line not in held:
                raise refuse(f"No stock reservation found for item {line}")
            if quantity > held[line]["quantity"]:
                text = "Quantity to fulfill exceeds the reserved quantity for the item"
                raise refuse(f"{text}: {line}")

    def _find(self, key: str, name: str) -> tuple[Record, Record]:
        order = self.shop.order(key)
        for one in order["fulfillments"]:
            if one["id"] == name:
                return order, one
        raise not_found("Fulfillment", name)

    def ship(self, key: str, name: str, body: Record) -> Record:
        order, one = self._find(key, name)
        if one["shipped_at"]:
            raise refuse("Shipment has already been created", "not_allowed")
        one["shipped_at"] = one["updated_at"] = self.shop.now()
        one["labels"] = body.get("labels") or []
        for line in one["items"]:
            self._detail(order, line)["shipped_quantity"] += line["quantity"]
        self._changed(order)
        return order

    def deliver(self, key: str, name: str) -> Record:
        order, one = self._find(key, name)
        if one["delivered_at"]:
            text = "Fulfillment has already been marked delivered"
            raise refuse(text, "not_allowed")
        one["delivered_at"] = one["updated_at"] = self.shop.now()
        for line in one["items"]:
            self._detail(order, line)["delivered_quantity"] += line["quantity"]
        self._changed(order)
        return order

    def _detail(self, order: Record, line: Record) -> Record:
        item = next(i for i in order["items"] if i["id"] == line["line_item_id"])
        found: Record = item["detail"]
        return found

    def _changed(self, order: Record) -> None:
        stages = ("delivered", "shipped", "fulfilled")
        bought = sum(item["quantity"] for item in order["items"])
        for stage in stages:
            done = sum(i["detail"][f"{stage}_quantity"] for i in order["items"])
            if done:
                whole = done >= bought
                order["fulfillment_status"] = stage if whole else f"partially_{stage}"
                break
        self.shop.touch(order)
