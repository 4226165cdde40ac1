"""What MercadoLibre refuses of items, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from odoo.addons.channel_base.lib.errors import (
    Rejected,
    Retryable,
    parse_problems,
)
from odoo.addons.channel_catalog.lib.opening import OpeningPrice
from odoo.addons.channel_outgoing.lib.writer import Written

from tests.pure.channel_mercadolibre.selling import (
    CLOSED_CATEGORY,
    Shelf,
    content,
    refusal,
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"family": "x" * 61}, [("meli_title_long", "family")]),
        ({"family": "Termo whatsapp 1"}, [("meli_title_words", "family")]),
        ({"family": "T"}, [("meli_title_short", "family")]),
        ({"category": CLOSED_CATEGORY}, [("meli_category_refused", "category")]),
        ({"category": "MLA5000"}, [("meli_category_refused", "category")]),
        ({"barcode": "7790895000990"}, [("meli_gtin_invalid", "barcode")]),
        ({"images": []}, [("meli_images_required", "images")]),
        ({"images": ["400x400-a"]}, [("meli_image_small", "images")]),
        (
            {"images": [f"800x800-{n}" for n in range(13)]},
            [("meli_images_many", "images")],
        ),
        (
            {"attributes": {"EMPTY_GTIN_REASON": {"value_name": "Otra razón"}}},
            [("meli_attributes_required", "attributes")],
        ),
        (
            {"attributes": {"CAPACITY": {"value_name": "1 L"}}},
            [("meli_gtin_required", "barcode")],
        ),
        ({"category": None}, [("meli_form", "category")]),
        (
            {"family": "x" * 61, "category": CLOSED_CATEGORY, "barcode": "1"},
            [
                ("meli_category_refused", "category"),
                ("meli_gtin_invalid", "barcode"),
                ("meli_title_long", "family"),
            ],
        ),
    ],
)
def test_each_cause_is_on_its_field(shelf, change, expected) -> None:
    answer = shelf.put("r", content(**change))
    assert set(refusal(answer)) >= set(expected), refusal(answer)
    assert not shelf.items()
    assert shelf.ids.get("r") is None
    # Nothing is tried of which it is certain, or was asked, that it is refused.
    assert shelf.account_calls("POST /items") == 0


def test_a_picture_that_is_too_small_is_not_uploaded(shelf: Shelf) -> None:
    answer = shelf.put("r", content(images=["499x400-a"]))
    assert refusal(answer) == [("meli_image_small", "images")]
    assert shelf.writes() == []
    assert isinstance(shelf.put("r", content(images=["500x400-a"])), Written)


def test_shipping_that_the_service_decides_is_no_difference(shelf: Shelf) -> None:
    shelf.opening.price = OpeningPrice(Decimal(90_000), "ARS")
    shelf.put("r", content())
    assert shelf.item("r")["shipping"]["free_shipping"] is True
    found = shelf.find("r")
    assert found is not None and found.content == shelf.taken["r"]


def test_of_the_attributes_those_that_differ_are_sent(shelf: Shelf) -> None:
    shelf.put("r", content())
    shelf.writes()
    changed = {**content()["attributes"], "MODEL": {"value_name": "Otro"}}
    shelf.put("r", content(attributes=changed))
    (write,) = shelf.control("writes")
    assert write["body"] == {"attributes": [{"id": "MODEL", "value_name": "Otro"}]}


def test_the_former_model_refuses_titles(former: Shelf) -> None:
    answer = former.put("r", content(title="x" * 61))
    assert refusal(answer) == [("meli_title_long", "title")]


def test_a_barcode_of_another_product(shelf: Shelf) -> None:
    shelf.seed(family_name="Otro", sku="X", gtin="7790895000997")
    shelf.control("gtins", {"gtin": "7791234567898", "domain": "BOOKS", "brand": "Z"})
    answer = shelf.put("r", content(barcode="7790895000997"))
    assert refusal(answer) == [("meli_gtin_used", "barcode")]
    answer = shelf.put("q", content("S-2", barcode="7791234567898"))
    assert refusal(answer) == [
        ("meli_gtin_brand", "barcode"),
        ("meli_gtin_category", "barcode"),
    ]


def test_a_listing_without_price_is_not_published(shelf: Shelf) -> None:
    shelf.opening.price = Rejected("price_missing", "price")
    assert refusal(shelf.put("r", content())) == [("price_missing", "price")]
    assert not shelf.items()


def test_what_the_service_remarks_is_told_apart(shelf: Shelf) -> None:
    wanted = content(sale_terms={"MANUFACTURING_TIME": {"value_name": "5 días"}})
    answer = shelf.put("r", wanted)
    assert isinstance(answer, Written)
    problems = parse_problems(answer.details["warnings"])
    assert ("meli_says", "sale_terms") in [
        (code, params.get("field")) for code, params in problems
    ]


def test_one_that_is_refused_holds_no_neighbour(shelf: Shelf) -> None:
    shelf.control("refuse", {"skus": ["S-1"]})
    answers = shelf.put_all({f"r{n}": content(f"S-{n}") for n in range(3)})
    assert [isinstance(answers[f"r{n}"], Written) for n in range(3)] == [1, 0, 1]
    assert refusal(answers["r1"]) == [("meli_brand_forbidden", "brand")]


# Where changes end


def test_what_has_sold_keeps_its_name(shelf: Shelf) -> None:
    shelf.put("r", content())
    shelf.edit("r", sold_quantity=3)
    wanted = content(family="Otro nombre", brand="Bosch")
    shelf.find("r")
    answer = shelf.put("r", wanted)
    assert isinstance(answer, Written), answer
    ((code, params),) = parse_problems(answer.details["warnings"])
    assert (code, params["field"]) == ("meli_sold", "family")
    item = shelf.item("r")
    values = {row["id"]: row["value_name"] for row in item["attributes"]}
    assert (item["family_name"], values["BRAND"]) == ("Termo de acero", "Bosch")
    found = shelf.find("r")
    assert found is not None and found.content == wanted


def test_what_is_closed_is_not_changed_and_not_made_anew(shelf: Shelf) -> None:
    shelf.put("r", content())
    shelf.edit("r", status="closed")
    found = shelf.find("r")
    assert found is not None
    assert (found.content, found.details["status"]) == (shelf.taken["r"], "closed")
    assert refusal(shelf.put("r", content(brand="Bosch"))) == [("meli_closed", None)]
    assert not shelf.items()


def test_what_is_gone_is_not_made_anew(shelf: Shelf) -> None:
    shelf.put("r", content())
    shelf.ids["r"] = "MLA1"
    found = shelf.find("r")
    assert found is not None and found.content == shelf.taken["r"]
    assert refusal(shelf.put("r", content(brand="Bosch"))) == [("meli_closed", None)]


def test_a_variation_of_a_former_item(former: Shelf) -> None:
    colors = [
        {
            "attributes": [{"id": "COLOR", "value_name": name}],
            "sku": f"V-{name}",
            "quantity": 3,
        }
        for name in ("Rojo", "Azul")
    ]
    reason = {"id": "EMPTY_GTIN_REASON", "value_name": "Otra razón"}
    item = former.seed(title="Remera", variations=colors, attributes=[reason])
    one, two = (str(row["id"]) for row in item["variations"])
    former.ids["r"] = f"{item['id']}/{one}"
    found = former.find("r")
    assert found is not None and found.content["sku"] == "V-Rojo"
    former.taken["r"] = {"sku": "V-Rojo", "barcode": None}
    former.writes()
    wanted = {"sku": "V-1", "barcode": None}
    answer = former.put("r", wanted)
    assert isinstance(answer, Written), answer
    assert len(former.writes()) == 1
    found = former.find("r")
    assert found is not None and found.content == wanted
    former.control(f"items/{item['id']}/variations/{one}/remove", {})
    found = former.find("r")
    assert found is not None and found.content == wanted
    former.begin()
    answer = former.put("r", {"sku": "V-2", "barcode": None})
    assert refusal(answer) == [("meli_variation_gone", None)]


def test_a_refused_field_keeps_nothing_for_sale(shelf: Shelf) -> None:
    shelf.put("r", content(visibility="visible"))
    shelf.edit("r", available_quantity=5)
    assert shelf.item("r")["status"] == "active"
    wanted = content(visibility="hidden", category=CLOSED_CATEGORY)
    shelf.find("r")
    assert isinstance(shelf.put("r", wanted), Rejected)
    assert shelf.item("r")["status"] == "paused"


def test_moderation_is_not_visibility(shelf: Shelf) -> None:
    for visibility in ("visible", "hidden"):
        shelf.put("r", content(visibility=visibility))
        shelf.edit("r", status="under_review", sub_status=["waiting_for_patch"])
        found = shelf.find("r")
        assert found is not None and found.content == shelf.taken["r"]
        shelf.edit("r", status="paused", sub_status=[])


def test_somebody_else_writes_to_it(shelf: Shelf) -> None:
    shelf.put("r", content())
    shelf.control("settings", {"conflicts": 1})
    answer = shelf.put("r", content(brand="Bosch"))
    assert isinstance(answer, Retryable) and answer.alone


# Pictures


def test_a_picture_is_uploaded_once(shelf: Shelf) -> None:
    shelf.put_all({f"r{n}": content(f"S-{n}") for n in range(4)})
    assert sorted(shelf.pictures.loads) == ["800x600-a", "900x900-b"]
    shelf.begin()
    shelf.put("r9", content("S-9", images=["900x900-b", "gone", "800x600-c"]))
    assert len(shelf.item("r9")["pictures"]) == 2
    assert sorted(shelf.pictures.loads)[-2:] == ["900x900-b", "gone"]
