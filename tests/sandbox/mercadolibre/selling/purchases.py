"""What buyers do with items: they buy and, sometimes, cancel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..catalogue import Product
from .fees import listing_price
from .pricing import sale_price
from .shop import HOME, Item, Shop

Record = dict[str, Any]


@dataclass
class Bought:
    """One line of a purchase: an item, maybe a variation of it, and how many."""

    item: Item
    variation: Record | None
    quantity: int
    product: Product


class Purchases:
    """Purchases of items: stock goes down, and comes back when one is cancelled."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        #: What each order took: ``(user product, place, quantity)``.
        self._taken: dict[int, list[tuple[str, tuple[str, str], int]]] = {}

    def read(self, seller_id: int, rows: list[Record]) -> list[Bought]:
        """``[{item_id, variation_id?, quantity?}]``; raises ValueError for what
        nobody can buy."""
        found = []
        for row in rows:
            item = self.shop.items[str(row["item_id"])]
            if item.seller_id != seller_id:
                raise ValueError(f"{item.id} is of another seller")
            variation = item.variation(row.get("variation_id"))
            if bool(item.variations) != bool(variation):
                raise ValueError(f"{item.id}: variation_id is missing or unknown")
            quantity = int(row.get("quantity", 1))
            left = (variation or item.body)["available_quantity"]
            if item.body["status"] != "active" or not 0 < quantity <= left:
                status = item.body["status"]
                raise ValueError(f"{item.id} is {status}, {left} are left")
            product = self._product(item, variation)
            found.append(Bought(item, variation, quantity, product))
        return found

    def _product(self, item: Item, variation: Record | None) -> Product:
        holder = variation or item.body
        price = sale_price(item, self.shop.moment)
        return Product(
            sku=item.attribute("SELLER_SKU", holder),
            title=item.body["title"],
            price_cents=round(price * 100),
            iva_rate=None,
            category_id=item.body["category_id"],
            item_id=item.id,
            variation=None,
        )

    def complete(self, order: Record, bought: Bought) -> None:
        """What the order's line says of the item."""
        line, body = order["order_items"][0], bought.item.body
        variation = bought.variation
        rows = variation["attribute_combinations"] if variation else []
        names = ("id", "name", "value_id", "value_name")
        line["item"].update(
            variation_id=variation["id"] if variation else None,
            variation_attributes=[{n: one[n] for n in names} for one in rows],
            seller_sku=bought.product.sku or None,
            user_product_id=(variation or body)["user_product_id"],
            condition=body["condition"],
        )
        kind = line["listing_type_id"] = body["listing_type_id"]
        fee = listing_price(
            body["site_id"], kind, line["unit_price"], body["category_id"]
        )
        line["sale_fee"] = fee["sale_fee_amount"]
        for payment in order["payments"]:
            if payment["marketplace_fee"]:
                total = fee["sale_fee_amount"] * line["quantity"]
                payment["marketplace_fee"] = round(total, 2)

    def take(self, order_id: int, bought: Bought) -> None:
        """Take what was bought off the stock."""
        holder = bought.variation or bought.item.body
        product = self.shop.user_products[holder["user_product_id"]]
        left, taken = bought.quantity, []
        for place in sorted(product.places):
            count = min(left, product.places[place])
            if count > 0:
                taken.append((product.id, place, count))
                left -= count
        self._taken[order_id] = taken
        for item_holder in {id(h): h for h in (holder, bought.item.body)}.values():
            item_holder["sold_quantity"] += bought.quantity
        places = {place: product.places[place] - n for _id, place, n in taken}
        self.shop.set_stock(product, places)

    def give_back(self, order_id: int) -> None:
        """The order was cancelled: what it took can be bought again."""
        if not self.shop.core.settings.cancelled_return:
            return
        for product_id, place, count in self._taken.pop(order_id, []):
            product = self.shop.user_products[product_id]
            there = product.places.get(place, 0)
            self.shop.set_stock(product, {place or HOME: there + count})
