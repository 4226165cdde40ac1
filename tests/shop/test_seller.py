"""A seller's way with a browser: from the product's flags to what a buyer sees."""

import sys
from collections.abc import Iterator
from decimal import Decimal

import pytest
from e2e.browser import Seller, seller
from e2e.stage import wait_until

from devtool.progress import Progress
from devtool.system import ensure_browser
from shop.medusa_shop import Article
from shop.shop import Catalog, Shop, ShopChannel

SECONDS = 90.0


@pytest.fixture(scope="module")
def catalog(channel: ShopChannel) -> Catalog:
    """Stock and prices go out; of listings nothing does before somebody says so."""
    catalog = Catalog(channel)
    catalog.confirm()
    # Before the shop's list is read, nothing is made there.
    catalog.run("listings_in")
    catalog.stop("listings_out")
    return catalog


@pytest.fixture(scope="module")
def article(shop: Shop) -> Article:
    return shop.article(stock=6, price="12100.00")


@pytest.fixture(scope="module")
def template(channel: ShopChannel, catalog: Catalog, article: Article) -> int:
    """The article as a product of Odoo alone; its id."""
    product = channel.stock_article(article)
    query = "SELECT product_tmpl_id FROM product_product WHERE id = %s"
    return int(channel.stage.value(query, product))


@pytest.fixture(scope="module")
def person(channel: ShopChannel, catalog: Catalog) -> Iterator[Seller]:
    server = channel.stage.servers[0]
    with seller(server.url, ensure_browser(Progress(sys.stderr))) as found:
        yield found


def test_a_seller_sees_what_will_happen_and_it_does(
    shop: Shop,
    channel: ShopChannel,
    catalog: Catalog,
    article: Article,
    template: int,
    person: Seller,
) -> None:
    person.open(f"m-product.template/{template}", "Channels")
    person.choose("channel_show", "Yes")
    person.save()
    person.open(f"sales-channels/{channel.channel}")
    person.dry_run("Listings Out")
    lines = person.lines()
    shown = [line for line in lines if article.title in line]
    assert shown and all("Create" in line for line in shown), lines
    assert article.sku not in shop.skus()
    person.open(f"sales-channels/{channel.channel}")
    person.dry_run("Listings Out")
    person.confirm()
    channel.stage.wake()
    catalog.wait_listed([article.sku], SECONDS)
    assert shop.admin.variant(article.sku)["product"]["status"] == "draft"


def test_what_the_seller_makes_visible_is_for_sale(
    shop: Shop, channel: ShopChannel, article: Article, template: int, person: Seller
) -> None:
    person.open(f"m-product.template/{template}")
    person.page.locator("button[name=action_open_channel_listings]").click()
    person.page.locator(".o_data_row", has_text=article.title).locator(
        "[name=display_name]"
    ).click()
    person.page.wait_for_selector(".o_form_view [name=visibility] input")
    person.choose("visibility", "Catalogue and search")
    person.save()
    channel.stage.wake()

    def for_sale() -> bool:
        variant = shop.visitor.variants().get(article.sku)
        if not variant or not variant.get("calculated_price"):
            return False
        price = variant["calculated_price"]["calculated_amount"]
        return bool(price == 12100 and variant["inventory_quantity"] == 6)

    wait_until(for_sale, "it is for sale", SECONDS)


def test_a_sale_and_a_new_price_are_seen_there(
    shop: Shop,
    channel: ShopChannel,
    catalog: Catalog,
    article: Article,
    template: int,
    person: Seller,
) -> None:
    catalog.call("sell", sku=article.sku, quantity=2)
    person.open(f"m-product.template/{template}", "General Information")
    person.fill("list_price", "20000")
    person.save()
    channel.stage.wake()

    def arrived() -> bool:
        variant = shop.visitor.variants()[article.sku]
        price = variant["calculated_price"]["calculated_amount"]
        there = Decimal(str(price)), variant["inventory_quantity"]
        return bool(there == (24200, 4))

    wait_until(arrived, "stock and price arrive", SECONDS)
