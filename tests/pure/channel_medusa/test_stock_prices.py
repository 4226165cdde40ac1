"""Stock by location and prices, absolute and all or nothing on the shop's side."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sandbox.medusa import MedusaSandbox

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_medusa.lib.client import MedusaClient
from odoo.addons.channel_medusa.lib.listings import MedusaListings
from odoo.addons.channel_medusa.lib.prices import MedusaPrices
from odoo.addons.channel_medusa.lib.stock import MedusaStock
from odoo.addons.channel_outgoing.lib.writer import Target

from tests.pure.channel_medusa.support import FIELDS, PLACE, make


class Goods:
    """Two variants, and what is written to."""

    def __init__(self, shop: MedusaSandbox, client: MedusaClient) -> None:
        self.shop = shop.shop
        self.product, answers = make(
            MedusaListings(client, None, FIELDS, "sc_web"), "Rojo", "Azul"
        )
        self.variants = [answer.external_id for answer in answers.values()]
        self.items = [answer.details["stock_id"] for answer in answers.values()]
        self.catalogue = shop.goods.catalogue

    def prices(self, number: int) -> dict[str, float]:
        variant = self.catalogue.variant(self.product, self.variants[number])
        return {one["currency_code"]: one["amount"] for one in variant["prices"]}


@pytest.fixture
def goods(shop: MedusaSandbox, client: MedusaClient) -> Iterator[Goods]:
    yield Goods(shop, client)


def level(item: str, quantity: float, **levels: Any) -> tuple[Target, dict[str, Any]]:
    text = ";".join(f"{place}={n}" for place, n in sorted(levels.items()))
    content = {"item": item, "quantity": quantity, "levels": text}
    return Target(f"odoo-{item}", item), content


def test_levels_are_made_and_changed(goods: Goods, client: MedusaClient) -> None:
    stock = MedusaStock(client)
    one, two = goods.items
    stock.put("stock", [level(one, 5, sloc_1=5)])
    answers = stock.put("stock", [level(one, 2, sloc_1=2), level(two, 7)])
    assert set(answers.values()) == {one, two}
    assert goods.shop.levels == {(one, PLACE): 2, (two, PLACE): 7}
    found = stock.find("stock", [Target("a", one), Target("b", "iitem_gone")])
    assert found.keys() == {"a"}
    assert found["a"].content == {"item": one, "quantity": 2.0, "levels": "sloc_1=2"}
    assert stock.read_levels([two]) == {two: {PLACE: Decimal(7)}}


def test_below_what_is_reserved(goods: Goods, client: MedusaClient) -> None:
    stock = MedusaStock(client)
    stock.put("stock", [level(goods.items[0], 3, sloc_1=3)])
    goods.shop.place({"items": [{"sku": "R-Rojo", "quantity": 2}]})
    stock.put("stock", [level(goods.items[0], 0, sloc_1=0)])
    assert goods.shop.available("R-Rojo") == -2


def test_one_bad_record_of_a_batch(goods: Goods, client: MedusaClient) -> None:
    """Those that the shop would accept, or that would take the batch with them."""
    goods.shop.stock_locations["sloc_2"] = {"id": "sloc_2", "name": "Otro"}
    stock = MedusaStock(client)
    one, two = goods.items
    answers = stock.put(
        "stock",
        [
            level(one, 1, sloc_1=1),
            level("iitem_gone", 1, sloc_1=1),
            level(two, 1, sloc_none=1),
        ],
    )
    codes = {getattr(answer, "code", "") for answer in answers.values()}
    assert codes == {"", "not_found", "location_unknown"}
    assert goods.shop.levels == {(one, PLACE): 1}
    # Nobody says at which of two locations.
    answers = stock.put("stock", [level(two, 1)])
    assert [getattr(a, "code", "") for a in answers.values()] == ["location_missing"]
    # What the shop refuses is refused as a whole, and comes again in halves.
    with pytest.raises(Rejected):
        stock.put("stock", [level(one, 9, sloc_1=9), level(two, -1, sloc_1=-1)])
    assert goods.shop.levels == {(one, PLACE): 1}


def test_reservations_name_their_orders(goods: Goods, client: MedusaClient) -> None:
    stock = MedusaStock(client)
    stock.put("stock", [level(item, 9, sloc_1=9) for item in goods.items])
    order = goods.shop.place({"items": [{"sku": "R-Rojo", "quantity": 2}]})
    line = order["items"][0]["id"]
    asked: list[str] = []

    def find_orders(lines: Any) -> dict[str, str]:
        asked.extend(lines)
        return {line: order["id"]}

    found = MedusaStock(client, find_orders).read_reservations(goods.items)
    [kept] = found[goods.items[0]]
    assert (kept.order_id, kept.line_id, kept.location) == (order["id"], line, PLACE)
    assert kept.quantity == 2 and asked == [line]
    assert stock.read_reservations(goods.items)[goods.items[0]][0].order_id == ""
    assert stock.read_reservations([]) == {}


def test_the_last_unit_is_sold_once(goods: Goods, client: MedusaClient) -> None:
    MedusaStock(client).put("stock", [level(goods.items[0], 1, sloc_1=1)])
    goods.shop.place({"items": [{"sku": "R-Rojo"}]})
    with pytest.raises(Exception) as caught:
        goods.shop.place({"items": [{"sku": "R-Rojo"}]})
    assert caught.value.response.status == 400  # type: ignore[attr-defined]


def price(item: str, amount: float, promotion: Any = None, **values: Any) -> Any:
    promoted, begin, until = promotion or (None, None, None)
    content = {
        "item": item,
        "amount": amount,
        "currency": "ARS",
        "promotion_amount": promoted,
        "promotion_from": begin,
        "promotion_until": until,
        **values,
    }
    return Target(f"odoo-{item}", item), content


NOVEMBER = ("2026-11-01T03:00:00Z", "2026-12-01T03:00:00Z")


@pytest.mark.parametrize(
    "turns",
    [
        [None, None],
        [(99.0, *NOVEMBER), (98.0, *NOVEMBER), None],
        [(99.0, *NOVEMBER), (99.0, None, None), (99.0, NOVEMBER[0], None)],
    ],
)
def test_prices_and_promotions(goods: Goods, client: MedusaClient, turns: Any) -> None:
    prices = MedusaPrices(client, "ARS")
    one, two = goods.variants
    for promotion in turns:
        records = [price(one, 121.5, promotion), price(two, 50.0, (40.0, *NOVEMBER))]
        answers = prices.put("price", records)
        assert set(answers.values()) == {one, two}
        found = prices.find("price", [target for target, _content in records])
        for target, content in records:
            assert found[target.reference].content == content
    lists = list(goods.shop.price_lists.values())
    kept = [price for one in lists for price in one["prices"]]
    assert len(kept) == 1 + bool(turns[-1])
    periods = [
        one["metadata"]["odoo_promotion"] for one in goods.shop.price_lists.values()
    ]
    assert len(periods) == len(set(periods))


def test_other_prices_of_the_variant_stay(goods: Goods, client: MedusaClient) -> None:
    variant = goods.catalogue.variant(goods.product, goods.variants[0])
    variant["prices"] = [
        {"id": "1", "currency_code": "usd", "amount": 3},
        {"id": "2", "currency_code": "ars", "amount": 1},
        {"id": "3", "currency_code": "ars", "amount": 2, "rules": {"region_id": "r"}},
        {"id": "4", "currency_code": "ars", "amount": 9, "min_quantity": 10},
    ]
    theirs = goods.shop.price_lists["theirs"] = {
        "id": "theirs",
        "metadata": None,
        "prices": [{"id": "x", "variant_id": goods.variants[0], "amount": 1}],
    }
    MedusaPrices(client, "ARS").put("price", [price(goods.variants[0], 121.5)])
    told = sorted((p["currency_code"], p["amount"]) for p in variant["prices"])
    assert told == [("ars", 2), ("ars", 9), ("ars", 121.5), ("usd", 3)]
    assert len(theirs["prices"]) == 1


def test_a_currency_that_the_shop_lacks(goods: Goods, client: MedusaClient) -> None:
    prices = MedusaPrices(client, "EUR")
    records = [
        price(goods.variants[0], 1.0, currency="EUR"),
        price("variant_gone", 1.0),
        price(goods.variants[1], 2.0),
    ]
    answers = list(prices.put("price", records).values())
    codes = {getattr(answer, "code", answer) for answer in answers}
    assert codes == {"currency_missing", "not_found", goods.variants[1]}
    assert goods.prices(0) == {} and goods.prices(1) == {"ars": 2.0}


def test_a_refused_price_holds_no_other(
    shop: MedusaSandbox, goods: Goods, client: MedusaClient
) -> None:
    catalogue, refused = shop.goods.catalogue, goods.variants[0]
    whole = catalogue.batch

    def batch(key: str, body: dict[str, Any]) -> dict[str, Any]:
        if any(one["id"] == refused for one in body["update"]):
            return whole(key, {"update": [{"id": "variant_nope"}]})
        return whole(key, body)

    catalogue.batch = batch  # type: ignore[method-assign]
    records = [price(goods.variants[0], 1.0), price(goods.variants[1], 2.0)]
    answers = MedusaPrices(client, "ARS").put("price", records)
    assert isinstance(answers[records[0][0].reference], Rejected)
    assert answers[records[1][0].reference] == goods.variants[1]
    assert goods.prices(1) == {"ars": 2.0}
