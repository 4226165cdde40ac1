"""Items made in MercadoLibre's own pages: what is not told is filled in, and nothing
is refused."""

from __future__ import annotations

from typing import Any

from ..catalogue import CURRENCY
from .creation import MULTI_ORIGIN, USER_PRODUCTS, Creation
from .drafts import Draft
from .shop import FULL, HOME, SELF_SERVICE, WAREHOUSE, Item, Shop, settle

Record = dict[str, Any]
#: Fields of the control call that are no field of a new item.
_OWN = {
    "seller_id",
    "sku",
    "gtin",
    "quantity",
    "logistic_type",
    "status",
    "sub_status",
    "brand",
    "id",
    "own_quantity",
    "flex",
    "sold_quantity",
    "tags",
    "title",
    "family_name",
    "variations",
    "attributes",
}


class _Seed(Creation):
    """A creation without checks, whose model is told by its name."""

    def __init__(self, shop: Shop, seller_id: int, values: Record) -> None:
        self.shop = shop
        self.seller_id = seller_id
        self.values = values
        self.modern = "family_name" in values
        self.draft = draft = Draft(shop, seller_id, values["category_id"])
        self.attributes = draft.attributes(values.get("attributes"))
        self.variations = [self._variation(v) for v in values.get("variations") or []]
        self.places = {HOME: values["available_quantity"]}
        self.sale_terms = draft.sale_terms(values.get("sale_terms"))
        self.pictures = draft.pictures(values.get("pictures"))
        self.shipping = self._shipping()
        draft.findings.causes.clear()


def seed(shop: Shop, values: Record) -> Item:
    """List ``{seller_id, title|family_name, sku, price, quantity, gtin?, brand?,
    attributes?, variations?: [{attributes, sku, gtin?, quantity}], listing_type_id?,
    catalog_listing?, logistic_type?, flex?, own_quantity?, status?, sub_status?, id?,
    …}``.

    ``flex`` has an item in Full sent from home as well, ``own_quantity`` lies there.

    Without a name of either kind it is one of the seller's model.
    """
    seller = shop.core.seller(values.get("seller_id"))
    number = shop.number()
    name = values.get("family_name") or values.get("title") or f"Item {number}"
    modern = "family_name" in values
    if "title" not in values and not modern and not values.get("variations"):
        modern = shop.has_tag(seller.id, USER_PRODUCTS)
    body: Record = {
        "category_id": f"{seller.site_id}6003",
        "price": 1000,
        "currency_id": CURRENCY[seller.site_id],
        "available_quantity": int(values.get("quantity", 1)),
        "listing_type_id": "gold_special",
        "condition": "new",
        "pictures": [{"id": shop.add_picture(seller.site_id, 1200, 1200)["id"]}],
        **{key: value for key, value in values.items() if key not in _OWN},
        "family_name" if modern else "title": name,
        "attributes": _attributes(values, values.get("brand") or "Genérica"),
        "variations": [_variation(one) for one in values.get("variations") or []],
    }
    creation = _Seed(shop, seller.id, body)
    if values.get("id"):
        creation.number = int(str(values["id"])[3:])
    item = creation.make()
    _finish(shop, item, values)
    return item


def _attributes(values: Record, brand: str | None) -> list[Record]:
    rows = list(values.get("attributes") or [])
    told = {
        "BRAND": brand,
        "SELLER_SKU": values.get("sku"),
        "GTIN": values.get("gtin"),
    }
    return rows + [{"id": k, "value_name": v} for k, v in told.items() if v]


def _variation(values: Record) -> Record:
    return {
        "attribute_combinations": values.get("attributes") or [],
        "attributes": _attributes(
            {"sku": values.get("sku"), "gtin": values.get("gtin")}, None
        ),
        "available_quantity": int(values.get("quantity", 1)),
    }


def _finish(shop: Shop, item: Item, values: Record) -> None:
    """What the seller's pages, sales or MercadoLibre itself made of it."""
    body = item.body
    for name in ("sold_quantity", "tags"):
        if name in values:
            body[name] = values[name]
    if values.get("logistic_type"):
        body["shipping"]["logistic_type"] = values["logistic_type"]
    if item.fulfilled:
        for product in shop.products(item):
            product.places[FULL, ""] = product.places.pop(HOME, 0)
            shop.follow(product)
        if values.get("flex") or "own_quantity" in values:
            body["shipping"]["tags"].append(SELF_SERVICE)
            for product in shop.products(item):
                shop.set_stock(product, {HOME: int(values.get("own_quantity", 0))})
    elif shop.has_tag(item.seller_id, MULTI_ORIGIN):
        stores = shop.warehouses.get(item.seller_id) or []
        for product in shop.products(item) if stores else []:
            place = WAREHOUSE, stores[0]["id"]
            product.places[place] = product.places.pop(HOME, 0)
            shop.follow(product)
    if "status" in values:
        body["status"] = values["status"]
        body["sub_status"] = list(values.get("sub_status") or [])
    elif "sub_status" in values:
        body["sub_status"] = list(values["sub_status"])
    settle(item)
    shop.put(item)
