"""Items of the MercadoLibre fake: creating, reading, changing."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox
from sandbox.mercadolibre.selling.testing import Seller, png, upload
from sandbox.testing import Client

VARIATIONS = [
    {
        "attribute_combinations": [{"id": "COLOR", "value_name": color}],
        "available_quantity": count,
        "attributes": [{"id": "SELLER_SKU", "value_name": f"SKU-{color}"}],
    }
    for color, count in (("Azul", 2), ("Verde", 3))
]


def test_user_products(seller: Seller) -> None:
    item = seller.create(attributes={"COLOR": "Azul", "SELLER_SKU": "T-1"})
    assert item["title"] == "Termo de acero Azul"
    assert item["user_product_id"].startswith("MLAU")
    assert (item["status"], item["available_quantity"]) == ("active", 3)
    twin = seller.create(
        attributes={"COLOR": "Azul", "SELLER_SKU": "T-1"},
        listing_type_id="gold_pro",
        available_quantity=7,
    )
    other = seller.create(attributes={"COLOR": "Verde", "SELLER_SKU": "T-2"})
    assert twin["user_product_id"] == item["user_product_id"]
    assert other["user_product_id"] != item["user_product_id"]
    assert other["family_id"] == item["family_id"]
    told = (
        {"COLOR": "Azul", "SELLER_SKU": "T-3"},
        {"COLOR": "Rojo", "SELLER_SKU": "T-1"},
    )
    ids = {seller.create(attributes=one)["user_product_id"] for one in told}
    assert len(ids | {item["user_product_id"], other["user_product_id"]}) == 4
    assert seller.item(item["id"])["available_quantity"] == 7
    colors = {a["id"]: a for a in item["attributes"]}
    assert colors["COLOR"]["value_id"] == "52028"
    assert colors["CAPACITY"]["values"][0]["struct"] == {"number": 1.0, "unit": "L"}


def test_models_refuse_each_others_fields(seller: Seller) -> None:
    refused = seller.call("POST", "/items", seller.body(family_name=None, title="A t"))
    assert refused.json["message"] == "body.required_fields"
    assert "[family_name]" in refused.json["error"]
    refused = seller.call("POST", "/items", seller.body(title="Termo"))
    assert refused.json["error"] == (
        "The fields [title] are invalid for requested call."
    )
    seller.account(remove_tags=["user_product_seller"])
    refused = seller.call("POST", "/items", seller.body())
    assert "[family_name]" in refused.json["error"]
    refused = seller.call("POST", "/items", seller.body(family_name=None))
    assert "[title]" in refused.json["error"]


@pytest.mark.parametrize(
    ("variations", "cause"),
    [
        ([{**VARIATIONS[0], "price": 2000}, VARIATIONS[1]], 150),
        ([VARIATIONS[0], VARIATIONS[0]], 152),
        ([{**VARIATIONS[0], "attribute_combinations": []}], 151),
    ],
)
def test_odd_variations(
    former: Seller, variations: list[dict[str, Any]], cause: int
) -> None:
    told = {"family_name": None, "title": "Termo"}
    assert (cause, "error") in former.causes(**told, variations=variations)


def test_former_model(former: Seller) -> None:
    item = former.create(family_name=None, title="Termo", variations=VARIATIONS)
    assert item["title"] == "Termo" and item["family_name"] is None
    assert item["available_quantity"] == 5
    first, second = item["variations"]
    assert first["attributes"][0]["value_name"] == "SKU-Azul"
    bare = former.client.get(f"/items/{item['id']}").json["variations"][0]
    assert "attributes" not in bare
    path = f"/items/{item['id']}/variations/{first['id']}"
    answer = former.call("PUT", path, {"available_quantity": 0})
    assert answer.json["available_quantity"] == 0
    assert former.item(item["id"])["available_quantity"] == 3
    refused = former.call("PUT", path, {"price": 51000})
    assert refused.json["cause"][0]["code"] == "item.variations.price.different"
    former.call("PUT", f"/items/{item['id']}", {"price": 51000})
    assert {v["price"] for v in former.item(item["id"])["variations"]} == {51000}
    path = f"/items/{item['id']}"
    refused = former.call("PUT", path, {"available_quantity": 4})
    assert refused.json["cause"][0]["code"] == "item.available_quantity.not_modifiable"
    former.call("PUT", path, {"variations": [{"id": second["id"]}]})
    assert [v["id"] for v in former.item(item["id"])["variations"]] == [second["id"]]
    gone = former.call("PUT", f"{path}/variations/{first['id']}", {})
    assert gone.status == 404


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        ({"family_name": "x" * 61}, (370, "error")),
        ({"family_name": "Te"}, (3705, "error")),
        ({"family_name": "Termo consultas al 4444-5555"}, (3300, "error")),
        ({"price": 10}, (109, "error")),
        ({"price": 10**10}, (129, "error")),
        ({"category_id": "MLA5000"}, (126, "error")),
        ({"category_id": "MLA6901"}, (126, "error")),
        ({"category_id": "MLA1"}, (125, "error")),
        ({"pictures": []}, (173, "error")),
        ({"attributes": {"BRAND": None}}, (147, "error")),
        ({"attributes": {"EMPTY_GTIN_REASON": None}}, (7810, "error")),
        ({"attributes": {"CAPACITY": "1 furlong"}}, (142, "error")),
        ({"attributes": {"GTIN": "779"}}, (7710, "error")),
        ({"attributes": {"GTIN": "7791234567890"}}, (7711, "error")),
        ({"attributes": {"GTIN": "2000000000008"}}, (7712, "error")),
        ({"attributes": {"GTIN": "0000000000000"}}, (7714, "error")),
        ({"attributes": {"MODEL": None}}, (3704, "warning")),
        ({"attributes": {"WINGS": "2"}}, (2511, "warning")),
        ({"sale_terms": [{"id": "X", "value_name": "1"}]}, (410, "error")),
        ({"currency_id": "USD"}, (112, "error")),
        ({"available_quantity": -1}, (111, "error")),
    ],
)
def test_causes(seller: Seller, values: dict[str, Any], cause: tuple[int, str]) -> None:
    answer = seller.call("POST", "/items", seller.body(**values))
    if cause[1] == "error":
        assert answer.status == 400
        found = [(one["cause_id"], one["type"]) for one in answer.json["cause"]]
        assert cause in found
        assert seller.causes(**values) == found
    else:
        assert answer.status == 201
        assert [one["cause_id"] for one in answer.json["warnings"]] == [cause[0]]


def test_validation_lists_nothing(seller: Seller) -> None:
    answer = seller.call("POST", "/items/validate", seller.body())
    assert (answer.status, answer.body) == (204, b"")
    assert not seller.client.control("GET", "items")


def test_types_and_unknown_fields(seller: Seller) -> None:
    refused = seller.call("POST", "/items", seller.body(price="12"))
    assert refused.json["message"] == "body.invalid_field_types"
    refused = seller.call("POST", "/items", seller.body(colour="red"))
    assert refused.json["message"] == "body.invalid_fields"


def test_gtin_of_another_product(seller: Seller) -> None:
    told = {"GTIN": "7791234567898", "EMPTY_GTIN_REASON": None}
    seller.create(attributes={**told, "SELLER_SKU": "T-1"})
    assert seller.causes(attributes={**told, "SELLER_SKU": "T-2"}) == [(3701, "error")]
    assert not seller.causes(attributes={**told, "SELLER_SKU": "T-1"})
    known = {"gtin": "7790000000003", "domain": "DRILLS", "brand": "Bosch"}
    seller.client.control("POST", "gtins", known)
    causes = seller.causes(attributes={"GTIN": "7790000000003"})
    assert [one[0] for one in causes] == [3711, 3712]


def test_pictures(seller: Seller) -> None:
    small = upload(seller, png(400, 300)).json["id"]
    assert seller.causes(pictures=[{"id": small}]) == [(3703, "error")]
    assert seller.causes(pictures=[{"id": "nobody"}]) == [(174, "error")]
    assert upload(seller, b"text").status == 400
    assert upload(seller, png(600, 600, 10 * 1024 * 1024)).status == 400
    item = seller.create()
    second = seller.picture()
    path = f"/items/{item['id']}"
    seller.call("PUT", path, {"pictures": [{"id": second}]})
    assert [p["id"] for p in seller.item(item["id"])["pictures"]] == [second]


def test_descriptions(seller: Seller) -> None:
    path = f"/items/{seller.create()['id']}/description"
    assert seller.client.get(path).status == 404
    assert (
        seller.call("PUT", f"{path}?api_version=2", {"plain_text": "a"}).status == 404
    )
    assert seller.call("POST", path, {"plain_text": "<b>a</b>"}).status == 400
    assert seller.call("POST", path, {"plain_text": "One"}).status == 201
    assert seller.call("POST", path, {"plain_text": "Two"}).status == 400
    assert (
        seller.call("PUT", f"{path}?api_version=2", {"plain_text": "2"}).status == 200
    )
    assert seller.client.get(path).json["plain_text"] == "2"


def test_stock_and_pause(seller: Seller) -> None:
    item = seller.create()
    path = f"/items/{item['id']}"

    def put(**values: object) -> tuple[str, list[str]]:
        body = seller.call("PUT", path, values).json
        return body["status"], body["sub_status"]

    assert put(available_quantity=0) == ("paused", ["out_of_stock"])
    assert put(available_quantity=4) == ("active", [])
    assert put(status="paused") == ("paused", ["paused_by_seller"])
    assert put(available_quantity=0) == ("paused", ["paused_by_seller", "out_of_stock"])
    assert put(available_quantity=2) == ("paused", ["paused_by_seller"])
    assert put(status="active") == ("active", [])
    assert put(status="closed") == ("closed", [])
    refused = seller.call("PUT", path, {"available_quantity": 2})
    assert "status:closed" in refused.json["cause"][0]["message"]
    assert seller.call("PUT", path, {"deleted": "true"}).status == 200
    assert seller.client.get(path).status == 404


def test_nothing_in_stock_at_creation(seller: Seller) -> None:
    item = seller.create(available_quantity=0)
    assert (item["status"], item["sub_status"]) == ("paused", ["out_of_stock"])
    seller.client.control("POST", "settings", {"empty_items": False})
    assert seller.causes(available_quantity=0) == [(111, "error")]


def test_changes(seller: Seller) -> None:
    item = seller.seed(family_name="Mate", sold_quantity=2)
    path = f"/items/{item['id']}"
    refused = seller.call("PUT", path, {"family_name": "Mates"})
    assert refused.json["cause"][0]["code"] == "item.family_name.not_modifiable"
    assert seller.call("PUT", path, {"title": "Mates"}).status == 400
    assert seller.call("PUT", path, {"listing_type_id": "gold_pro"}).status == 200
    refused = seller.call("PUT", path, {"listing_type_id": "gold_special"})
    assert refused.json["cause"][0]["code"] == "item.listing_type_id.not_modifiable"
    seller.client.control("POST", "settings", {"conflicts": 1})
    refused = seller.call("PUT", path, {"price": 3000})
    assert refused.status == 409
    assert refused.json["message"] == "item optimistic locking error"
    assert seller.call("PUT", path, {"price": 3000}).json["price"] == 3000
    assert seller.call("PUT", path, {"price": 3}).status == 400
    assert seller.item(item["id"])["price"] == 3000
    seller.client.control("POST", "refuse", {"skus": ["S-1"]})
    seller.client.control(
        "POST",
        f"items/{item['id']}",
        {"attributes": [{"id": "SELLER_SKU", "value_name": "S-1"}]},
    )
    assert (
        seller.call("PUT", path, {"price": 4000}).json["cause"][0]["cause_id"] == 3250
    )


def test_seller_that_may_not_list(seller: Seller) -> None:
    seller.account(list_allow=False, list_codes=["address_pending"])
    refused = seller.call("POST", "/items", seller.body())
    assert refused.status == 403
    assert refused.json["message"] == "seller.unable_to_list"
    assert refused.json["cause"] == ["address_pending"]
    status = seller.client.get("/users/me").json["status"]["list"]
    assert status == {"allow": False, "codes": ["address_pending"]}


def test_others_items(seller: Seller) -> None:
    item = seller.create()
    other = seller.client.sellers["TECNO.ZOLVANDIA"]
    seller.client.act_as(other)
    assert seller.client.get(f"/items/{item['id']}").status == 403
    assert seller.client.get(f"/users/{seller.seller}/items/search").status == 403
    rows = seller.client.get(f"/items/bulk?ids={item['id']},MLA1").json
    assert [row["status_code"] for row in rows] == [403, 404]


def test_others_may_be_readable(seller: Seller) -> None:
    item = seller.seed(sku="S-1", quantity=72)
    seller.client.control("POST", "settings", {"foreign_items": True})
    assert seller.item(item["id"])["available_quantity"] == 72
    seller.client.act_as(seller.client.sellers["TECNO.ZOLVANDIA"])
    found = seller.item(item["id"])
    assert (found["seller_id"], found["available_quantity"]) == (seller.seller, 50)
    assert "SELLER_SKU" not in {one["id"] for one in found["attributes"]}
    rows = seller.client.get(f"/items/bulk?ids={item['id']}").json
    assert rows[0]["body"]["available_quantity"] == 50
    refused = seller.call("PUT", f"/items/{item['id']}", {"price": 3000})
    assert refused.status == 403


def test_items_that_cannot_be_read(seller: Seller) -> None:
    one, two = seller.seed()["id"], seller.seed()["id"]
    seller.client.control("POST", "unreadable", {"items": {one: 451}})
    rows = seller.client.get(f"/items/bulk?ids={one},{two}").json
    assert [row["status_code"] for row in rows] == [451, 200]
    assert seller.client.get(f"/items/{one}").status == 451
    seller.client.control("POST", "unreadable", {})
    assert seller.client.get(f"/items/{one}").status == 200


def test_bulk(seller: Seller) -> None:
    ids = [seller.seed(sku=f"S{n}", quantity=n)["id"] for n in range(1, 21)]
    path = f"/items/bulk?ids={','.join(ids)}"
    rows = seller.client.get(f"{path}&attributes=body.id,body.shipping.mode").json
    assert [row["body"]["id"] for row in rows] == ids
    assert rows[0] == {
        "id": ids[0],
        "status_code": 200,
        "body": {"id": ids[0], "shipping": {"mode": "me2"}},
    }
    assert seller.client.get(f"{path},MLA1").status == 400
    assert seller.client.get(f"/items?ids={ids[0]}").status == 410


def test_the_former_bulk_reading() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=timezone.utc)
    with MercadoLibreSandbox(orders=0, now=before, frozen=True) as running:
        seller = Seller(Client(running))
        item = seller.seed()["id"]
        path = f"/items?ids={item},MLA1"
        rows = seller.client.get(path).json
        assert [(row["code"], row["body"].get("id")) for row in rows] == [
            (200, item),
            (404, None),
        ]
        seller.client.control("POST", "clock", {"advance_seconds": 86400})
        seller.client.act_as(seller.seller)
        assert seller.client.get(path).status == 410


def test_search_and_scan(seller: Seller) -> None:
    rows = [{"sku": f"S{n:04}", "quantity": n % 2} for n in range(1, 1051)]
    made = seller.seed(items=rows)
    path = f"/users/{seller.seller}/items/search"
    get = seller.client.get
    found = get(f"{path}?seller_sku=S0007").json
    assert found["results"] == [made[6]["id"]]
    assert get(f"{path}?status=paused").json["paging"]["total"] == 525
    assert get(f"{path}?status=paused,active").json["paging"]["total"] == 1050
    assert get(f"{path}?limit=101").status == 400
    assert get(f"{path}?offset=950&limit=50").json["results"][-1] == made[999]["id"]
    assert get(f"{path}?offset=951&limit=50").status == 400
    scan = f"{path}?search_type=scan&limit=100"
    seen, page = [], get(scan).json
    while page["results"]:
        seen += page["results"]
        page = get(f"{scan}&scroll_id={page['scroll_id']}").json
    assert seen == [one["id"] for one in made]
    key = get(scan).json["scroll_id"]
    seller.client.control("POST", "clock", {"advance_seconds": 301})
    assert get(f"{scan}&scroll_id={key}").status == 400


def test_what_is_found_by_its_sku(seller: Seller) -> None:
    seller.client.control("POST", "settings", {"search_lag": 60})
    item = seller.seed(sku="A,B c")
    path = f"/users/{seller.seller}/items/search?seller_sku=A%2CB%20c"
    assert not seller.client.get(path).json["results"]
    seller.client.control("POST", "clock", {"advance_seconds": 61})
    assert seller.client.get(path).json["results"] == [item["id"]]
    told = {"attributes": [{"id": "SELLER_SKU", "value_name": "D"}]}
    seller.client.control("POST", f"items/{item['id']}", told)
    assert not seller.client.get(path).json["results"]


def test_values_that_are_kept_as_others(seller: Seller) -> None:
    told = {"MODEL": {"Classic": "CLASSIC"}, "COLOR": {"Azul": None}}
    seller.client.control("POST", "rewrites", {"attributes": told})
    item = seller.create(attributes={"COLOR": "Azul"})
    values = {one["id"]: one["value_name"] for one in item["attributes"]}
    assert values["MODEL"] == "CLASSIC" and "COLOR" not in values
    assert [one["cause_id"] for one in item["warnings"]] == [2511]


def test_condition(seller: Seller) -> None:
    item = seller.create(attributes={"ITEM_CONDITION": "Usado"}, condition=None)
    assert item["condition"] == "used"
    told = {"attributes": [{"id": "ITEM_CONDITION", "value_id": "2230284"}]}
    answer = seller.call("PUT", f"/items/{item['id']}", told)
    assert answer.json["condition"] == "new"


def test_writes_are_told_once(seller: Seller) -> None:
    item = seller.create()
    seller.client.control("GET", "writes")
    seller.call("PUT", f"/items/{item['id']}", {"price": 50000})
    seller.call("PUT", f"/items/{item['id']}", {"price": 5})
    rows = seller.client.control("GET", "writes")
    assert [(row["method"], row["status"]) for row in rows] == [
        ("PUT", 200),
        ("PUT", 400),
    ]
    assert not seller.client.control("GET", "writes")


def test_restart(tmp_path: Path) -> None:
    kept: dict[str, Any] = {"seed": 7, "orders": 0, "frozen": True}
    kept["state_file"] = str(tmp_path / "state.json")
    with MercadoLibreSandbox(**kept) as running:
        seller = Seller(Client(running))
        control = seller.client.control
        sources = [{"source": "https://shop.example.com/1.jpg"}]
        seller.call("POST", "/items", seller.body(price=1, pictures=sources))
        item = seller.create(attributes={"SELLER_SKU": "T-1"})
        seller.call("PUT", f"/items/{item['id']}", {"available_quantity": 2})
        control("POST", f"items/{item['id']}/promotions", {"amount": 20000})
        bought = {"seller_id": seller.seller, "items": [{"item_id": item["id"]}]}
        order = control("POST", "orders", bought)[0]
        control("POST", f"orders/{order['order_id']}", {"status": "cancelled"})
        red = {"attributes": [{"id": "COLOR", "value_name": "Rojo"}], "sku": "V-1"}
        former = seller.seed(title="Silla", variations=[{**red, "quantity": 2}])
        blue = {"attribute_combinations": [{"id": "COLOR", "value_name": "Azul"}]}
        blue["attributes"] = [{"id": "EMPTY_GTIN_REASON", "value_name": "Otra razón"}]
        seller.call("POST", f"/items/{former['id']}/variations", blue)
        control("POST", f"items/{former['id']}/migrate", {})
        seller.account(add_tags=["warehouse_management"], warehouses=[{"id": "1"}])
        product = item["user_product_id"]
        path = f"/user-products/{product}/stock/type/seller_warehouse"
        told = {"locations": [{"store_id": "1", "quantity": 9}]}
        version = seller.client.get(f"/user-products/{product}/stock").headers
        headers = {"x-version": version["x-version"]}
        assert seller.call("PUT", path, told, **headers).status == 200
        before = control("GET", "items"), control("GET", f"user-products/{product}")
        account = seller.client.get("/users/me").json
    with MercadoLibreSandbox(**kept) as running:
        again = Seller(Client(running))
        control = again.client.control
        after = control("GET", "items"), control("GET", f"user-products/{product}")
        assert after == before
        assert again.client.get("/users/me").json == account
