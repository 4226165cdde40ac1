"""Control API of the selling side: what others do behind the application's back.

What is made or changed here is as if it were done in MercadoLibre's own pages, by
another application or by MercadoLibre itself; it is announced like any change.
"""

from __future__ import annotations

from typing import Any

from ...http import Request, Response, Router, json_response
from ...jsontools import merge_patch
from ..core import Core
from .calls import Calls
from .creation import MULTI_ORIGIN
from .drafts import Draft
from .pricing import lower
from .seeding import seed
from .shop import ADDRESS, FULL, HOME, WAREHOUSE, Item, Shop, settle

Record = dict[str, Any]


class SellingControl:
    """Handlers of ``/_sandbox/items``, ``…/sellers``, ``…/user-products`` …"""

    def __init__(self, core: Core, shop: Shop, router: Router, calls: Calls) -> None:
        self.core = core
        self.shop = shop
        router.add("GET", "/_sandbox/items", self.items)
        router.add("GET", "/_sandbox/items/{id}", self.item)
        router.add("GET", "/_sandbox/user-products/{id}", self.user_product)
        router.add("GET", "/_sandbox/writes", self.writes)
        calls.control("items", self.create)
        calls.control("items/{id}", self.patch)
        calls.control("items/{id}/variations/{variation}/remove", self.remove_variation)
        calls.control("sellers/{id}", self.change_seller)
        calls.control("user-products/{id}/stock", self.change_stock)
        calls.control("refuse", self.refuse)
        calls.control("gtins", self.know_gtin)
        calls.control("unreadable", self.hide)
        calls.control("rewrites", self.rewrite)

    # Reading

    def items(self, request: Request) -> Response:
        """Every item (``?seller_id=``), whole."""
        text = request.query.get("seller_id")
        with self.core.lock:
            rows = [
                whole(item)
                for item in self.shop.items.values()
                if not text or str(item.seller_id) == text
            ]
            return json_response(rows)

    def item(self, request: Request) -> Response:
        """One item, whole."""
        with self.core.lock:
            item = self.shop.items.get(request.params["id"])
            if item is None:
                return json_response({"error": "unknown item"}, 404)
            return json_response(whole(item))

    def user_product(self, request: Request) -> Response:
        """A user product: its items, stock and version."""
        with self.core.lock:
            product = self.shop.user_products.get(request.params["id"])
            if product is None:
                return json_response({"error": "unknown user product"}, 404)
            body = {
                "id": product.id,
                "seller_id": product.seller_id,
                "version": product.version,
                "members": product.members,
                "places": [[*place, n] for place, n in product.places.items()],
            }
            return json_response(body)

    def writes(self, _request: Request) -> Response:
        """Writing calls since this was last asked."""
        with self.core.lock:
            rows, self.shop.writes = self.shop.writes, []
        return json_response(rows)

    # Changing

    def create(self, _params: dict[str, str], values: Record) -> Any:
        """An item, or a list of them in ``items``."""
        shared = {k: v for k, v in values.items() if k != "items"}
        if "items" not in values:
            return whole(seed(self.shop, values))
        return [whole(seed(self.shop, {**shared, **one})) for one in values["items"]]

    def patch(self, params: dict[str, str], patch: Record) -> Record:
        """Merge a patch into an item; stock and status follow each other."""
        item = self.shop.items[params["id"]]
        values = dict(patch)
        if (
            item.body["status"] == "closed"
            and values.get("status", "closed") != "closed"
        ):
            raise ValueError(f"{item.id} is closed for good")
        variations = values.pop("variations", [])
        quantity = values.pop("available_quantity", None)
        attributes = values.pop("attributes", [])
        description = values.pop("description", None)
        price = item.body["price"]
        item.body = merge_patch(item.body, values)
        if "status" in values and "sub_status" not in values:
            item.body["sub_status"] = []
        self._merge_attributes(item, item.body, attributes)
        if description is not None:
            item.description = {**(item.description or {}), "plain_text": description}
        if "price" in values:
            item.body["base_price"] = values["price"]
            for one in item.variations:
                one["price"] = values["price"]
            lower(self.shop, item)
        for row in variations:
            self._patch_variation(item, row)
        settle(item)
        self.shop.put(item)
        if quantity is not None:
            self._stock(item.body["user_product_id"], quantity)
        for row in variations:
            if "available_quantity" in row:
                found = item.variation(row["id"])
                assert found is not None
                self._stock(found["user_product_id"], row["available_quantity"])
        if item.body["price"] != price:
            resource = f"/items/{item.id}/prices"
            self.shop.announce("items_prices", resource, item.seller_id)
        return whole(item)

    def _patch_variation(self, item: Item, row: Record) -> None:
        found = item.variation(row["id"])
        if found is None:
            raise KeyError(row["id"])
        for name, value in row.items():
            if name == "attributes":
                self._merge_attributes(item, found, value)
            elif name not in ("id", "available_quantity"):
                found[name] = value

    def _merge_attributes(self, item: Item, holder: Record, told: list[Record]) -> None:
        draft = Draft(self.shop, item.seller_id, item.body["category_id"])
        kept = {one["id"]: one for one in holder["attributes"]}
        kept.update(draft.attributes(told))
        holder["attributes"] = [
            one for one in kept.values() if one["value_name"] or one["value_id"]
        ]

    def _stock(self, product_id: str, quantity: int) -> None:
        product = self.shop.user_products[product_id]
        place = next((p for p in product.places if p[0] != FULL), HOME)
        if FULL in {p[0] for p in product.places}:
            place = FULL, ""
        self.shop.set_stock(product, {place: int(quantity)})

    def remove_variation(self, params: dict[str, str], _values: Record) -> Record:
        """Remove a variation of an item of the former model."""
        item = self.shop.items[params["id"]]
        found = item.variation(params["variation"])
        if found is None:
            raise KeyError(params["variation"])
        self.shop.leave(found["user_product_id"], item.id, found["id"])
        item.variations.remove(found)
        settle(item)
        self.shop.put(item)
        return whole(item)

    def change_seller(self, params: dict[str, str], values: Record) -> Record:
        """``{add_tags, remove_tags, list_allow, list_codes, warehouses}``."""
        seller = self.core.seller(params["id"])
        account = self.shop.account(seller.id)
        if "warehouses" in values:
            rows = [_store(seller.id, one) for one in values["warehouses"]]
            self.shop.warehouses[seller.id] = rows
        removed = set(values.get("remove_tags") or [])
        tags = [tag for tag in account["tags"] if tag not in removed]
        if MULTI_ORIGIN in (values.get("add_tags") or []):
            self._to_warehouse(seller.id)
        tags += [tag for tag in values.get("add_tags") or [] if tag not in tags]
        account["tags"] = tags
        state = account["status"]["list"]
        if "list_allow" in values:
            state["allow"] = bool(values["list_allow"])
            state["codes"] = []
        if "list_codes" in values:
            state["codes"] = list(values["list_codes"])
        return account

    def _to_warehouse(self, seller_id: int) -> None:
        """What lay at the seller's address lies in the first warehouse from now on."""
        stores = self.shop.warehouses.get(seller_id)
        for product in self.shop.user_products.values():
            if stores and product.seller_id == seller_id and HOME in product.places:
                place = WAREHOUSE, stores[0]["id"]
                product.places[place] = product.places.pop(HOME)
                product.version += 1

    def change_stock(self, params: dict[str, str], values: Record) -> Record:
        """``{type, quantity}`` or ``{type, locations: [{store_id, quantity}]}``: Full
        moves, or somebody counts."""
        product = self.shop.user_products[params["id"]]
        kind = values.get("type", ADDRESS)
        if kind not in (ADDRESS, FULL, WAREHOUSE):
            raise ValueError(f"unknown type: {kind}")
        if "locations" in values:
            places = {
                (kind, str(one.get("store_id") or "")): int(one["quantity"])
                for one in values["locations"]
            }
        else:
            places = {(kind, ""): int(values["quantity"])}
        self.shop.set_stock(product, places)
        return {"id": product.id, "version": product.version}

    def refuse(self, _params: dict[str, str], values: Record) -> Record:
        """``{skus}``: creations and changes of items with these are refused."""
        self.shop.refused = set(values.get("skus") or [])
        return {"skus": sorted(self.shop.refused)}

    def hide(self, _params: dict[str, str], values: Record) -> Record:
        """``{items: {id: status}}``: reading these answers that status instead."""
        told = values.get("items") or {}
        self.shop.unreadable = {str(key): int(status) for key, status in told.items()}
        return dict(self.shop.unreadable)

    def rewrite(self, _params: dict[str, str], values: Record) -> Record:
        """``{attributes: {id: {value: other value, or null}}}``: what is told is kept
        so, or is left out."""
        told = values.get("attributes") or {}
        self.shop.rewrites = {str(key): dict(row) for key, row in told.items()}
        return dict(self.shop.rewrites)

    def know_gtin(self, _params: dict[str, str], values: Record) -> Record:
        """``{gtin, domain?, brand?}``: a product that MercadoLibre knows."""
        known = {"domain": values.get("domain"), "brand": values.get("brand")}
        self.shop.gtins[str(values["gtin"])] = known
        return known


def _store(seller_id: int, told: Record) -> Record:
    """A warehouse: ``{id, description?, network_node_id?, status?, tags?}``."""
    number = str(told["id"])
    return {
        "id": number,
        "user_id": str(seller_id),
        "description": told.get("description") or f"Depósito {number}",
        "status": told.get("status") or "active",
        "location": {"address_line": "Lago Escondido 1450", "city": "Palermo"},
        "tags": told.get("tags", ["stock_location"]),
        "network_node_id": str(told.get("network_node_id") or f"ARP{number}"),
        "services": {"stock_location": ["xd_drop_off"]},
    }


def whole(item: Item) -> Record:
    """An item with all that the fake keeps of it."""
    return {
        **item.body,
        "deleted": item.deleted,
        "description": (item.description or {}).get("plain_text"),
        "automation": item.automation,
        "promotions": item.promotions,
        "migration": item.migration,
    }
