"""What happens behind the back of an application: moderation, migration, others."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from sandbox.http import HttpSandbox, Request, Response
from sandbox.mercadolibre import MercadoLibreSandbox
from sandbox.mercadolibre.selling.testing import Seller
from sandbox.testing import Client

TOPICS = ["items", "items_prices", "stock-location", "user_products", "orders_v2"]
VARIATIONS = [
    {"attributes": [{"id": "COLOR", "value_name": color}], "sku": color, "quantity": n}
    for n, color in enumerate(("Azul", "Verde"), 1)
]


class Listener(HttpSandbox):
    """Where the notifications arrive."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[dict[str, Any]] = []

    def handle(self, request: Request) -> Response:
        self.received.append(json.loads(request.body))
        return Response(200)

    def told(self, count: int) -> set[tuple[str, str]]:
        limit = time.monotonic() + 5
        while len(self.received) < count and time.monotonic() < limit:
            time.sleep(0.01)
        return {(one["topic"], one["resource"]) for one in self.received}


def patch(seller: Seller, item: dict[str, Any], **values: Any) -> Any:
    return seller.client.control("POST", f"items/{item['id']}", values)


def test_notifications(seller: Seller) -> None:
    with Listener() as listener:
        told = {"url": f"{listener.url}/hook", "topics": TOPICS}
        item = seller.seed()
        seller.client.control("POST", "notifications/subscribe", told)
        path, product = f"/items/{item['id']}", item["user_product_id"]
        seller.call("PUT", path, {"price": 2500})
        assert listener.told(2) == {("items", path), ("items_prices", f"{path}/prices")}
        listener.received.clear()
        seller.call("PUT", path, {"available_quantity": 2})
        stock = ("stock-location", f"/user-products/{product}/stock")
        assert stock in listener.told(3)
        listener.received.clear()
        data = {"seller_id": seller.seller, "items": [{"item_id": item["id"]}]}
        seller.client.control("POST", "orders", data)
        assert {"items", "stock-location", "orders_v2"} <= {
            topic for topic, _resource in listener.told(3)
        }


@pytest.mark.parametrize(
    ("status", "sub_status", "change", "refused"),
    [
        ("under_review", ["forbidden"], {"price": 2100}, True),
        ("under_review", ["waiting_for_patch"], {"price": 2100}, False),
        ("under_review", ["waiting_for_patch"], {"status": "active"}, True),
        ("payment_required", [], {"status": "paused"}, True),
        ("payment_required", [], {"available_quantity": 0}, False),
        ("inactive", [], {"status": "active"}, True),
        ("closed", [], {"price": 2100}, True),
        ("paused", ["paused_by_seller"], {"status": "active"}, False),
    ],
)
def test_moderation(
    seller: Seller,
    status: str,
    sub_status: list[str],
    change: dict[str, Any],
    refused: bool,
) -> None:
    item = seller.seed()
    patch(seller, item, status=status, sub_status=sub_status)
    answer = seller.call("PUT", f"/items/{item['id']}", change)
    assert answer.status == (400 if refused else 200)
    if refused:
        assert f"status:{status}" in answer.json["cause"][0]["message"]
    elif "status" not in change:
        assert seller.item(item["id"])["status"] == status


def test_what_is_closed_stays_so(seller: Seller) -> None:
    item = seller.seed()
    patch(seller, item, status="closed")
    body = json.dumps({"status": "active"}).encode()
    answer = seller.client.call("POST", f"/_sandbox/items/{item['id']}", body)
    assert answer.status == 400
    assert seller.item(item["id"])["status"] == "closed"


def test_edited_in_the_services_own_pages(former: Seller) -> None:
    item = former.seed(title="Silla", variations=VARIATIONS)
    one, two = item["variations"]
    rows = [{"id": one["id"], "available_quantity": 7}]
    found = patch(former, item, title="Silla plegable", price=900, variations=rows)
    assert found["title"] == "Silla plegable"
    assert [v["available_quantity"] for v in found["variations"]] == [7, 2]
    assert {v["price"] for v in found["variations"]} == {900}
    path = f"items/{item['id']}/variations/{two['id']}/remove"
    found = former.client.control("POST", path)
    assert [v["id"] for v in found["variations"]] == [one["id"]]
    assert found["available_quantity"] == 7


def test_migration(former: Seller) -> None:
    item = former.seed(title="Silla", variations=VARIATIONS)
    path = f"/items/{item['id']}/migration_live_listing"
    assert former.client.get(path).status == 404
    control = f"items/{item['id']}/migrate"
    former.client.control("POST", control, {"finish": False})
    state = former.client.get(path).json
    assert not state["activation_completed"]
    assert [row["migration_status"] for row in state["new_items"]] == ["pending"] * 2
    assert former.item(item["id"])["status"] == "active"
    former.call(
        "PUT",
        f"/items/{item['id']}/variations/{item['variations'][0]['id']}",
        {"available_quantity": 6},
    )
    former.client.control("POST", control, {})
    state = former.client.get(path).json
    assert state["activation_completed"]
    assert {row["migration_status"] for row in state["new_items"]} == {"created"}
    product = item["variations"][0]["user_product_id"]
    members = former.client.control("GET", f"user-products/{product}")["members"]
    assert members == [[state["new_items"][0]["new_item_id"], None]]
    old = former.item(item["id"])
    assert old["status"] == "closed"
    assert "variations_migration_source" in old["tags"]
    for row, before in zip(state["new_items"], item["variations"], strict=True):
        new = former.item(row["new_item_id"])
        assert row["variation_id"] == before["id"]
        assert new["user_product_id"] == before["user_product_id"]
        assert new["family_name"] == "Silla" and new["status"] == "active"
        assert "variations_migration_uptin" in new["tags"]
        assert not new["variations"]
    first = former.item(state["new_items"][0]["new_item_id"])
    assert first["available_quantity"] == 6
    skus = {one["id"]: one["value_name"] for one in first["attributes"]}
    assert skus["SELLER_SKU"] == "Azul"
    search = f"/users/{former.seller}/items/search?seller_sku=Azul&status=active"
    assert former.client.get(search).json["results"] == [first["id"]]


