"""Items are published, changed and paused, over HTTP."""

from __future__ import annotations

import pytest

from odoo.addons.channel_base.lib.errors import (
    Retryable,
    Suspended,
    parse_problems,
)
from odoo.addons.channel_outgoing.lib.writer import Written

from tests.pure.channel_mercadolibre.selling import (
    Shelf,
    content,
    refusal,
)


def test_a_new_item_of_user_products(shelf: Shelf) -> None:
    answer = shelf.put("r", content(barcode="7790895000997"))
    (item,) = shelf.items()
    assert isinstance(answer, Written)
    assert answer.external_id == item["id"]
    assert item["family_name"] == "Termo de acero"
    assert item["price"] == 24999.9
    assert item["available_quantity"] == 0
    assert item["description"] == "Hola\n\n- uno\n- dos"
    assert (item["status"], "paused_by_seller" in item["sub_status"]) == (
        "paused",
        True,
    )
    values = {row["id"]: row["value_name"] for row in item["attributes"]}
    assert values["SELLER_SKU"] == "S-1"
    assert values["GTIN"] == "7790895000997"
    assert values["COLOR"] == "Negro"
    assert [p["id"] for p in item["pictures"]] == list(shelf.pictures.ids.values())


def test_a_new_item_of_the_former_model(former: Shelf) -> None:
    former.put("r", content())
    (item,) = former.items()
    assert (item["title"], item["family_name"]) == ("Termo de acero negro", None)
    assert not item["variations"]


@pytest.mark.parametrize("model", ["shelf", "former"])
def test_what_was_put_is_found_as_it_was_put(
    model: str, request: pytest.FixtureRequest
) -> None:
    shelf: Shelf = request.getfixturevalue(model)
    wanted = content(
        attributes={
            "MODEL": {"value_name": "classic"},
            "CAPACITY": {"value_name": "1.0 L"},
            "COLOR": {"value_id": "52049", "value_name": "Otro nombre"},
            "EMPTY_GTIN_REASON": {"value_name": "OTRA RAZÓN"},
            "WEIGHT": {"value_name": "500 g"},
        }
    )
    shelf.put("r", wanted)
    shelf.begin()
    found = shelf.find("r")
    assert found is not None
    assert found.content == wanted
    assert found.details["status"].startswith("paused")
    # Nothing that is right is written again.
    shelf.writes()
    shelf.put("r", wanted)
    assert shelf.writes() == []


def test_only_what_changed_is_sent(shelf: Shelf) -> None:
    shelf.put("r", content())
    shelf.writes()
    for change in (
        {"brand": "Lumilagro"},
        {"attributes": {**content()["attributes"], "MODEL": {"value_name": "Otro"}}},
        {"sale_terms": {"WARRANTY_TIME": {"value_name": "6 meses"}}},
        {"images": ["900x900-b"]},
        {"family": "Termo grande"},
        {"visibility": "visible"},
        {"description": "<p>Otra</p>"},
        {"shipping": {"local_pick_up": True}},
    ):
        wanted = {**(shelf.taken["r"]), **change}
        shelf.begin()
        shelf.find("r")
        shelf.put("r", wanted)
        (write,) = shelf.writes()
        assert write.startswith("PUT "), (change, write)
        shelf.begin()
        found = shelf.find("r")
        assert found is not None and found.content == wanted, change


def test_what_is_not_wanted_any_more_goes(shelf: Shelf) -> None:
    shelf.put("r", content(barcode="7790895000997"))
    wanted = content(
        attributes={
            "MODEL": {"value_name": "Classic"},
            "CAPACITY": {"value_name": "1 L"},
            "EMPTY_GTIN_REASON": {"value_name": "Otra razón"},
        }
    )
    shelf.put("r", wanted)
    values = {row["id"]: row["value_name"] for row in shelf.item("r")["attributes"]}
    assert not values.get("GTIN")
    assert not values.get("COLOR")


def test_what_others_put_there_stays(shelf: Shelf) -> None:
    shelf.put("r", content())
    rows = [{"id": "UNITS_PER_PACK", "value_name": "3"}]
    shelf.edit("r", attributes=rows)
    found = shelf.find("r")
    assert found is not None and found.content == shelf.taken["r"]
    shelf.put("r", content(brand="Bosch"))
    values = {row["id"]: row["value_name"] for row in shelf.item("r")["attributes"]}
    assert values["UNITS_PER_PACK"] == "3"


def test_what_somebody_changed_there_is_found(shelf: Shelf) -> None:
    shelf.put("r", content())
    shelf.edit("r", family_name="De ellos", description="Otra")
    shelf.edit("r", status="active", sub_status=[])
    found = shelf.find("r")
    assert found is not None
    differing = {k for k, v in found.content.items() if v != shelf.taken["r"][k]}
    assert differing == {"family", "description", "visibility"}


# Lost answers


