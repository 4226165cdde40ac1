"""Products, stock and prices of Odoo in the real shop."""

import time
from dataclasses import replace
from typing import Any

import pytest
from e2e.stage import wait_until

from shop.medusa_shop import Article
from shop.shop import Catalog, Shop, ShopChannel

MANY = 100
PUSHED = 12

TABLES = (
    "product",
    "product_variant",
    "product_option",
    "image",
    "price",
    "inventory_item",
    "inventory_level",
    "product_sales_channel",
)


@pytest.fixture(scope="module")
def catalog(shop: Shop, channel: ShopChannel) -> Catalog:
    """The channel offers products; nothing goes out yet."""
    return Catalog(channel)


@pytest.fixture(scope="module")
def known(shop: Shop, channel: ShopChannel) -> list[Article]:
    """In the shop and in Odoo before anything goes out: by SKU, and by barcode."""
    by_sku = shop.new_article(stock=3)
    channel.stock_article(by_sku)
    by_barcode = replace(shop.article(stock=4), barcode="7791234500017")
    shop.admin.add_article(shop.keys, by_barcode)
    other = replace(by_barcode, sku=f"{by_barcode.sku}-ODOO")
    channel.stock_article(other)
    return [by_sku, other]


@pytest.fixture(scope="module")
def new(shop: Shop, channel: ShopChannel, catalog: Catalog, known: Any) -> Article:
    """Only in Odoo, until everything goes out."""
    article = shop.article(stock=7, price="24200.00")
    channel.stock_article(article)
    catalog.show([article.sku, *(one.sku for one in known)])
    catalog.confirm()
    catalog.wait_listed([article.sku])
    return article


def test_what_the_shop_has_is_linked_not_doubled(
    shop: Shop, catalog: Catalog, known: list[Article], new: Article
) -> None:
    catalog.wait_listed([one.sku for one in known])
    found = catalog.listings([one.sku for one in known])
    assert {row["origin"] for row in found.values()} == {"linked"}
    titles = [row["title"] for row in shop.admin.products()]
    assert len(titles) == len(set(titles))


def test_a_new_product_arrives_hidden(
    shop: Shop, catalog: Catalog, new: Article
) -> None:
    variant = shop.admin.variant(new.sku)
    assert variant["product"]["status"] == "draft"
    assert new.sku not in shop.visitor.variants()


def test_a_visible_one_is_for_sale_with_price_and_stock(
    shop: Shop, catalog: Catalog, new: Article
) -> None:
    catalog.make_visible([new.sku])

    def for_sale() -> bool:
        variant = shop.visitor.variants().get(new.sku)
        if not variant or not variant.get("calculated_price"):
            return False
        price = variant["calculated_price"]["calculated_amount"]
        return bool(price == new.price and variant["inventory_quantity"] == new.stock)

    wait_until(for_sale, "it is for sale", 60)


def test_what_is_bought_is_counted_once(
    shop: Shop, channel: ShopChannel, catalog: Catalog, new: Article
) -> None:
    """Two of seven: five there and five here, and so it stays."""
    bought = str(shop.visitor.buy({new.sku: 2})["id"])
    shop.admin.capture(bought)
    assert shop.visitor.available(new.sku) == 5
    channel.run()
    assert channel.order(bought)["state"] == "imported"
    assert channel.call("free_quantity", sku=new.sku) == 5
    catalog.run()
    before = shop.fingerprint(TABLES)
    catalog.run()
    assert shop.fingerprint(TABLES) == before
    level = {"stocked": 7, "reserved": 2, "available": 5}
    assert shop.admin.level(shop.keys, new.sku) == level


def test_a_sale_in_odoo_and_a_new_price_arrive(
    shop: Shop, channel: ShopChannel, catalog: Catalog, new: Article
) -> None:
    catalog.call("sell", sku=new.sku, quantity=1)
    catalog.call("set_price", sku=new.sku, price=30000)

    def arrived() -> bool:
        variant = shop.visitor.variants()[new.sku]
        price = variant["calculated_price"]["calculated_amount"]
        return bool(price == 36300 and variant["inventory_quantity"] == 4)

    wait_until(arrived, "stock and price arrive", 90)


def test_a_save_does_not_wait_for_a_push(
    shop: Shop, channel: ShopChannel, catalog: Catalog, new: Article
) -> None:
    """Somebody counts goods while the shop is slow to take what was counted before."""

    def timed(units: int) -> float:
        started = time.monotonic()
        catalog.call("set_stock", quantities={new.sku: units})
        return time.monotonic() - started

    def arrived() -> bool:
        free = channel.call("free_quantity", sku=new.sku)
        return bool(shop.admin.level(shop.keys, new.sku)["available"] == free)

    with shop.slow() as calls:
        usual = timed(20)
        wait_until(calls, "the shop is being told", 90)
        lasted = timed(12)
        assert calls()
        assert lasted < max(2.0, 3 * usual)
    wait_until(arrived, "what was counted last arrives", 90)


def test_a_killed_push_makes_nothing_twice(
    shop: Shop, channel: ShopChannel, catalog: Catalog, new: Article
) -> None:
    """kill -9 while products are made: what was made and not noted is found again."""
    articles = [shop.article(stock=2) for _number in range(PUSHED)]
    for article in articles:
        channel.stock_article(article)
    skus = [article.sku for article in articles]
    catalog.show(skus)

    def under_way() -> bool:
        return bool(set(skus) & shop.skus())

    wait_until(under_way, "the push is under way", 90, poll=0.02)
    (server,) = channel.stage.servers
    server.kill()
    made = set(skus) & shop.skus()
    assert made and len(made) < PUSHED
    channel.stage.serve(name="again")
    catalog.end_leases()
    catalog.run("listings_out")
    catalog.wait_listed(skus)
    titles = [row["title"] for row in shop.admin.products()]
    assert len(titles) == len(set(titles))
    assert set(skus) <= shop.skus()


@pytest.fixture(scope="module")
def many(shop: Shop, catalog: Catalog, new: Article) -> list[str]:
    """Variants of one product of the shop, linked; the last one is gone there."""
    first = shop.article(stock=1)
    articles = [replace(first, sku=f"{first.sku}-{n:03}") for n in range(MANY)]
    values = {f"n{n}": article for n, article in enumerate(articles)}
    shop.admin.add_product(shop.keys, first.title, values, place=False)
    found = {row["sku"]: row for row in shop.admin.variants()}
    items = {
        sku: row["inventory_items"][0]["inventory"]["id"]
        for sku, row in found.items()
        if sku in {article.sku for article in articles}
    }
    last = found[articles[-1].sku]
    shop.admin.remove_variant(last["product"]["id"], last["id"])
    catalog.stop("listings_out")
    catalog.call(
        "link", rows=[[sku, found[sku]["id"], item] for sku, item in items.items()]
    )
    return [article.sku for article in articles]


def test_one_that_is_gone_does_not_hold_the_others(
    shop: Shop, catalog: Catalog, many: list[str]
) -> None:
    catalog.run("stock_out")
    levels = shop.levels(many)
    assert levels == dict.fromkeys(many[:-1], 5)
    refused = [row for row in catalog.not_sent()["stock"] if many[-1] in row[0]]
    assert len(refused) == 1, catalog.not_sent()
