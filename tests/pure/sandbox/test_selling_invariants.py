"""Whatever is done in whatever order, items, user products and indexes agree."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox
from sandbox.mercadolibre.selling.shop import BY_SELLER, OUT_OF_STOCK, Shop
from sandbox.mercadolibre.selling.testing import Seller
from sandbox.testing import Client

STEPS = 250


class Life:
    """Random calls of the API and of the control API."""

    def __init__(self, seller: Seller, shop: Shop, seed: int) -> None:
        self.seller = seller
        self.shop = shop
        self.rng = random.Random(seed)

    def step(self) -> None:
        """One call; what is refused changes nothing."""
        items = list(self.shop.items.values())
        if len(items) < 4 or self.rng.random() < 0.1:
            self.seed()
            return
        item = self.rng.choice(items)
        before = item.body
        call = self.rng.choice((self.put, self.variation, self.patch, self.special))
        status = call(item.id, [one["id"] for one in item.variations])
        if status >= 400:
            assert self.shop.items[item.id].body == before

    def seed(self) -> None:
        sku = f"S-{self.rng.randint(1, 5)}"
        if self.rng.random() < 0.4:
            rows = [
                {
                    "attributes": [{"id": "COLOR", "value_name": color}],
                    "sku": f"{sku}-{color}",
                    "quantity": self.rng.randint(0, 3),
                }
                for color in ("Azul", "Verde")
            ]
            self.seller.seed(title="Silla", variations=rows)
            return
        kind = self.rng.choice(["gold_special", "gold_pro"])
        full = {"logistic_type": "fulfillment"} if self.rng.random() < 0.2 else {}
        told: dict[str, Any] = {"sku": sku, "listing_type_id": kind, **full}
        self.seller.seed(family_name=sku, quantity=self.rng.randint(0, 4), **told)

    def put(self, item_id: str, variations: list[int]) -> int:
        sku = {"id": "SELLER_SKU", "value_name": f"S-{self.rng.randint(1, 5)}"}
        reason = {"id": "EMPTY_GTIN_REASON", "value_name": "Otra razón"}
        values: dict[str, Any] = self.rng.choice(
            [
                {"available_quantity": self.rng.randint(-1, 4)},
                {"price": self.rng.choice([1, 1500, 2500])},
                {"status": self.rng.choice(["active", "paused", "closed", "odd"])},
                {"attributes": [sku, reason]},
                {"variations": [{"id": one} for one in variations[:1]]},
                {"available_quantity": 2, "price": 1},
            ]
        )
        return self.seller.call("PUT", f"/items/{item_id}", values).status

    def variation(self, item_id: str, variations: list[int]) -> int:
        number = self.rng.choice([*variations, 7])
        values = {"available_quantity": self.rng.randint(0, 3)}
        path = f"/items/{item_id}/variations/{number}"
        return self.seller.call("PUT", path, values).status

    def patch(self, item_id: str, _variations: list[int]) -> int:
        values = self.rng.choice(
            [
                {"status": "under_review", "sub_status": ["forbidden"]},
                {"status": "active"},
                {"available_quantity": self.rng.randint(0, 3)},
            ]
        )
        item = self.shop.items[item_id]
        several = "available_quantity" in values and item.variations
        if several or item.body["status"] == "closed":
            return 200
        self.seller.client.control("POST", f"items/{item_id}", values)
        return 200

    def special(self, item_id: str, variations: list[int]) -> int:
        item = self.shop.items[item_id]
        control = self.seller.client.control
        former = item.body["family_name"] is None and item.body["status"] != "closed"
        if former and self.rng.random() < 0.3:
            control("POST", f"items/{item_id}/migrate", {})
        elif item.body["status"] == "active":
            row: dict[str, Any] = {"item_id": item_id}
            if variations:
                row["variation_id"] = self.rng.choice(variations)
                found = item.variation(row["variation_id"])
                assert found
                if not found["available_quantity"]:
                    return 200
            body = {"seller_id": self.seller.seller, "items": [row]}
            control("POST", "orders", body)
        return 200


def check(shop: Shop) -> None:
    """What must hold of all items."""
    skus: dict[str, set[str]] = {}
    for item in shop.items.values():
        body = item.body
        for sku in item.values("SELLER_SKU"):
            skus.setdefault(sku, set()).add(item.id)
        holders = item.variations or [body]
        total = sum(one["available_quantity"] for one in holders)
        assert body["available_quantity"] == total >= 0
        if body["status"] == "closed":
            continue
        for one in holders:
            product = shop.user_products[one["user_product_id"]]
            assert one["available_quantity"] == product.quantity
            number = one["id"] if item.variations else None
            assert (item.id, number) in product.members
        paused = body["status"] == "paused"
        if paused or body["status"] == "active":
            assert (OUT_OF_STOCK in body["sub_status"]) == (not total)
            assert paused == (not total or BY_SELLER in body["sub_status"])
    seller_id = next(iter(shop.items.values())).seller_id
    for sku, ids in skus.items():
        assert {item.id for item in shop.with_sku(seller_id, sku)} == ids


@pytest.mark.parametrize("seed", range(4))
def test_everything_agrees(
    shelf: MercadoLibreSandbox, seller: Seller, seed: int
) -> None:
    shop = shelf.selling.shop
    life = Life(seller, shop, seed)
    for _turn in range(STEPS):
        life.step()
        check(shop)


def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    kept: dict[str, Any] = {"seed": 7, "orders": 0, "frozen": True}
    kept["state_file"] = str(tmp_path / "state.json")
    with MercadoLibreSandbox(**kept) as running:
        life = Life(Seller(Client(running)), running.selling.shop, 99)
        for _turn in range(120):
            life.step()
        items, products = life.shop.items, life.shop.user_products
    with MercadoLibreSandbox(**kept) as running:
        assert running.selling.shop.items == items
        assert running.selling.shop.user_products == products
