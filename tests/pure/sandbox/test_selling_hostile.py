"""Bodies nobody expects: the selling side refuses them and goes on."""

from __future__ import annotations

import http.client
from typing import Any

import pytest
from sandbox.mercadolibre.selling.testing import Seller

ODD: list[Any] = [None, True, 0, -1, 10**30, 1.5, "", "x" * 5000, [], {}]
ODD += [[None], [1], [[]], [{}], {"id": 7}, [{"id": 7}], [{"id": {}}], "\u0000", "-1"]
ODD += [[{"id": "BRAND", "value_name": {}}], [{"id": "BRAND", "values": "x"}]]
ODD += [[{"id": "BRAND", "values": [1]}], [{"id": "CAPACITY", "value_struct": 3}]]
ODD += [[{"id": "CAPACITY", "value_struct": {"number": [], "unit": None}}]]
ODD += [[{"id": "SIZE_GRID_ID", "value_name": 5}], [{"source": 5}], {"mode": []}]
ODD += [[{"attribute_combinations": "x"}], [{"attributes": [1], "id": "a"}]]
ODD += [[{"available_quantity": [], "price": {}}], [{"picture_ids": 5}]]
FIELDS = [
    "family_name",
    "title",
    "category_id",
    "price",
    "currency_id",
    "available_quantity",
    "listing_type_id",
    "pictures",
    "attributes",
    "sale_terms",
    "shipping",
    "variations",
    "status",
    "channels",
    "description",
    "seller_custom_field",
    "stock_locations",
]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("model", ["modern", "former"])
def test_odd_fields(seller: Seller, field: str, model: str) -> None:
    if model == "former":
        seller.account(remove_tags=["user_product_seller"])
    names = {"family_name": "Termo"} if model == "modern" else {"title": "Termo"}
    body = seller.body(**{"family_name": None, **names})
    red = [{"attributes": [{"id": "COLOR", "value_name": "Rojo"}], "sku": "A"}]
    item = seller.seed(**names, **({"variations": red} if model == "former" else {}))
    for value in ODD:
        try:
            made = seller.call("POST", "/items", {**body, field: value})
            put = seller.call("PUT", f"/items/{item['id']}", {field: value})
        except (OSError, http.client.HTTPException) as failure:
            raise AssertionError(f"{field}={value!r}") from failure
        assert made.status < 500 and put.status < 500, value
        shown = seller.client.get(f"/items/{item['id']}").json
        if shown["status"] == "closed":
            item = seller.seed(**names)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/items/bulk?ids=,,"),
        ("GET", "/items/bulk?ids=%00,MLA1&attributes=body..x,.,body."),
        ("GET", "/items/{item}?attributes=.,a.b.c,shipping.x.y,pictures.id"),
        ("GET", "/users/{user}/items/search?limit=x"),
        ("GET", "/users/{user}/items/search?offset=-1"),
        ("GET", "/users/{user}/items/search?search_type=scan&scroll_id=zz"),
        ("GET", "/users/{user}/items/search?orders=zz&status=&sku="),
        ("GET", "/users/x/items/search"),
        ("GET", "/sites/XXX/domain_discovery/search?q=termo"),
        ("GET", "/sites/XXX/listing_prices?price=1"),
        ("GET", "/sites/MLA/listing_prices?price=nan"),
        ("GET", "/sites/MLA/user-products-families/x"),
        ("GET", "/users/{user}/shipping_options/free?item_price=1&dimensions=1"),
        ("GET", "/users/{user}/stores/search?offset=x"),
        ("PUT", "/items/{item}/variations/1"),
        ("POST", "/items/{item}/variations"),
        ("POST", "/items/{item}/listing_type"),
        ("POST", "/items/{item}/description"),
        ("POST", "/items/catalog_listings"),
        ("POST", "/catalog/charts/search"),
        ("POST", "/categories/MLA6001/attributes/conditional"),
        ("POST", "/seller-promotions/items/{item}"),
        ("POST", "/pictures/items/upload"),
    ],
)
def test_odd_calls(seller: Seller, method: str, path: str) -> None:
    item = seller.seed()["id"]
    place = path.format(item=item, user=seller.seller)
    bodies: list[Any] = [None]
    if method != "GET":
        keys = ("id", "attributes", "item_id", "variation_id", "plain_text")
        keys += ("deal_price", "start_date", "price", "domain_id", "site_id")
        keys += ("seller_id", "catalog_product_id")
        bodies = [{}, *[dict.fromkeys(keys, value) for value in ODD]]
    for body in bodies:
        assert seller.call(method, place, body).status < 500, body
