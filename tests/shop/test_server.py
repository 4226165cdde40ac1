"""What the real shop does, without Odoo: the facts on which the provider stands."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from shop.caller import Caller, ShopError
from shop.medusa_shop import ARTICLES, FREIGHT, TAX_RATE, Article, Buyer
from shop.shop import Shop


@pytest.fixture(scope="module")
def article(shop: Shop) -> Article:
    return shop.new_article(stock=7)


@pytest.fixture(scope="module")
def bought(shop: Shop, article: Article) -> str:
    """The order of somebody who bought two."""
    order = shop.visitor.buy({article.sku: 2})
    return str(order["id"])


def test_the_server_answers(shop: Shop) -> None:
    assert shop.server.child.alive
    (store,) = shop.admin.get("/admin/stores")["stores"]
    assert [row["currency_code"] for row in store["supported_currencies"]] == ["ars"]


def test_a_secret_key_is_the_user_of_basic(shop: Shop) -> None:
    bearer = Caller(shop.keys.url, Authorization=f"Bearer {shop.keys.secret_key}")
    with pytest.raises(ShopError) as refusal:
        bearer.get("/admin/stores")
    assert refusal.value.status == 401


def test_the_store_needs_a_publishable_key(shop: Shop) -> None:
    with pytest.raises(ShopError) as refusal:
        Caller(shop.keys.url).get("/store/products")
    assert refusal.value.status == 400


def test_what_was_set_up_is_for_sale(shop: Shop) -> None:
    seen = shop.visitor.variants()
    for article in ARTICLES:
        variant = seen[article.sku]
        price = variant["calculated_price"]
        assert price["calculated_amount"] == article.price
        assert price["is_calculated_price_tax_inclusive"]
        assert variant["inventory_quantity"] == article.stock
        assert variant["barcode"] == article.barcode


def test_a_bought_cart_is_an_order_and_a_reservation(
    shop: Shop, article: Article, bought: str
) -> None:
    order = shop.admin.order(bought)
    goods = 2 * article.price
    assert order["total"] == goods + FREIGHT
    net = (goods + FREIGHT) / (1 + Decimal(TAX_RATE) / 100)
    assert round(order["subtotal"], 2) == round(net, 2)
    assert order["email"] == Buyer().email
    assert order["shipping_address"]["metadata"] == {"document": Buyer().document}
    statuses = ("status", "payment_status", "fulfillment_status")
    assert [order[name] for name in statuses] == [
        "pending",
        "authorized",
        "not_fulfilled",
    ]
    level = {"stocked": 7, "reserved": 2, "available": 5}
    assert shop.admin.level(shop.keys, article.sku) == level
    assert shop.visitor.available(article.sku) == 5


def test_capturing_does_not_move_the_date(shop: Shop, bought: str) -> None:
    before = shop.admin.order(bought)
    shop.admin.capture(bought)
    after = shop.admin.order(bought)
    assert after["payment_status"] == "captured"
    assert after["updated_at"] == before["updated_at"]


def test_a_level_below_what_is_reserved_is_taken(
    shop: Shop, article: Article, bought: str
) -> None:
    shop.admin.set_level(shop.keys, article.sku, 1)
    level = {"stocked": 1, "reserved": 2, "available": -1}
    assert shop.admin.level(shop.keys, article.sku) == level
    shop.admin.set_level(shop.keys, article.sku, 7)


def test_an_edit_changes_order_and_reservation(
    shop: Shop, article: Article, bought: str
) -> None:
    before = shop.admin.order(bought)
    shop.admin.edit(bought, article.sku, 3)
    after = shop.admin.order(bought)
    assert after["total"] == 3 * article.price + FREIGHT
    assert after["updated_at"] > before["updated_at"]
    assert shop.admin.level(shop.keys, article.sku)["reserved"] == 3
    # The money that is missing is asked for apart
    assert after["payment_status"] == "partially_captured"
    missing = [row["amount"] for row in after["payment_collections"]]
    assert missing == [before["total"], article.price]


def test_a_refund_leaves_the_lines(shop: Shop, article: Article, bought: str) -> None:
    before = shop.admin.order(bought)
    shop.admin.refund(bought, Decimal(1000))
    order = shop.admin.order(bought)
    assert order["items"][0]["quantity"] == 3
    assert order["total"] == before["total"] - 1000
    assert order["summary"]["current_order_total"] == order["total"]
    assert order["summary"]["original_order_total"] == before["total"]
    assert order["updated_at"] > before["updated_at"]


def test_cancelling_frees_what_was_reserved(
    shop: Shop, article: Article, bought: str
) -> None:
    before = shop.admin.order(bought)
    shop.admin.cancel(bought)
    after = shop.admin.order(bought)
    assert after["status"] == "canceled"
    assert after["updated_at"] > before["updated_at"]
    assert shop.admin.level(shop.keys, article.sku)["reserved"] == 0


def test_of_two_buyers_one_gets_the_last_unit(shop: Shop) -> None:
    last = shop.new_article(stock=1)
    carts = [shop.visitor.fill_cart({last.sku: 1}) for _buyer in range(2)]

    def complete(cart: str) -> object:
        try:
            return shop.visitor.complete(cart)["id"]
        except ShopError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(complete, carts))
    (refusal,) = [one for one in outcomes if isinstance(one, ShopError)]
    assert refusal.status == 400
    level = {"stocked": 1, "reserved": 1, "available": 0}
    assert shop.admin.level(shop.keys, last.sku) == level
