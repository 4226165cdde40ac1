"""Categories, attributes and size charts of the MercadoLibre fake."""

from __future__ import annotations

from typing import Any

from sandbox.mercadolibre.selling.testing import Seller


def test_categories(seller: Seller) -> None:
    get = seller.client.get
    roots = get("/sites/MLA/categories").json
    assert {"id": "MLA5001", "name": "Ropa y Accesorios"} in roots
    parent = get("/categories/MLA5001").json
    assert not parent["settings"]["listing_allowed"]
    assert "MLA6101" in [one["id"] for one in parent["children_categories"]]
    leaf = get("/categories/MLA6101").json
    assert [one["id"] for one in leaf["path_from_root"]] == ["MLA5001", "MLA6101"]
    assert leaf["settings"]["max_title_length"] == 60
    assert get("/categories/MLA6901").json["settings"]["status"] == "disabled"
    assert get("/categories/MLB6101").json["name"] == "Camisetas"
    assert get("/categories/MLA1").status == 404


def test_attributes(seller: Seller) -> None:
    rows = seller.client.get("/categories/MLA6101/attributes").json
    known = {one["id"]: one for one in rows}
    assert known["GENDER"]["value_type"] == "list" and known["GENDER"]["values"]
    assert known["SIZE"]["tags"] == {"required": True, "allow_variations": True}
    assert known["GTIN"]["tags"]["conditional_required"]
    assert known["WEIGHT"]["default_unit"] == "kg"
    path = "/categories/MLA6101/attributes/conditional"
    found = seller.call("POST", path, {"attributes": []}).json
    assert [one["id"] for one in found["required_attributes"]] == ["GTIN"]
    told = {"attributes": [{"id": "EMPTY_GTIN_REASON", "value_name": "Otra razón"}]}
    assert not seller.call("POST", path, told).json["required_attributes"]
    terms = seller.client.get("/categories/MLA6101/sale_terms").json
    assert terms[0]["id"] == "WARRANTY_TYPE"


def test_suggestions(seller: Seller) -> None:
    path = "/sites/MLA/domain_discovery/search"
    rows = seller.client.get(f"{path}?q=Remera%20de%20algod%C3%B3n&limit=3").json
    assert (rows[0]["category_id"], rows[0]["domain_id"]) == ("MLA6101", "MLA-T_SHIRTS")
    rows = seller.client.get(f"{path}?q=cosa").json
    assert rows[0]["category_id"] == "MLA6003"
    assert seller.client.get(f"{path}?q=").status == 400


def shirt(seller: Seller, grid: str, row: str) -> dict[str, Any]:
    attributes = {"MODEL": None, "CAPACITY": None, "GENDER": "Hombre", "SIZE": "M"}
    grids = {"SIZE_GRID_ID": grid, "SIZE_GRID_ROW_ID": row}
    return {"category_id": "MLA6101", "attributes": {**attributes, **grids}}


def test_charts(seller: Seller) -> None:
    told = {"seller_id": seller.seller, "domain_id": "MLA-T_SHIRTS"}
    chart = seller.client.control("POST", "charts", told)
    row = chart["rows"][1]["id"]
    errors = [
        cause
        for cause, kind in seller.causes(**shirt(seller, chart["id"], row))
        if kind == "error"
    ]
    assert not errors
    causes = seller.causes(**shirt(seller, chart["id"], "7:7"))
    assert (2604, "error") in causes
    assert (2604, "error") in seller.causes(**shirt(seller, "7", row))
    body = {"domain_id": "T_SHIRTS", "site_id": "MLA", "seller_id": seller.seller}
    body["attributes"] = [{"id": "GENDER", "values": [{"name": "Hombre"}]}]
    found = seller.call("POST", "/catalog/charts/search", body).json
    assert [one["id"] for one in found["charts"]] == [chart["id"]]
    body["attributes"] = [{"id": "GENDER", "values": [{"name": "Mujer"}]}]
    assert not seller.call("POST", "/catalog/charts/search", body).json["charts"]
    assert seller.client.get(f"/catalog/charts/{chart['id']}").json == chart
