"""A seller's way with a browser: from a product of Odoo to what MercadoLibre sells, and
back. Scheduled actions and the sandbox are processes of their own."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.browser import Seller, seller
from e2e.stage import Shop, Stage, wait_until

from devtool.progress import Progress
from devtool.system import ensure_browser

SIDE = "e2e.goods_side"
SECONDS = 90.0
SKU, NAME, STOCK, NET = "MATERA-1L", "Termo matero de acero 1 L", 6, 40_000
PRICE, NEW_NET, NEW_PRICE = 48_400, 50_000, 60_500
# A folder for pictures of what is seen on the way
PICTURES = os.environ.get("SELLING_PICTURES")


class Account(Shop):
    """An account of MercadoLibre that sells."""

    flows: dict[str, int]

    def call(self, function: str, **values: Any) -> Any:
        return self.stage.worker.call(f"{SIDE}.{function}", **values)

    def hand_over(self) -> None:
        """Let what was saved reach the flows now, which happens each minute."""
        self.stage.trigger("channel_outgoing.ir_cron_drain")

    def item(self) -> dict[str, Any]:
        """The item as MercadoLibre has it; empty while there is none."""
        rows = self.remote.get(f"items?seller_id={self.remote.seller['id']}")
        found = [row for row in rows if get_sku(row) == SKU]
        assert len(found) <= 1, found
        return found[0] if found else {}

    def wait(self, what: str, **values: Any) -> None:
        """Until the item has these values."""

        def arrived() -> bool:
            item = self.item()
            return all(item.get(key) == value for key, value in values.items())

        try:
            wait_until(arrived, what, SECONDS)
        except AssertionError as error:
            waiting = self.call("describe_rows", channel_id=self.channel)
            raise AssertionError(f"{error}; {self.item()}; {waiting}") from None


def get_sku(item: dict[str, Any]) -> str:
    attributes = {row["id"]: row.get("value_name") for row in item["attributes"]}
    return attributes.get("SELLER_SKU") or ""


@pytest.fixture(scope="module")
def account(stage: Stage) -> Account:
    """Orders come in; of goods nothing goes out before somebody says so."""
    remote = stage.sandbox(0)
    made = stage.channel(remote)
    account = Account(stage, remote, made.channel, made.flow)
    account.flows = account.call("flows", channel_id=account.channel)
    stage.serve()
    # Before the account's list is known nothing is made there.
    stage.sql(
        "UPDATE sale_channel_flow SET enabled = true WHERE id = %s",
        account.flows["listings_in"],
    )
    account.run(flow=account.flows["listings_in"])
    account.call(
        "confirm", channel_id=account.channel, kinds=["stock_out", "price_out"]
    )
    return account


@pytest.fixture(scope="module")
def template(account: Account) -> int:
    """A product of Odoo alone; its id."""
    made: int = account.call(
        "make_product",
        sku=SKU,
        name=NAME,
        price=NET,
        stock=STOCK,
        barcode="7790000000010",
        brand="Cardal",
    )
    return made


@pytest.fixture(scope="module")
def person(stage: Stage, account: Account) -> Iterator[Seller]:
    (server,) = stage.servers
    with seller(server.url, ensure_browser(Progress(sys.stderr))) as found:
        yield found


def picture(person: Seller, name: str) -> None:
    if PICTURES:
        person.page.wait_for_timeout(600)
        person.page.screenshot(path=Path(PICTURES) / f"{name}.png")


def open_listing(person: Seller, template: int) -> None:
    """From the product to its listing."""
    person.open(f"m-product.template/{template}")
    person.page.locator("button[name=action_open_channel_listings]").click()
    person.page.locator(".o_data_row [name=display_name]").first.click()
    person.page.wait_for_selector(".o_form_view [name=visibility]")


def test_a_product_becomes_a_listing(
    account: Account, template: int, person: Seller
) -> None:
    person.open(f"m-product.template/{template}", "Channels")
    person.choose("channel_show", "Yes")
    person.save()
    page = person.page
    page.locator("button[name=action_open_channel_listings]").click()
    page.locator(".o_list_button_add").click()
    page.wait_for_selector(".o_form_view [name=channel_id] input")
    person.pick("channel_id", "Shop")
    person.save()
    person.tab("MercadoLibre")
    page.locator("[name=action_mercadolibre_category]").click()
    page.wait_for_selector(".modal [name=line_ids] .o_data_row")
    picture(person, "mercadolibre-category")
    person.press("action_apply")
    page.locator("[name=action_mercadolibre_attributes]").click()
    page.wait_for_selector(".modal [name=asked_ids] .o_data_row")
    person.write_line("asked_ids", "Capacidad", "text", "1 L")
    picture(person, "mercadolibre-attributes")
    person.press("action_save")
    person.open(f"sales-channels/{account.channel}")
    person.dry_run("Listings Out")
    lines = person.lines()
    shown = [line for line in lines if NAME in line]
    assert shown and all("Create" in line for line in shown), lines
    assert not account.item()
    picture(person, "mercadolibre-dry-run")
    person.open(f"sales-channels/{account.channel}")
    person.dry_run("Listings Out")
    person.confirm()
    account.hand_over()
    account.wait("the listing is there, paused", status="paused", price=PRICE)


def test_what_is_made_visible_is_sold(
    account: Account, template: int, person: Seller
) -> None:
    open_listing(person, template)
    person.choose("visibility", "Catalogue and search")
    person.save()
    account.hand_over()
    account.wait("it is for sale", status="active", available_quantity=STOCK)
    open_listing(person, template)
    picture(person, "mercadolibre-listing")
    bought = account.remote.post(
        "orders",
        seller_id=account.remote.seller["id"],
        items=[{"item_id": account.item()["id"], "quantity": 2}],
    )
    assert bought
    account.request_run()
    wait_until(lambda: account.count("state = 'imported'"), "the order", SECONDS)
    (order,) = account.summary().values()
    assert (order["order_state"], order["total"]) == ("sale", 2 * PRICE), order
    assert account.item()["available_quantity"] == STOCK - 2


def test_what_odoo_sells_and_a_new_price_are_seen_there(
    account: Account, template: int, person: Seller
) -> None:
    # What still reserves the goods of the order would meet the other sale.
    account.wait_idle()
    account.call("sell", sku=SKU, quantity=1)
    person.open(f"m-product.template/{template}", "General Information")
    person.fill("list_price", str(NEW_NET))
    person.save()
    # As it is every day: nothing but scheduled actions.
    account.wait("the stock arrives", available_quantity=STOCK - 3)
    account.wait("the price arrives", price=NEW_PRICE)
    assert account.item()["status"] == "active"
