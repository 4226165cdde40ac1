"""What is read of an item, whatever it looks like."""

from __future__ import annotations

import copy
import random
from decimal import Decimal
from typing import Any

import pytest

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_mercadolibre.lib import item as items
from odoo.addons.channel_mercadolibre.lib.item_status import describe
from odoo.addons.channel_mercadolibre.lib.items import split_place
from odoo.addons.channel_mercadolibre.lib.notifications import listing_hint
from odoo.addons.channel_mercadolibre.lib.sites import get_site, item_url


def attribute(name: str, value: Any) -> dict[str, Any]:
    return {"id": name, "name": name.title(), "value_name": value}


def user_product(**more: Any) -> dict[str, Any]:
    return {
        "id": "MLA1",
        "title": "Remera Algodón Negro M",
        "family_name": "Remera",
        "family_id": 77,
        "user_product_id": "MLAU5",
        "category_id": "MLA1234",
        "price": 100.5,
        "currency_id": "ARS",
        "available_quantity": 3,
        "status": "active",
        "sub_status": [],
        "tags": [],
        "listing_type_id": "gold_special",
        "catalog_listing": False,
        "shipping": {"logistic_type": "cross_docking", "tags": []},
        "attributes": [
            attribute("BRAND", "Marca"),
            attribute("COLOR", "Negro"),
            attribute("SIZE", "M"),
            attribute("SELLER_SKU", " R-1 "),
            attribute("GTIN", "7791234567898"),
        ],
        "variations": [],
        **more,
    }


def former(**more: Any) -> dict[str, Any]:
    def variation(number: int, size: str, **extra: Any) -> dict[str, Any]:
        return {
            "id": number,
            "price": 90,
            "available_quantity": number,
            "attribute_combinations": [attribute("SIZE", size)],
            "attributes": [attribute("SELLER_SKU", f"F-{size}")],
            "user_product_id": f"MLAU{number}",
            **extra,
        }

    base = user_product(family_name=None, family_id=None, attributes=[])
    rows = [variation(11, "S"), variation(12, "M")]
    return {**base, "id": "MLA9", "title": "Remera", "variations": rows, **more}


def test_an_item_of_user_products() -> None:
    [one] = items.read_item(user_product())
    assert (one.external_id, one.url_id, one.product_id) == ("MLA1", "MLA1", "77")
    assert (one.sku, one.barcode) == (" R-1 ", "7791234567898")
    assert (one.price, one.currency, one.quantity) == (Decimal("100.5"), "ARS", 3)
    assert (one.status, one.listing_type) == ("active", "gold_special")
    assert one.options == {"Color": "Negro", "Size": "M"}
    assert (one.stock_id, one.stock_group, one.stock_kept) == ("", "MLAU5", False)
    assert one.product_content == {"title": "Remera"}
    assert (one.kept_fields, one.ended) == ((), False)


def test_an_item_of_the_former_kind() -> None:
    first, second = items.read_item(former())
    assert (first.external_id, second.external_id) == ("MLA9/11", "MLA9/12")
    assert {first.product_id, second.product_id} == {"MLA9"}
    assert (first.sku, second.sku) == ("F-S", "F-M")
    assert (first.quantity, first.price) == (11, 90)
    assert first.options == {"Size": "S"}
    assert (first.url_id, first.stock_group) == ("MLA9", "MLAU11")
    assert {"title", "visibility"} <= set(first.kept_fields)


@pytest.mark.parametrize(
    ("variation", "item", "sku"),
    [
        ({"attributes": [attribute("SELLER_SKU", "A")]}, {}, "A"),
        (
            {"attributes": [attribute("SELLER_SKU", "A")], "seller_custom_field": "B"},
            {},
            "A",
        ),
        ({"seller_custom_field": "B", "attributes": []}, {}, "B"),
        ({"attributes": []}, {"attributes": [attribute("SELLER_SKU", "C")]}, "C"),
        ({"attributes": []}, {"seller_custom_field": "D"}, "D"),
        ({"attributes": [attribute("SELLER_SKU", "  ")]}, {}, ""),
        ({"attributes": [attribute("SELLER_SKU", None)]}, {}, ""),
    ],
)
def test_whose_sku_counts(
    variation: dict[str, Any], item: dict[str, Any], sku: str
) -> None:
    body = former(**item)
    body["variations"] = [{**body["variations"][0], **variation}]
    [one] = items.read_item(body)
    assert one.sku == sku


def test_variations_do_not_share_the_item_s_keys() -> None:
    """They would all be one product."""
    shared = [attribute("SELLER_SKU", "A"), attribute("GTIN", "7791234567898")]
    body = former(attributes=shared)
    for row in body["variations"]:
        row["attributes"] = []
    assert [(one.sku, one.barcode) for one in items.read_item(body)] == [("", "")] * 2


def test_a_promotion_of_the_service_is_not_the_price() -> None:
    for body in (user_product, former):
        found = items.read_item(body(original_price=120))
        assert {one.price for one in found} == {120}
        found = items.read_item(body(original_price=None))
        assert 120 not in {one.price for one in found}


