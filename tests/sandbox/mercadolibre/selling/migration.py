"""Moves items of the former model to user products, and lists items in the catalogue.

Source: MercadoLibre developers, Price per variation, Catalogue listing.
"""

from __future__ import annotations

from typing import Any

from ...http import Response, json_response
from ..errors import error
from ..times import stamp
from .calls import Call, Calls
from .creation import make_title
from .drafts import Draft
from .shop import Item, Shop, fresh, settle

Record = dict[str, Any]
SOURCE = "variations_migration_source"
PENDING = "variations_migration_pending"
DONE = "variations_migration_uptin"


class Migration:
    """Handlers of migrations and of catalogue listings."""

    def __init__(self, shop: Shop, calls: Calls) -> None:
        self.shop = shop
        calls.read("GET", "/items/{id}/migration_live_listing", self.state)
        calls.write("POST", "/items/catalog_listings", self.opt_in)
        calls.control("items/{id}/migrate", self.migrate)

    def state(self, call: Call) -> Response:
        """How far the migration of a former item is; 404 without one."""
        item = self.shop.items.get(call.params["id"])
        if item is None or item.seller_id != call.seller_id or not item.migration:
            return error(404, "not_found", "Migration not found")
        return json_response(item.migration)

    def migrate(self, params: dict[str, str], values: Record) -> Record:
        """Move an item to user products; ``{finish: false}`` only begins."""
        item = self.shop.items[params["id"]]
        if item.body["family_name"] is not None or item.body["status"] == "closed":
            raise ValueError("only open items of the former model are migrated")
        if not item.migration:
            self._begin(item)
        if values.get("finish", True):
            self._finish(item)
        assert item.migration
        return item.migration

    def _begin(self, item: Item) -> None:
        now = stamp(self.shop.moment)
        rows = []
        for variation in item.variations or [None]:
            new = self._copy(item, variation)
            number = variation["id"] if variation else None
            row = {"new_item_id": new.id, "variation_id": number}
            rows.append({**row, "migration_status": "pending"})
        item.migration = {
            "item_id": item.id,
            "migration_completed": False,
            "activation_completed": False,
            "date_created": now,
            "last_updated": now,
            "new_items": rows,
        }
        self.shop.put(item)

    def _copy(self, item: Item, variation: Record | None) -> Item:
        """The new item of a variation, or of an item without variations."""
        shop, site = self.shop, item.body["site_id"]
        body = fresh(item.body)
        family = body["title"]
        draft = Draft(shop, item.seller_id, body["category_id"])
        known = {one["id"]: one for one in body["attributes"]}
        if variation:
            rows = [*variation["attribute_combinations"], *variation["attributes"]]
            known.update({one["id"]: fresh(one) for one in rows})
            for name in ("available_quantity", "sold_quantity", "user_product_id"):
                body[name] = variation[name]
        body.update(
            id=f"{site}{shop.number()}",
            family_name=family,
            family_id=shop.family(item.seller_id, family),
            title=make_title(draft, family, known),
            attributes=list(known.values()),
            variations=[],
            status="not_yet_active",
            sub_status=[],
            tags=[*body["tags"], PENDING],
            date_created=stamp(shop.moment),
        )
        new = Item(body, fresh(item.description))
        new.promotions = fresh(item.promotions)
        shop.put(new)
        product = shop.user_products[body["user_product_id"]]
        product.members.append((new.id, None))
        return new

    def _finish(self, item: Item) -> None:
        """The new items are for sale, the former one is not any more."""
        shop = self.shop
        assert item.migration
        item.migration["migration_completed"] = True
        item.migration["activation_completed"] = True
        item.migration["last_updated"] = stamp(shop.moment)
        for row in item.migration["new_items"]:
            row["migration_status"] = "created"
            new = shop.items[row["new_item_id"]]
            tags = [tag for tag in new.body["tags"] if tag != PENDING]
            new.body["tags"] = [*tags, DONE]
            if new.body["status"] == "not_yet_active":
                state = {"status": item.body["status"]}
                state["sub_status"] = list(item.body["sub_status"])
                new.body.update(state)
            settle(new)
            shop.put(new)
            product = shop.user_products[new.body["user_product_id"]]
            shop.leave(product.id, item.id, row["variation_id"])
            resource = f"/user-products/{product.id}"
            shop.announce("user_products", resource, item.seller_id)
        item.body.update(
            status="closed", sub_status=[], tags=[*item.body["tags"], SOURCE]
        )
        shop.put(item)

    def opt_in(self, call: Call) -> Response:
        """``{item_id, catalog_product_id, variation_id?}``: list an item in the
        catalogue as well; both share their stock."""
        shop, told = self.shop, call.body
        item = shop.own(call.seller_id, str(told.get("item_id")))
        if not told.get("catalog_product_id"):
            return error(400, "bad_request", "catalog_product_id is required")
        variation = item.variation(told.get("variation_id"))
        if item.variations and variation is None:
            return error(400, "bad_request", "variation_id is required")
        new = self._copy(item, variation)
        body = new.body
        if item.body["family_name"] is None:
            body.update(family_name=None, family_id=None)
        body["tags"] = [tag for tag in body["tags"] if tag != PENDING]
        state = {"status": "active", "sub_status": []}
        body.update(
            state,
            catalog_listing=True,
            catalog_product_id=told["catalog_product_id"],
            item_relations=[_relation(item.id, variation)],
        )
        item.body["item_relations"] = [
            *item.body["item_relations"],
            {**_relation(new.id, None), "variation_id": (variation or {}).get("id")},
        ]
        item.body["tags"] = [*item.body["tags"], "catalog_boost"]
        settle(new)
        shop.put(new)
        shop.put(item)
        return json_response(body, 201)


def _relation(item_id: str, variation: Record | None) -> Record:
    number = variation["id"] if variation else None
    return {"id": item_id, "variation_id": number, "stock_relation": 1}
