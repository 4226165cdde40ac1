"""Stock of the MercadoLibre fake: places, versions, Full, purchases."""

from __future__ import annotations

import json
from typing import Any

from sandbox.mercadolibre.selling.testing import Seller
from sandbox.testing import Answer

STORES = [{"id": "100", "description": "Norte"}, {"id": "101"}]


def stock(seller: Seller, item: dict[str, Any]) -> Answer:
    return seller.client.get(f"/user-products/{item['user_product_id']}/stock")


def write(
    seller: Seller, item: dict[str, Any], kind: str, body: Any, version: str = ""
) -> Answer:
    headers = {"x-version": version or stock(seller, item).headers["x-version"]}
    path = f"/user-products/{item['user_product_id']}/stock/type/{kind}"
    return seller.call("PUT", path, body, **headers)


def move(seller: Seller, item: dict[str, Any], **values: Any) -> None:
    path = f"user-products/{item['user_product_id']}/stock"
    seller.client.control("POST", path, values)


def buy(seller: Seller, *rows: dict[str, Any], **values: Any) -> list[dict[str, Any]]:
    body = {"seller_id": seller.seller, "items": list(rows), **values}
    orders: list[dict[str, Any]] = seller.client.control("POST", "orders", body)
    return orders


def test_one_place(seller: Seller) -> None:
    item = seller.seed(sku="S-1", family_name="Mate")
    twin = seller.seed(sku="S-1", family_name="Mate", listing_type_id="gold_pro")
    assert twin["user_product_id"] == item["user_product_id"]
    found = stock(seller, item)
    place = {"type": "selling_address", "quantity": 5}
    nowhere = {"store_id": None, "network_node_id": None}
    assert found.json["locations"] == [{**place, **nowhere}]
    seller.client.control("POST", "settings", {"address_store": True})
    named = stock(seller, item).json["locations"][0]
    assert named["store_id"] and named["network_node_id"]
    seller.call("PUT", f"/items/{item['id']}", {"available_quantity": 9})
    assert seller.item(twin["id"])["available_quantity"] == 9
    after = stock(seller, item)
    assert int(after.headers["x-version"]) > int(found.headers["x-version"])
    seller.call("PUT", f"/items/{item['id']}", {"available_quantity": 9})
    assert stock(seller, item).headers["x-version"] == after.headers["x-version"]


def test_versions(seller: Seller) -> None:
    item = seller.seed()
    path = f"/user-products/{item['user_product_id']}/stock/type/selling_address"
    refused = seller.call("PUT", path, {"quantity": 1})
    assert (refused.status, refused.json["message"]) == (
        400,
        "Missing X-Version header",
    )
    old = stock(seller, item).headers["x-version"]
    assert write(seller, item, "selling_address", {"quantity": 3}).status == 204
    refused = write(seller, item, "selling_address", {"quantity": 4}, old)
    assert (refused.status, refused.json["message"]) == (409, "Version mismatch")
    assert seller.item(item["id"])["available_quantity"] == 3
    assert write(seller, item, "meli_facility", {"quantity": 4}).status == 400
    assert write(seller, item, "selling_address", {"quantity": -1}).status == 400
    other = seller.client.sellers["TECNO.ZOLVANDIA"]
    seller.client.act_as(other)
    assert stock(seller, item).status == 403
    assert seller.client.get("/user-products/MLAU1/stock").status == 404


def test_warehouses(seller: Seller) -> None:
    before = seller.seed()
    stores = [*STORES, {"id": "102", "tags": []}]
    seller.account(add_tags=["warehouse_management"], warehouses=stores)
    rows = stock(seller, before).json["locations"]
    assert [(one["store_id"], one["quantity"]) for one in rows] == [("100", 5)]
    path = f"/users/{seller.seller}/stores/search?tags=stock_location"
    found = seller.client.get(path).json
    assert [one["id"] for one in found["results"]] == ["100", "101"]
    refused = seller.call("POST", "/items", seller.body())
    assert "[available_quantity]" in refused.json["error"]
    locations = [{"store_id": "101", "quantity": 4}]
    told = {"available_quantity": None, "stock_locations": locations}
    answer = seller.call("POST", "/items/multiwarehouse", seller.body(**told))
    item = answer.json
    assert (answer.status, item["available_quantity"]) == (201, 4)
    told = {"locations": [{"store_id": "100", "quantity": 2}]}
    answer = write(seller, item, "seller_warehouse", told)
    assert {one["store_id"] for one in answer.json["locations"]} == {"100", "101"}
    assert seller.item(item["id"])["available_quantity"] == 6
    refused = seller.call("PUT", f"/items/{item['id']}", {"available_quantity": 1})
    assert "[available_quantity]" in refused.json["error"]
    assert write(seller, item, "selling_address", {"quantity": 1}).status == 400
    for store, text in (
        ("7", "store not found: 7"),
        ("102", "store is not configured to be a stock location"),
        ("", "store cannot be null or empty"),
    ):
        told = {"locations": [{"store_id": store, "quantity": 2}]}
        answer = write(seller, item, "seller_warehouse", told)
        assert (answer.status, answer.json["message"]) == (400, text)