def test_twins_of_the_catalogue_and_full() -> None:
    twin = user_product(catalog_listing=True, listing_type_id="gold_pro")
    [one] = items.read_item(twin)
    assert one.listing_type == "gold_pro+catalog"
    assert "title" in one.kept_fields
    full = {"logistic_type": "fulfillment", "tags": []}
    [one] = items.read_item(user_product(shipping=full))
    assert (one.stock_kept, one.stock_id, one.quantity) == (True, "MLAU5", 3)
    both = {"logistic_type": "fulfillment", "tags": ["self_service_in"]}
    [one] = items.read_item(user_product(shipping=both))
    assert (one.stock_kept, one.stock_id) == (False, "MLAU5")


@pytest.mark.parametrize(
    ("status", "reasons", "word", "sold", "attention"),
    [
        ("active", [], "active", True, False),
        ("active", ["picture_download_pending"], None, True, False),
        ("paused", ["out_of_stock"], "paused:out_of_stock", True, False),
        ("paused", [], "paused", False, False),
        ("paused", ["paused_by_seller"], None, False, False),
        (
            "paused",
            ["paused_by_seller", "out_of_stock"],
            "paused:out_of_stock,paused_by_seller",
            False,
            False,
        ),
        ("paused", ["moderation_penalty"], None, False, True),
        ("under_review", ["waiting_for_patch"], None, False, True),
        ("under_review", ["forbidden", "x"], "under_review:forbidden,x", False, True),
        ("under_review", [], "under_review", False, True),
        ("payment_required", [], None, False, True),
        ("inactive", ["suspended"], None, False, True),
        ("not_yet_active", [], None, False, False),
        ("closed", ["deleted"], "closed:deleted", False, True),
        ("closed", [], "closed", False, True),
        ("brand_new", ["?"], "brand_new:?", False, True),
        (None, None, "", False, True),
        ("active", "no list", "active", True, False),
        ("active", [None, 3, {}], "active", True, False),
    ],
)
def test_how_it_stands(
    status: Any, reasons: Any, word: str | None, sold: bool, attention: bool
) -> None:
    body = user_product(status=status, sub_status=reasons)
    [one] = items.read_item(body)
    if word is not None:
        assert one.status == word
    assert one.ended is (status == "closed")
    found = describe(one.status)
    assert (found.sold, found.attention) == (sold, attention)


def test_ids() -> None:
    assert split_place(items.join_id("MLA1")) == ("MLA1", "")
    assert split_place(items.join_id("MLA1", "2")) == ("MLA1", "2")
    assert items.is_item_id("MLB123456789012")
    for wrong in ("MLA", "1", "MLA1/2", "MLAU5", "mla1", "MLA1\n", "MLA" + "1" * 30):
        assert not items.is_item_id(wrong)
    site = get_site("MLB")
    assert item_url(site, "MLB12") == "https://produto.mercadolivre.com.br/MLB-12"
    assert item_url(site, "../MLB12") == ""
    assert item_url(site, "MLB12", "http://x/") == "http://x/articulo/MLB-12"


@pytest.mark.parametrize(
    ("topic", "resource", "expected"),
    [
        ("items", "/items/MLA123", ("MLA123", "")),
        ("items", "items/MLB9", ("MLB9", "")),
        ("items_prices", "/items/MLA123/prices", ("MLA123", "")),
        ("stock-location", "/user-products/MLAU5/stock", ("", "MLAU5")),
        ("user_products", "/user-products/MLAU5", ("", "MLAU5")),
        ("items", "/items/MLA123/../x", None),
        ("items", "/items/MLA123?x=1", None),
        ("items", "/items/MLA0123", None),
        ("orders_v2", "/items/MLA123", None),
        ("questions", "/items/MLA123", None),
        ("items", "", None),
    ],
)
def test_what_is_announced(
    topic: str, resource: str, expected: tuple[str, str] | None
) -> None:
    hint = listing_hint(topic, resource)
    found = hint and (hint.external_id, hint.stock_group)
    assert found == expected


GARBAGE = (
    None,
    "",
    " ",
    0,
    -1,
    10**30,
    1e308,
    float("nan"),
    True,
    [],
    {},
    [None],
    [[]],
    [{}],
    [{"id": None}],
    [{"id": []}],
    {"id": {}},
    "x" * 100_000,
    "\x00\ud800",
    [{"id": "A", "value_name": {"x": 1}}],
    ["a"] * 5000,
)


def test_a_hostile_body_is_refused_or_read() -> None:
    """Nothing but ``Rejected`` comes out, wherever the garbage is."""
    pick = random.Random(5)
    for _round in range(3000):
        body = copy.deepcopy(pick.choice((user_product, former))())
        holder = body
        if body["variations"] and pick.random() < 0.5:
            holder = pick.choice(body["variations"])
        for name in pick.sample(list(holder), pick.randint(1, 3)):
            holder[name] = pick.choice(GARBAGE)
        try:
            found = items.read_item(body)
        except Rejected:
            continue
        for one in found:
            assert isinstance(one.external_id, str)
            assert one.external_id
            describe(one.status)
