"""Lists the catalogue's products as items of the sellers, as orders name them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from ..accounts import Seller
from ..catalogue import CATALOGUE, Product, listed_by, variation_of
from .gtin import with_check_digit
from .seeding import seed
from .shop import Item, Shop

Record = dict[str, Any]
_DAYS = 120
_COLORS = ("Color", "Cor")


def open_shops(shop: Shop) -> None:
    """List every product of its site for every seller."""
    sold: Counter[str] = Counter()
    for order in shop.core.store.orders.values():
        for line in order.get("order_items") or []:
            sold[line["item"]["id"]] += line["quantity"]
    shop.moment = shop.core.clock.start - timedelta(days=_DAYS)
    for seller in shop.core.store.sellers.values():
        for number, product in enumerate(CATALOGUE[seller.site_id]):
            _list(shop, seller, listed_by(product, seller.id), number, sold)
    shop.moment = shop.core.clock.start


def _list(
    shop: Shop, seller: Seller, product: Product, number: int, sold: Counter[str]
) -> None:
    prefix = "789" if seller.site_id == "MLB" else "779"
    quantity = 8 + number * 7 % 31
    values: Record = {
        "seller_id": seller.id,
        "id": product.item_id,
        "category_id": product.category_id,
        "price": product.price_cents / 100,
        "sold_quantity": sold[product.item_id],
        "listing_type_id": "gold_pro" if number % 3 == 0 else "gold_special",
    }
    facts = {
        "sku": product.sku,
        "gtin": with_check_digit(f"{prefix}{int(product.category_id[3:]):09d}"),
        "quantity": quantity,
    }
    if product.variation:
        name, value = product.variation
        attribute = "COLOR" if name in _COLORS else "SIZE"
        rows = [{"id": attribute, "value_name": value}]
        values["title"] = product.title
        values["variations"] = [{**facts, "attributes": rows}]
    else:
        values |= {**facts, "family_name": product.title}
    _name_as_orders_do(shop, seed(shop, values), product)


def _name_as_orders_do(shop: Shop, item: Item, product: Product) -> None:
    """Numbers of the variation and of the user product."""
    holder = item.variations[0] if item.variations else item.body
    variation = variation_of(product)
    if variation is not None:
        holder["id"] = variation
    found = shop.user_products[holder["user_product_id"]]
    found.members = [(item.id, variation)]
    shop.rename(found, f"{item.body['site_id']}U{item.id[3:]}")
    holder["user_product_id"] = found.id