def test_catalogue_twin(seller: Seller) -> None:
    item = seller.seed(sku="S-1")
    body = {"item_id": item["id"], "catalog_product_id": "MLA15"}
    answer = seller.call("POST", "/items/catalog_listings", body)
    twin = answer.json
    assert answer.status == 201 and twin["catalog_listing"]
    assert twin["user_product_id"] == item["user_product_id"]
    assert twin["item_relations"][0]["id"] == item["id"]
    refused = seller.call("PUT", f"/items/{twin['id']}", {"pictures": []})
    assert refused.json["cause"][0]["code"] == "item.pictures.not_modifiable"
    seller.call("PUT", f"/items/{twin['id']}", {"available_quantity": 1})
    assert seller.item(item["id"])["available_quantity"] == 1


def test_what_user_products_share(seller: Seller) -> None:
    item = seller.seed(sku="S-1", family_name="Mate")
    twin = seller.seed(sku="S-1", family_name="Mate", listing_type_id="gold_pro")
    path = f"/items/{item['id']}"
    color = {"attributes": [{"id": "COLOR", "value_name": "Azul"}]}
    color["attributes"] += [{"id": "EMPTY_GTIN_REASON", "value_name": "Otra razón"}]
    answer = seller.call("PUT", path, {"family_name": "Mate de vidrio", **color})
    assert answer.json["title"] == "Mate de vidrio Azul"
    other = seller.item(twin["id"])
    assert other["title"] == "Mate de vidrio Azul"
    third = seller.seed(
        sku="S-1",
        family_name="Mate de vidrio",
        attributes=[{"id": "COLOR", "value_name": "Azul"}],
    )
    assert third["user_product_id"] == item["user_product_id"]
    product = seller.client.get(f"/user-products/{item['user_product_id']}").json
    assert product["family_id"] == other["family_id"]
    family = f"/sites/MLA/user-products-families/{product['family_id']}"
    assert seller.client.get(family).json["user_products_ids"] == [product["id"]]


def test_a_second_application(seller: Seller) -> None:
    item = seller.seed()
    other = seller.client.info["apps"][1]["client_id"]
    values = {"seller_id": seller.seller, "client_id": other}
    seller.client.pair = seller.client.control("POST", "grant", values)
    seller.call("PUT", f"/items/{item['id']}", {"price": 2222})
    rows = seller.client.control("GET", "writes")
    assert [(r["client_id"], r["body"]) for r in rows] == [(other, {"price": 2222})]


def test_rates_count_by_application_and_seller(seller: Seller) -> None:
    client = seller.client
    client.control("POST", "settings", {"rate_limit": 2})
    path = f"/users/{seller.seller}/items/search"
    answers = [client.get(path) for _turn in range(3)]
    assert [one.status for one in answers] == [200, 200, 429]
    assert answers[-1].body == b""
    values = {"seller_id": seller.seller}
    values["client_id"] = client.info["apps"][1]["client_id"]
    client.pair = client.control("POST", "grant", values)
    assert client.get(path).status == 200
    client.act_as(client.sellers["TECNO.ZOLVANDIA"])
    assert client.get("/users/me").status == 200


def test_switched_on_during_the_day(former: Seller) -> None:
    former.create(family_name=None, title="Termo")
    former.account(add_tags=["user_product_seller"])
    told = {"family_name": None, "title": "Termo"}
    refused = former.call("POST", "/items", former.body(**told))
    assert "[family_name]" in refused.json["error"]
    assert "user_product_seller" in former.client.get("/users/me").json["tags"]


@pytest.mark.parametrize("scenario", ["demo", "sites"])
def test_orders_name_listed_items(scenario: str) -> None:
    with MercadoLibreSandbox(scenario=scenario, orders=90, frozen=True) as running:
        client = Client(running)
        for seller in client.sellers.values():
            client.act_as(seller)
            for row in client.truth():
                order = client.get(f"/orders/{row['order_id']}").json
                line = order["order_items"][0]["item"]
                item = client.get(f"/items/{line['id']}?include_attributes=all").json
                assert item["status"] == "active" and item["title"] == line["title"]
                holder = item
                if line["variation_id"]:
                    holder = item["variations"][0]
                    assert holder["id"] == line["variation_id"]
                product = line["user_product_id"]
                assert holder["user_product_id"] == product
                stock = client.get(f"/user-products/{product}/stock").json
                assert stock["locations"][0]["quantity"] == item["available_quantity"]


def test_nothing_is_listed_in_bench() -> None:
    with MercadoLibreSandbox(scenario="bench", orders=5) as running:
        assert not Client(running).control("GET", "items")
