"""Who buys in a Medusa shop, through the Store API as a browser does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .caller import Caller
from .medusa_shop import PAYMENTS, Buyer, Keys

BUYER = Buyer()


class Visitor(Caller):
    """Somebody in the shop who has not logged in."""

    def __init__(self, keys: Keys):
        super().__init__(keys.url, x_publishable_api_key=keys.publishable_key)
        self.keys = keys

    def products(self, **query: Any) -> list[Any]:
        """What the shop shows, with prices of its region and what is available."""
        found: list[Any] = self.get(
            "/store/products",
            region_id=self.keys.region_id,
            fields="+metadata,*variants.calculated_price,+variants.inventory_quantity",
            limit=1000,
            **query,
        )["products"]
        return found

    def variants(self) -> dict[str, Any]:
        """SKU → variant, of everything that the shop shows."""
        return {
            variant["sku"]: variant
            for product in self.products()
            for variant in product["variants"]
        }

    def for_sale(self) -> set[str]:
        """SKUs that have a price and of which somebody could buy one now."""
        return {
            sku
            for sku, variant in self.variants().items()
            if variant.get("calculated_price")
            and (variant.get("inventory_quantity") or 0) > 0
        }

    def available(self, sku: str) -> int:
        """How many somebody could buy now."""
        return int(self.variants()[sku]["inventory_quantity"])

    def fill_cart(
        self, quantities: Mapping[str, int], buyer: Buyer | None = None
    ) -> str:
        """A cart that only has to be completed: goods, address, freight, payment."""
        buyer = buyer or Buyer()
        known = self.variants()
        cart = self.post(
            "/store/carts",
            region_id=self.keys.region_id,
            email=buyer.email,
            items=[
                {"variant_id": known[sku]["id"], "quantity": quantity}
                for sku, quantity in quantities.items()
            ],
            shipping_address=buyer.address(),
            metadata={"document": buyer.document},
        )["cart"]["id"]
        options = self.get("/store/shipping-options", cart_id=cart)["shipping_options"]
        self.post(f"/store/carts/{cart}/shipping-methods", option_id=options[0]["id"])
        payment = self.post("/store/payment-collections", cart_id=cart)
        self.post(
            f"/store/payment-collections/{payment['payment_collection']['id']}"
            "/payment-sessions",
            provider_id=PAYMENTS,
        )
        return str(cart)

    def complete(self, cart: str) -> Any:
        """Buy what is in a cart: the order."""
        found = self.post(f"/store/carts/{cart}/complete")
        assert found["type"] == "order", found
        return found["order"]

    def buy(self, quantities: Mapping[str, int], buyer: Buyer = BUYER) -> Any:
        """The order of somebody who buys these quantities (SKU → units)."""
        return self.complete(self.fill_cart(quantities, buyer))