def test_a_creation_that_was_not_recorded_is_found(shelf: Shelf) -> None:
    fault = {"match": r"POST /items$", "kind": "drop", "processed": True, "times": 1}
    shelf.account.fault(**fault)
    assert isinstance(shelf.put("r", content()), Retryable)
    shelf.begin()
    shelf.writes()
    answer = shelf.put("r", content())
    (item,) = shelf.items()
    assert isinstance(answer, Written) and answer.external_id == item["id"]
    assert item["description"].startswith("Hola")
    assert "paused_by_seller" in item["sub_status"]
    assert len(shelf.writes()) == 2


def test_only_an_item_of_ours_is_found(shelf: Shelf) -> None:
    """Another type, a twin of the catalogue, a closed one, one that is linked."""
    others = [
        shelf.seed(family_name="x", sku="S-1", listing_type_id="gold_pro"),
        shelf.seed(family_name="y", sku="S-1", catalog_listing=True),
        shelf.seed(family_name="z", sku="S-1", status="closed"),
        shelf.seed(family_name="w", sku="S-1"),
    ]
    shelf.opening.linked = {others[-1]["id"]}
    answer = shelf.put("r", content())
    assert isinstance(answer, Written)
    assert answer.external_id not in {one["id"] for one in others}


def test_a_premium_listing_leaves_the_classic_one_its_stock(shelf: Shelf) -> None:
    shelf.put("classic", content(visibility="visible"))
    shelf.edit("classic", available_quantity=7)
    shelf.opening.linked = {str(shelf.ids["classic"])}
    shelf.put("premium", content(listing_type="gold_pro"))
    classic, premium = shelf.item("classic"), shelf.item("premium")
    assert classic["user_product_id"] == premium["user_product_id"]
    assert (classic["status"], classic["available_quantity"]) == ("active", 7)
    assert "paused_by_seller" in premium["sub_status"]


def test_a_service_that_demands_stock_sells_none(shelf: Shelf) -> None:
    shelf.control("settings", {"empty_items": False})
    try:
        answers = shelf.put_all({f"r{n}": content(f"S-{n}") for n in range(3)})
    finally:
        shelf.control("settings", {"empty_items": True})
    assert all(isinstance(one, Written) for one in answers.values()), answers
    assert {item["available_quantity"] for item in shelf.items()} == {0}
    assert {item["status"] for item in shelf.items()} == {"paused"}


def test_an_account_with_several_warehouses(shelf: Shelf) -> None:
    seller = f"sellers/{shelf.account.seller_id}"
    stores = [{"id": "100"}, {"id": "101"}]
    tags = {"add_tags": ["warehouse_management"]}
    try:
        shelf.control(seller, {**tags, "warehouses": []})
        # The channel does not know of it yet.
        assert refusal(shelf.put("x", content())) == [("meli_no_warehouse", None)]
        shelf.control(seller, {"warehouses": stores})
        answer = shelf.put("classic", content(visibility="visible"))
        assert isinstance(answer, Written), answer
        assert shelf.noted[-1].multi_origin
        classic = shelf.item("classic")
        assert (classic["status"], classic["available_quantity"]) == ("paused", 0)
        places = [
            {"store_id": one["id"], "quantity": n} for n, one in enumerate(stores, 3)
        ]
        shelf.control(
            f"user-products/{classic['user_product_id']}/stock",
            {"type": "seller_warehouse", "locations": places},
        )
        shelf.opening.linked = {classic["id"]}
        shelf.put("premium", content(listing_type="gold_pro"))
        classic = shelf.item("classic")
        assert classic["user_product_id"] == shelf.item("premium")["user_product_id"]
        assert (classic["status"], classic["available_quantity"]) == ("active", 7)
    finally:
        shelf.control(seller, {"remove_tags": ["warehouse_management"]})


def test_a_description_that_is_refused_leaves_the_item_known(shelf: Shelf) -> None:
    answer = shelf.put("r", content(description=f"<p>{'x' * 60_000}</p>"))
    assert isinstance(answer, Written)
    ((code, params),) = parse_problems(answer.details["warnings"])
    assert (code, params["field"]) == ("meli_says", "description")


# The account


def test_user_products_are_switched_on_in_the_middle_of_the_day(
    former: Shelf,
) -> None:
    former.set_model(user_products=True)
    answers = former.put_all({f"r{n}": content(f"S-{n}") for n in range(5)})
    assert all(isinstance(one, Written) for one in answers.values()), answers
    assert all(item["family_name"] for item in former.items())
    assert [seller.user_products for seller in former.noted] == [True]
    assert former.client.calls and former.account_calls("GET /users/me") == 1


def test_an_account_that_may_not_list(shelf: Shelf) -> None:
    shelf.control(
        f"sellers/{shelf.account.seller_id}",
        {"list_allow": False, "list_codes": ["address_pending"]},
    )
    answers = shelf.put_all({f"r{n}": content(f"S-{n}") for n in range(20)})
    assert all(isinstance(one, Suspended) for one in answers.values()), answers
    assert [seller.obstacles for seller in shelf.noted] == [("address_pending",)]
    # Of all that wait, no more are tried than threads were at work.
    assert shelf.account_calls("POST /items/validate") <= 8
