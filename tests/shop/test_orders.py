"""Orders of the real shop in Odoo, and what Odoo tells the shop of them."""

from decimal import Decimal
from typing import Any

import pytest
from e2e.stage import wait_until

from shop.medusa_shop import Article, Buyer
from shop.shop import Shop, ShopChannel

TRACKING = "AR123456789CP"


@pytest.fixture(scope="module")
def article(shop: Shop, channel: ShopChannel) -> Article:
    article = shop.new_article(stock=20, price="36299.99")
    channel.stock_article(article)
    return article


@pytest.fixture(scope="module")
def bought(shop: Shop, channel: ShopChannel, article: Article) -> str:
    """Somebody buys three; Odoo has looked."""
    order = shop.visitor.buy({article.sku: 3})
    channel.run()
    return str(order["id"])


def money(value: Any) -> Decimal:
    return round(Decimal(str(value)), 2)


def test_an_authorised_order_is_reserved(
    shop: Shop, channel: ShopChannel, article: Article, bought: str
) -> None:
    there, here = shop.admin.order(bought), channel.order(bought)
    assert here["state"] == "reserved", here
    assert money(here["total"]) == money(there["total"])
    assert here["lines"] == {article.sku: 3}


def test_a_captured_one_is_found_though_its_date_stays(
    shop: Shop, channel: ShopChannel, bought: str
) -> None:
    before = shop.admin.order(bought)
    shop.admin.capture(bought)
    assert shop.admin.order(bought)["updated_at"] == before["updated_at"]
    channel.run()
    here = channel.order(bought)
    assert (here["state"], here["order_state"]) == ("imported", "sale"), here
    assert here["currency"] == "ARS"
    assert money(here["total"]) == money(before["total"])


def test_the_shop_is_told_that_it_was_received(
    shop: Shop, channel: ShopChannel, bought: str
) -> None:
    def told() -> bool:
        metadata = shop.admin.order(bought)["metadata"]
        return metadata["odoo_status"] == "received" and bool(metadata["document"])

    wait_until(told, "the shop is told", 60)


def test_a_second_order_keeps_the_customer(
    shop: Shop, channel: ShopChannel, article: Article, bought: str
) -> None:
    second = str(shop.visitor.buy({article.sku: 2})["id"])
    channel.run()
    first, here = channel.order(bought), channel.order(second)
    assert here["customer"] == first["customer"]
    assert Buyer().email in here["emails"], here
    shop.admin.edit(second, article.sku, 1)
    channel.run()
    here, there = channel.order(second), shop.admin.order(second)
    assert here["lines"] == {article.sku: 1}, here
    assert money(here["total"]) == money(there["total"])
    shop.admin.cancel(second)
    channel.run()
    here = channel.order(second)
    assert (here["state"], here["order_state"]) == ("cancelled", "cancel"), here


def test_what_leaves_odoo_is_shipped_there(
    shop: Shop, channel: ShopChannel, article: Article, bought: str
) -> None:
    order = channel.order(bought)["order"]
    left = channel.call("deliver", order_id=order, tracking=TRACKING)
    assert left == ["done"]

    def shipped() -> bool:
        return shop.admin.order(bought)["fulfillment_status"] == "shipped"

    wait_until(shipped, "the shop knows of the shipment", 60)
    there = shop.admin.order(bought)
    (fulfilment,) = there["fulfillments"]
    assert [label["tracking_number"] for label in fulfilment["labels"]] == [TRACKING]
    level = {"stocked": 17, "reserved": 0, "available": 17}
    assert shop.admin.level(shop.keys, article.sku) == level


def test_an_unknown_article_is_rejected_and_the_shop_told(
    shop: Shop, channel: ShopChannel
) -> None:
    unknown = shop.new_article(stock=1)
    bought = str(shop.visitor.buy({unknown.sku: 1})["id"])
    shop.admin.capture(bought)
    channel.run()
    assert channel.order(bought)["state"] == "rejected"

    def told() -> bool:
        channel.hurry()
        metadata = shop.admin.order(bought)["metadata"]
        return metadata.get("odoo_status") == "rejected"

    wait_until(told, "the shop is told", 60)