def test_full(seller: Seller) -> None:
    item = seller.seed(logistic_type="fulfillment", quantity=6)
    refused = seller.call("PUT", f"/items/{item['id']}", {"available_quantity": 1})
    code = refused.json["cause"][0]["code"]
    assert code == "item.available_quantity.not_modifiable"
    assert write(seller, item, "selling_address", {"quantity": 1}).status == 400
    move(seller, item, type="meli_facility", quantity=0)
    assert seller.item(item["id"])["sub_status"] == ["out_of_stock"]
    both = seller.seed(logistic_type="fulfillment", quantity=6, own_quantity=2)
    assert both["available_quantity"] == 8
    assert write(seller, both, "selling_address", {"quantity": 1}).status == 204
    assert seller.item(both["id"])["available_quantity"] == 7
    order = buy(seller, {"item_id": both["id"], "quantity": 6})[0]
    shipment = seller.client.get(
        f"/shipments/{order['shipment_id']}", x_format_new="true"
    ).json
    assert shipment["logistic"]["type"] == "fulfillment"
    rows = {r["type"]: r["quantity"] for r in stock(seller, both).json["locations"]}
    assert rows == {"meli_facility": 0, "selling_address": 1}


def test_full_of_an_account_with_warehouses(seller: Seller) -> None:
    seller.account(add_tags=["warehouse_management"], warehouses=STORES)
    item = seller.seed(logistic_type="fulfillment", quantity=6)
    told = {"locations": [{"store_id": "101", "quantity": 2}]}
    assert write(seller, item, "seller_warehouse", told).status == 400
    both = seller.seed(logistic_type="fulfillment", quantity=6, flex=True)
    assert write(seller, both, "seller_warehouse", told).status == 200


def test_purchases(seller: Seller) -> None:
    item = seller.seed(sku="S-1", quantity=3)
    red = {"attributes": [{"id": "COLOR", "value_name": "Rojo"}], "sku": "V-1"}
    former = seller.seed(title="Silla", variations=[{**red, "quantity": 2}])
    variation = former["variations"][0]
    rows = [
        {"item_id": item["id"], "quantity": 3},
        {"item_id": former["id"], "variation_id": variation["id"]},
    ]
    orders = buy(seller, *rows)
    assert [(o["skus"], o["quantities"]) for o in orders] == [
        (["S-1"], [3]),
        (["V-1"], [1]),
    ]
    assert orders[0]["pack_id"] == orders[1]["pack_id"]
    sold = seller.item(item["id"])
    assert (sold["status"], sold["sub_status"]) == ("paused", ["out_of_stock"])
    assert (sold["sold_quantity"], sold["available_quantity"]) == (3, 0)
    line = seller.client.get(f"/orders/{orders[1]['order_id']}").json["order_items"][0]
    assert line["item"]["variation_id"] == variation["id"]
    assert line["item"]["user_product_id"] == variation["user_product_id"]
    assert line["unit_price"] == 2000
    cancel = {"status": "cancelled"}
    for _turn in range(2):
        seller.client.control("POST", f"orders/{orders[0]['order_id']}", cancel)
        assert seller.item(item["id"])["available_quantity"] == 3
    data = {"seller_id": seller.seller, "items": [{**rows[0], "quantity": 4}]}
    body = json.dumps(data).encode()
    assert seller.client.call("POST", "/_sandbox/orders", body).status == 400


def test_bought_out_of_several_warehouses(seller: Seller) -> None:
    seller.account(add_tags=["warehouse_management"], warehouses=STORES)
    item = seller.seed(quantity=3)
    told = {"locations": [{"store_id": "101", "quantity": 2}]}
    write(seller, item, "seller_warehouse", told)
    buy(seller, {"item_id": item["id"], "quantity": 4})
    rows = stock(seller, item).json["locations"]
    assert sorted(one["quantity"] for one in rows) == [0, 1]


def test_free_listings_have_one(seller: Seller) -> None:
    told = {"listing_type_id": "free"}
    assert (111, "error") in seller.causes(**told, available_quantity=2)
    item = seller.create(**told, available_quantity=1)
    refused = seller.call("PUT", f"/items/{item['id']}", {"available_quantity": 2})
    text = "Item available quantity max. value is 1."
    assert refused.json["cause"][0]["message"] == text
