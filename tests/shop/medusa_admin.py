"""The people who work in a Medusa shop: look at it, change it, handle its orders.

Written from Medusa's documentation and what the server answers, never from our client,
so that the tests have a second opinion. Amounts are in units of the currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .caller import Caller
from .medusa_shop import CURRENCY, Article, Keys

# A leading star adds the whole relation to the fields that come by default
ORDER = (
    "+email,+metadata,*items,*shipping_methods,*shipping_address,*customer,"
    "*payment_collections.payments,*fulfillments.labels,*fulfillments.items"
)
VARIANT = "*product,*prices,*inventory_items.inventory.location_levels"


class Admin(Caller):
    """Somebody who may use the Admin API."""

    @classmethod
    def login(cls, url: str, email: str, password: str) -> Admin:
        """A person, by e-mail and password."""
        found = Caller(url).post("/auth/user/emailpass", email=email, password=password)
        return cls(url, Authorization=f"Bearer {found['token']}")

    @classmethod
    def of(cls, keys: Keys) -> Admin:
        """A program, by the shop's secret key."""
        return cls(keys.url, Authorization=f"Basic {keys.secret_key}")

    # Products and stock

    def add_article(self, keys: Keys, article: Article) -> str:
        """A published product with one variant and its stock; the product's id."""
        return self.add_product(keys, article.title, {"": article})

    def add_product(
        self,
        keys: Keys,
        title: str,
        variants: Mapping[str, Article],
        place: bool = True,
    ) -> str:
        """A published product with a variant for each value of its option.

        :param variants: value of the option → what is sold; one of "" has no choice
        :param place: whether its stock is put at the shop's location
        """
        values = [value or "Único" for value in variants]
        made = self.post(
            "/admin/products",
            title=title,
            status="published",
            options=[{"title": "Presentación", "values": values}],
            variants=[
                _variant(value or "Único", article)
                for value, article in variants.items()
            ],
            sales_channels=[{"id": keys.sales_channel_id}],
            shipping_profile_id=keys.shipping_profile_id,
        )
        for article in variants.values() if place else ():
            self.place(keys, article.sku, article.stock)
        return str(made["product"]["id"])

    def products(self) -> list[Any]:
        """All products, drafts included."""
        found: list[Any] = self.get("/admin/products", limit=1000)["products"]
        return found

    def remove_variant(self, product_id: str, variant_id: str) -> None:
        self.delete(f"/admin/products/{product_id}/variants/{variant_id}")

    def variants(self, **query: Any) -> list[Any]:
        """Variants with product, prices and levels."""
        found: list[Any] = self.get(
            "/admin/product-variants", fields=VARIANT, limit=1000, **query
        )["variants"]
        return found

    def variant(self, sku: str) -> Any:
        """The one variant with this SKU."""
        (found,) = self.variants(sku=sku)
        return found

    def item(self, sku: str) -> str:
        """The id of the inventory item with this SKU."""
        (found,) = self.get("/admin/inventory-items", sku=sku)["inventory_items"]
        return str(found["id"])

    def place(self, keys: Keys, sku: str, quantity: int) -> None:
        """Put a first quantity at the shop's location."""
        self.post(
            f"/admin/inventory-items/{self.item(sku)}/location-levels",
            location_id=keys.location_id,
            stocked_quantity=quantity,
        )

    def level(self, keys: Keys, sku: str) -> dict[str, int]:
        """What lies at the shop's location: stocked, reserved, available."""
        path = f"/admin/inventory-items/{self.item(sku)}/location-levels"
        levels = self.get(path, location_id=[keys.location_id])["inventory_levels"]
        (level,) = levels
        names = ("stocked", "reserved", "available")
        return {name: int(level[f"{name}_quantity"]) for name in names}

    def set_level(self, keys: Keys, sku: str, quantity: int) -> None:
        """Count anew what lies at the shop's location."""
        self.post(
            f"/admin/inventory-items/{self.item(sku)}"
            f"/location-levels/{keys.location_id}",
            stocked_quantity=quantity,
        )

    # Orders

    def order(self, order_id: str) -> Any:
        """An order with all that belongs to it."""
        return self.get(f"/admin/orders/{order_id}", fields=ORDER)["order"]

    def orders(self, **query: Any) -> list[Any]:
        found: list[Any] = self.get("/admin/orders", fields=ORDER, **query)["orders"]
        return found

    def capture(self, order_id: str) -> None:
        """Take the authorised money."""
        self.post(f"/admin/payments/{self._payment(order_id)}/capture")

    def refund(self, order_id: str, amount: Decimal) -> None:
        """Give back a part of the captured money."""
        self.post(f"/admin/payments/{self._payment(order_id)}/refund", amount=amount)

    def _payment(self, order_id: str) -> str:
        # An edit that makes the order dearer adds a collection without a payment
        (payment,) = [
            payment
            for collection in self.order(order_id)["payment_collections"]
            for payment in collection["payments"]
        ]
        return str(payment["id"])

    def edit(self, order_id: str, sku: str, quantity: int) -> None:
        """Change the quantity of a line, with the buyer's consent."""
        (line,) = [
            line for line in self.order(order_id)["items"] if line["variant_sku"] == sku
        ]
        path = f"/admin/order-edits/{order_id}"
        self.post("/admin/order-edits", order_id=order_id)
        self.post(f"{path}/items/item/{line['id']}", quantity=quantity)
        self.post(f"{path}/request")
        self.post(f"{path}/confirm")

    def cancel(self, order_id: str) -> None:
        self.post(f"/admin/orders/{order_id}/cancel")

    def fulfil(self, keys: Keys, order_id: str) -> str:
        """Pack everything; the fulfilment's id."""
        lines = _lines(self.order(order_id)["items"])
        order = self.post(
            f"/admin/orders/{order_id}/fulfillments",
            location_id=keys.location_id,
            items=lines,
        )["order"]
        return str(order["fulfillments"][-1]["id"]) if "fulfillments" in order else ""

    def ship(self, order_id: str, fulfilment: str, tracking: str) -> None:
        """Hand a parcel over to the carrier."""
        self.post(
            f"/admin/orders/{order_id}/fulfillments/{fulfilment}/shipments",
            items=_lines(self.order(order_id)["items"]),
            labels=[
                {
                    "tracking_number": tracking,
                    "tracking_url": f"https://example.com/{tracking}",
                    "label_url": "",
                }
            ],
        )


def _variant(value: str, article: Article) -> dict[str, Any]:
    found: dict[str, Any] = {
        "title": value,
        "sku": article.sku,
        "options": {"Presentación": value},
        "manage_inventory": True,
        "allow_backorder": False,
        "prices": [{"currency_code": CURRENCY, "amount": article.price}],
    }
    if article.barcode:
        found["barcode"] = article.barcode
    return found


def _lines(items: list[Any]) -> list[dict[str, Any]]:
    return [{"id": item["id"], "quantity": int(item["quantity"])} for item in items]
