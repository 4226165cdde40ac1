"""Prices of the MercadoLibre fake: promotions, automation, fees, freight."""

from __future__ import annotations

from sandbox.mercadolibre.selling.testing import Seller


def test_promotions(seller: Seller) -> None:
    item = seller.seed(price=2000)
    path = f"/items/{item['id']}"
    get = seller.client.get
    assert get(f"{path}/sale_price").json["amount"] == 2000
    told = {"amount": 1500, "type": "DEAL", "id": "C-MLA1"}
    seller.client.control("POST", f"items/{item['id']}/promotions", told)
    found = get(f"{path}/sale_price?context=channel_marketplace").json
    assert (found["amount"], found["regular_amount"]) == (1500, 2000)
    assert found["metadata"] == {"promotion_id": "C-MLA1", "promotion_type": "deal"}
    shown = get(path).json
    assert (shown["price"], shown["original_price"]) == (1500, 2000)
    rows = get(f"{path}/prices").json["prices"]
    assert [(r["type"], r["amount"], r["regular_amount"]) for r in rows] == [
        ("standard", 2000, None),
        ("promotion", 1500, 2000),
    ]
    assert seller.call("PUT", path, {"price": 1600}).json["original_price"] == 1600
    assert get(f"{path}/sale_price").json["amount"] == 1500
    seller.call("PUT", path, {"price": 1500})
    assert get(f"{path}/sale_price").json["regular_amount"] is None
    assert len(get(f"{path}/prices").json["prices"]) == 1


def test_promotions_begin_and_end(seller: Seller) -> None:
    item = seller.seed(price=2000)
    path = f"/items/{item['id']}/sale_price"
    told = {"amount": 1500, "start": "2026-11-22T12:00:00Z"}
    seller.client.control("POST", f"items/{item['id']}/promotions", told)
    assert seller.client.get(path).json["amount"] == 2000
    seller.call("PUT", f"/items/{item['id']}", {"price": 2100})
    promotions = f"/seller-promotions/items/{item['id']}?app_version=v2"
    assert seller.client.get(promotions).json[0]["status"] == "pending"
    seller.client.control("POST", "clock", {"advance_seconds": 86400})
    seller.client.act_as(seller.seller)
    assert seller.client.get(path).json["amount"] == 1500
    assert seller.client.get(promotions).json[0]["status"] == "started"
    seller.client.control("POST", "clock", {"advance_seconds": 8 * 86400})
    seller.client.act_as(seller.seller)
    assert seller.client.get(path).json["amount"] == 2100


def test_discounts_of_the_seller(seller: Seller) -> None:
    item = seller.seed(price=2000)
    path = f"/seller-promotions/items/{item['id']}?app_version=v2"
    body = {"promotion_type": "PRICE_DISCOUNT", "deal_price": 1800}
    body |= {"start_date": "2026-11-21T00:00:00", "finish_date": "2026-11-28T00:00:00"}
    assert seller.call("POST", path, body | {"deal_price": 2500}).status == 400
    assert seller.call("POST", path, body).json["price"] == 1800
    assert seller.item(item["id"])["price"] == 1800
    kind = f"{path}&promotion_type=PRICE_DISCOUNT"
    assert seller.call("DELETE", kind).status == 200
    assert seller.item(item["id"])["price"] == 2000
    assert seller.call("DELETE", kind).status == 404


def test_automation(seller: Seller) -> None:
    item = seller.seed(price=2000)
    path = f"/items/{item['id']}"
    automation = f"/pricing-automation/items/{item['id']}/automation"
    assert seller.client.get(automation).status == 404
    seller.client.control("POST", f"items/{item['id']}/automation", {"on": True})
    assert seller.client.get(automation).json["status"] == "ACTIVE"
    assert "dynamic_standard_price" in seller.item(item["id"])["tags"]
    refused = seller.call("PUT", path, {"price": 3000})
    assert refused.status == 400
    assert refused.json["cause"][0]["code"] == "item.price.not_modifiable"
    both = seller.call("PUT", path, {"price": 3000, "available_quantity": 2})
    assert (both.status, both.json["price"]) == (200, 2000)
    assert both.json["warnings"][0]["code"] == "item.price.not_modifiable"
    paused = {"on": True, "status": "PAUSED"}
    seller.client.control("POST", f"items/{item['id']}/automation", paused)
    assert seller.client.get(automation).json["status"] == "PAUSED"
    assert seller.call("PUT", path, {"price": 2500}).json["price"] == 2500
    seller.client.control("POST", f"items/{item['id']}/automation", {"on": True})
    assert seller.call("PUT", path, {"price": 3000}).status == 400
    assert seller.call("DELETE", automation).status == 204
    assert seller.call("PUT", path, {"price": 3000}).json["price"] == 3000


def test_fees(seller: Seller) -> None:
    path = "/sites/MLA/listing_prices?price=40000&category_id=MLA6001"
    rows = seller.client.get(path).json
    assert [row["listing_type_id"] for row in rows] == [
        "gold_special",
        "gold_pro",
        "free",
    ]
    one = seller.client.get(f"{path}&listing_type_id=gold_special").json
    assert one["sale_fee_amount"] == 5200
    other = path.replace("6001", "6101") + "&listing_type_id=gold_special"
    assert seller.client.get(other).json["sale_fee_amount"] == 6200
    for wrong in ("category_id=MLA1", "category_id=MLB6001", "category_id=MLA5000"):
        found = seller.client.get(f"/sites/MLA/listing_prices?price=9&{wrong}")
        assert found.status == 400
    assert seller.client.get(f"{path}&currency_id=BRL").status == 400
    cheap = seller.client.get(
        "/sites/MLA/listing_prices?price=10000&listing_type_id=gold_special"
    ).json
    assert cheap["sale_fee_details"]["fixed_fee"] == 1115
    assert cheap["sale_fee_amount"] == 1300 + 1115
    assert seller.client.get("/sites/MLA/listing_prices?price=x").status == 400


def test_freight(seller: Seller) -> None:
    path = f"/users/{seller.seller}/shipping_options/free"
    dear = seller.client.get(f"{path}?item_price=50000&dimensions=10x10x10,900").json
    paid = dear["coverage"]["all_country"]
    assert paid["list_cost"] == 2990 and paid["discount"]["rate"] == 0.5
    cheap = seller.client.get(f"{path}?item_price=500").json["coverage"]["all_country"]
    assert cheap["list_cost"] == 0
    item = seller.seed(price=2000, shipping={"free_shipping": True})
    found = seller.client.get(f"{path}?item_id={item['id']}").json
    assert found["coverage"]["all_country"]["list_cost"] == 5980
    assert (
        seller.client.get("/users/1/shipping_options/free?item_price=5").status == 403
    )


def test_purchases_pay_the_promotion(seller: Seller) -> None:
    item = seller.seed(price=2000)
    told = {"amount": 1500}
    seller.client.control("POST", f"items/{item['id']}/promotions", told)
    data = {"seller_id": seller.seller, "items": [{"item_id": item["id"]}]}
    row = seller.client.control("POST", "orders", data)[0]
    assert row["goods_total"] == 1500
