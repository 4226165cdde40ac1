"""Contents and bodies of items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_mercadolibre.lib.body import (
    is_same,
    is_settled,
    read_content,
    tell,
    write_changes,
    write_new,
    write_number,
)
from odoo.addons.channel_mercadolibre.lib.causes import read_causes, read_refusal


@pytest.mark.parametrize(
    ("key", "ours", "theirs", "same"),
    [
        ("title", "Termo  de acero", "Termo de acero", True),
        ("title", "termo", "Termo", False),
        ("brand", "MARCA", "Marca", True),
        ("barcode", None, "779", True),
        ("barcode", "779", "778", False),
        ("images", [], ["x"], True),
        ("images", ["a", "b"], ["b", "a"], False),
        ("description", "<p>a</p><p>b</p>", "a\nb", True),
        ("description", "<p>a</p>", None, False),
        ("shipping", {"free_shipping": False}, {"mode": "me2"}, True),
        ("shipping", {"local_pick_up": True}, {"local_pick_up": False}, False),
        ("visibility", "hidden", "visible", False),
        ("attributes", {}, {"A": {"value_name": "x"}}, True),
        ("attributes", {"A": {"value_name": "x"}}, {}, False),
        ("attributes", {"A": {"value_name": "x"}}, None, False),
    ],
)
def test_what_is_the_same(key: str, ours: Any, theirs: Any, same: bool) -> None:
    assert is_same(key, ours, theirs) is same


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ({"value_id": "1", "value_name": "Rojo"}, {"value_id": "1"}, True),
        ({"value_id": "1", "value_name": "Rojo"}, {"value_name": "rojo"}, True),
        ({"value_id": "1", "value_name": "Rojo"}, {"value_id": "2"}, False),
        ({"value_name": "Rojo"}, {"value_id": "1", "value_name": "ROJO"}, True),
        ({"value_name": "10cm"}, {"value_name": "10 cm"}, True),
        ({"value_name": "10.0 cm"}, {"value_name": "10 cm"}, True),
        ({"value_name": "1,50 L"}, {"value_name": "1,5 L"}, False),
        ({"value_name": "100 cm"}, {"value_name": "1 cm"}, False),
        ({"value_name": "90 días"}, {"value_name": "90 dias"}, False),
        ({"value_id": "-1"}, {"value_id": "-1"}, True),
        ({"value_id": "-1"}, {"value_name": "x"}, False),
        (
            {"values": [{"value_name": "a"}, {"value_name": "b"}]},
            {"values": [{"value_name": "B"}, {"value_name": "A"}]},
            True,
        ),
        ({"values": [{"value_name": "a"}]}, {"value_name": "a"}, True),
        (
            {"values": [{"value_name": "a"}, {"value_name": "b"}]},
            {"value_name": "a"},
            False,
        ),
    ],
)
def test_values_of_attributes(ours: Any, theirs: Any, same: bool) -> None:
    assert is_same("attributes", {"A": ours}, {"A": theirs}) is same


def test_what_is_told_has_the_keys_that_were_put() -> None:
    taken = {"family": "x", "brand": None, "attributes": {"A": {"value_name": "a"}}}
    there = {
        "title": "other",
        "family": "y",
        "brand": "theirs",
        "attributes": {"A": {"value_name": "c"}, "B": {"value_name": "b"}},
    }
    assert tell(taken, there) == {
        "family": "y",
        "brand": None,
        "attributes": {"A": {"value_name": "c"}},
    }
    assert tell(taken, there, sold=True)["family"] == "x"
    assert tell(None, there) == there


def test_without_settling_the_visibility_says_nothing() -> None:
    taken = {"visibility": "hidden"}
    assert tell(taken, {"visibility": "visible"}, settled=False) == taken
    assert tell(taken, {"visibility": "visible"}) == {"visibility": "visible"}


@pytest.mark.parametrize(
    ("status", "sub_status", "visibility"),
    [
        ("active", [], "visible"),
        ("paused", [], "hidden"),
        ("paused", ["out_of_stock"], "visible"),
        ("paused", ["out_of_stock", "paused_by_seller"], "hidden"),
        ("paused", ["paused_by_seller"], "hidden"),
        # What the service pauses is nobody's wish.
        ("paused", ["waiting_for_patch"], "visible"),
        ("paused", ["waiting_for_patch", "paused_by_seller"], "hidden"),
        ("under_review", ["forbidden"], "visible"),
        ("closed", [], "visible"),
        (None, None, "visible"),
    ],
)
def test_visibility(status: Any, sub_status: Any, visibility: str) -> None:
    item = {"id": "MLA1", "status": status, "sub_status": sub_status}
    assert read_content(item)["visibility"] == visibility


@pytest.mark.parametrize(
    ("status", "reasons", "settled"),
    [
        ("active", ["anything"], True),
        ("paused", [], True),
        ("paused", ["out_of_stock", "paused_by_seller"], True),
        ("paused", ["waiting_for_patch"], False),
        ("paused", ["paused_by_seller", "waiting_for_patch"], False),
        ("under_review", [], False),
    ],
)
def test_who_decides_whether_it_is_for_sale(
    status: str, reasons: list[str], settled: bool
) -> None:
    assert is_settled({"status": status, "sub_status": reasons}) is settled


def test_what_was_put_and_is_not_wanted_goes() -> None:
    there = read_content(
        {
            "id": "MLA1",
            "title": "x",
            "attributes": [
                {"id": "GTIN", "value_name": "779"},
                {"id": "COLOR", "value_id": "1", "value_name": "Rojo"},
                {"id": "SIZE", "value_name": "M"},
            ],
        }
    )
    taken = {"barcode": "779", "attributes": {"COLOR": {"value_id": "1"}}}
    body = write_changes({"barcode": None, "attributes": {}}, there, taken, [])
    assert body == {
        "attributes": [
            {"id": "GTIN", "value_name": None},
            {"id": "COLOR", "value_id": None, "value_name": None},
        ]
    }
    # What others put there is none of ours.
    assert write_changes({"barcode": None, "attributes": {}}, there, None, []) == {}


def test_a_new_item_says_nothing_of_what_is_empty() -> None:
    body = write_new({"title": "x", "sku": "S"}, [], False)
    assert write_number(Decimal("10.50")) == 10.5
    assert write_number(Decimal("10.00")) == 10
    assert body["title"] == "x" and "family_name" not in body
    assert "category_id" not in body and "shipping" not in body
    assert body["attributes"] == [
        {"id": "SELLER_SKU", "value_name": "S"},
        {"id": "ITEM_CONDITION", "value_id": "2230284"},
    ]


@pytest.mark.parametrize(
    "item",
    [
        {"attributes": "x"},
        {"attributes": [1]},
        {"pictures": {}},
        {"sub_status": "x", "status": 5},
        {"attributes": [{"id": {}, "value_name": []}]},
        {"shipping": []},
        {"sold_quantity": "many", "title": {}},
    ],
)
def test_odd_items_are_refused_or_read(item: dict[str, Any]) -> None:
    try:
        read_content(item)
    except Rejected as error:
        assert error.code == "payload_invalid"


# Causes


def test_known_unknown_and_odd_causes() -> None:
    rows = [
        {"cause_id": 3703, "type": "error", "code": "x", "message": "small"},
        {"cause_id": 2110, "type": "warning", "code": "item.sale_terms.manufacturing"},
        {"cause_id": 99999, "type": "error", "code": "new.thing", "message": "¡Nuevo!"},
        {"references": ["item.attributes.GTIN"], "message": "about the code"},
        {"cause_id": "147", "references": "x", "code": 5, "message": ["x"]},
        {"references": 5, "message": "a"},
        {"references": True, "message": "b"},
        "seller.something",
        None,
        7,
    ]
    found = [(c.field, c.code, c.warning) for c in read_causes(rows)]
    assert found == [
        ("images", "meli_image_small", False),
        ("sale_terms", "meli_says", True),
        ("", "meli_says", False),
        ("barcode", "meli_says", False),
        ("", "meli_says", False),
        ("", "meli_says", False),
        ("", "meli_says", False),
        ("", "meli_says", False),
    ]
    assert read_causes(rows)[2].text == "¡Nuevo!"
    for odd in (None, {}, "x", 5, [[]]):
        assert read_causes(odd) == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"{", b"5", b'"x"', b"{}", b"[" * 5000, b"\xff\xfe"],
)
def test_a_refusal_without_causes_is_nobodys(raw: bytes) -> None:
    assert read_refusal(400, raw, "said") is None


@pytest.mark.parametrize(
    ("status", "raw", "name"),
    [
        (403, b'{"message": "seller.unable_to_list", "cause": ["x"]}', "Suspended"),
        (400, b'{"error": "x", "cause": ["seller.unable_to_list"]}', "Suspended"),
        (409, b'{"message": "item optimistic locking error"}', "Retryable"),
        (409, b'{"error": "conflict"}', "Retryable"),
        (400, b'{"message": "body.required_fields [family_name]"}', "Refusal"),
        (400, b'{"message": "body.invalid_fields", "error": "[title]"}', "Refusal"),
        (400, b'{"message": "body.invalid_field_types [price]"}', "Rejected"),
        (400, b'{"cause": [{"type": "warning", "message": "x"}]}', "NoneType"),
        (400, b'{"cause": [{"type": "error", "cause_id": 173}]}', "Rejected"),
        (
            400,
            b'{"cause": [{"type": "error", "cause_id": 173}, {"cause_id": 126}]}',
            "Several",
        ),
        (500, b'{"cause": [{"cause_id": 173}]}', "NoneType"),
        # A sentence that ends so is no property.
        (
            400,
            b'{"message": "Wrong body. See cause", "cause": [{"cause_id": 109}]}',
            "Rejected",
        ),
    ],
)
def test_what_a_refusal_is(status: int, raw: bytes, name: str) -> None:
    found = read_refusal(status, raw, "said")
    assert type(found).__name__ == name
    if b"109" in raw:
        assert isinstance(found, Rejected) and found.code == "meli_price_low"
