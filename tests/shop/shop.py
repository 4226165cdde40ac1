"""The shop of the tests, and its channel in Odoo."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import psycopg2
from e2e.stage import Channel, Stage, wait_until

from devtool.shop.server import ShopServer

from .medusa_admin import Admin
from .medusa_shop import Article, Keys
from .medusa_store import Visitor

ODOO_SIDE, CATALOG_SIDE = "shop.odoo_side", "shop.catalog_side"
# Functions that concern products, not a channel
OF_PRODUCTS = ("sell", "set_price", "show", "set_stock")
KINDS = ("stock_out", "price_out", "listings_out")


class Shop:
    """A shop that was set up."""

    def __init__(self, server: ShopServer, keys: Keys):
        self.server = server
        self.keys = keys
        self.admin = Admin.of(keys)
        self.visitor = Visitor(keys)
        self._numbers = itertools.count(1)

    def levels(self, skus: Sequence[str]) -> dict[str, int]:
        """SKU → units that lie at the shop's location; none for what is not there."""
        items = self.admin.get(
            "/admin/inventory-items", limit=1000, fields="sku,*location_levels"
        )["inventory_items"]
        return {
            item["sku"]: int(level["stocked_quantity"])
            for item in items
            for level in item["location_levels"]
            if item["sku"] in skus and level["location_id"] == self.keys.location_id
        }

    def skus(self) -> set[str]:
        """All that there is, as fast as it can be known."""
        query = "SELECT sku FROM product_variant WHERE deleted_at IS NULL"
        with closing(psycopg2.connect(dbname=self.server.database)) as connection:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return {row[0] for row in cursor.fetchall()}

    def fingerprint(self, tables: Sequence[str]) -> dict[str, list[Any]]:
        """Every row of some tables of the shop, and which transaction wrote it."""
        with closing(psycopg2.connect(dbname=self.server.database)) as connection:
            with connection.cursor() as cursor:
                found = {}
                for table in tables:
                    cursor.execute(
                        f"SELECT t.*, t.xmin::text FROM {table} t ORDER BY 1"
                    )
                    found[table] = sorted(map(str, cursor.fetchall()))
        return found

    @contextmanager
    def slow(self) -> Iterator[Callable[[], bool]]:
        """Meanwhile no writing of stock is answered; whether one waits to be."""
        waiting = (
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
            " AND relation = 'inventory_level'::regclass"
        )
        with closing(psycopg2.connect(dbname=self.server.database)) as connection:
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE inventory_level IN EXCLUSIVE MODE")

                def waits() -> bool:
                    cursor.execute(waiting)
                    return bool(cursor.fetchone()[0])

                yield waits

    def article(self, stock: int, price: str = "12100.50") -> Article:
        """Something to sell that is nowhere yet and that no other test touches."""
        number = next(self._numbers)
        return Article(
            sku=f"ART-{number:03}",
            title=f"Artículo {number}",
            price=Decimal(price),
            stock=stock,
        )

    def new_article(self, stock: int, price: str = "12100.50") -> Article:
        """Something that the shop sells."""
        article = self.article(stock, price)
        self.admin.add_article(self.keys, article)
        return article


class ShopChannel(Channel):
    """A live channel of the shop."""

    def __init__(self, stage: Stage, shop: Shop, name: str, flows: Sequence[str]):
        keys = asdict(shop.keys)
        made = stage.worker.call(
            f"{ODOO_SIDE}.make_channel", name=name, keys=keys, flows=list(flows)
        )
        self.flows: dict[str, int] = made["flows"]
        super().__init__(stage, made["channel"], self.flows["orders_in"])
        self.shop = shop

    def call(self, function: str, **values: Any) -> Any:
        """Call a function of ``odoo_side``."""
        return self.stage.worker.call(f"{ODOO_SIDE}.{function}", **values)

    def stock_article(self, article: Article) -> int:
        """Make an article in Odoo as well; the product's id."""
        product: int = self.call(
            "make_product",
            sku=article.sku,
            name=article.title,
            price=float(round(article.price / Decimal("1.21"), 2)),
            stock=article.stock,
            barcode=article.barcode or False,
        )
        return product

    def order(self, external_id: str) -> dict[str, Any]:
        """What Odoo made of an order."""
        found: dict[str, Any] = self.call(
            "describe_order", channel_id=self.channel, external_id=external_id
        )
        return found

    def hurry(self) -> None:
        """What waits for its turn to be told to the shop is due now."""
        self.stage.sql(
            "UPDATE sale_channel_order_answer "
            "SET next_attempt_at = now() AT TIME ZONE 'UTC' - interval '1 second' "
            "WHERE channel_id = %s AND sync_state = 'pending'",
            self.channel,
        )
        self.request_run(self.flows["orders_answer"])


class Catalog:
    """What a channel of the shop offers."""

    def __init__(self, channel: ShopChannel):
        self.channel = channel
        self.call("open_catalog", keys=asdict(channel.shop.keys))

    def call(self, function: str, **values: Any) -> Any:
        """Call a function of ``catalog_side``."""
        if function not in OF_PRODUCTS:
            values["channel_id"] = self.channel.channel
        found = self.channel.stage.worker.call(f"{CATALOG_SIDE}.{function}", **values)
        self.channel.stage.wake()
        return found

    def show(self, skus: Sequence[str]) -> None:
        self.call("show", skus=list(skus))

    def confirm(self, *kinds: str) -> None:
        """Somebody lets it go out."""
        self.call("confirm", kinds=list(kinds or KINDS))

    def stop(self, kind: str) -> None:
        """Somebody switches a flow off."""
        self.call("stop", kind=kind)

    def make_visible(self, skus: Sequence[str]) -> None:
        self.call("make_visible", skus=list(skus))

    def listings(self, skus: Sequence[str]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.call(
            "describe_listings", skus=list(skus)
        )
        return found

    def wait_listed(self, skus: Sequence[str], seconds: float = 90) -> None:
        """Until the shop has them all and Odoo knows what they are called there."""

        def listed() -> bool:
            found = self.listings(skus)
            return len(found) == len(skus) and all(
                row["external_id"] for row in found.values()
            )

        try:
            wait_until(listed, f"{len(skus)} are listed", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.not_sent()}") from error

    def end_leases(self) -> None:
        """What a killed process had claimed is due now."""
        for family in ("content", "stock", "price"):
            self.channel.stage.sql(
                f"UPDATE sale_channel_listing_{family} SET next_attempt_at = "
                "now() AT TIME ZONE 'UTC' - interval '1 second' "
                "WHERE channel_id = %s AND sync_state = 'pending'",
                self.channel.channel,
            )

    def not_sent(self) -> dict[str, list[list[str]]]:
        """Family → what has not gone out, and why."""
        found: dict[str, list[list[str]]] = self.call("describe_rows")
        return found

    def run(self, *kinds: str) -> None:
        """A whole pass of the flows that go out."""
        for kind in kinds or KINDS:
            self.channel.run(flow=self.channel.flows[kind])
