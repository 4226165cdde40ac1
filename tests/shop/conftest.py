"""One real shop and one Odoo for all tests; each test has articles of its own."""

import sys
from collections.abc import Iterator

import pytest
from e2e.fixtures import company_template, kit
from e2e.stage import Stage

from devtool.progress import Progress
from devtool.shop.run import new_shop
from devtool.shop.template import EMAIL, PASSWORD
from devtool.testkit import Kit
from shop.medusa_admin import Admin
from shop.medusa_setup import set_up
from shop.shop import Shop, ShopChannel

__all__ = ["channel", "company_template", "kit", "shop", "stage"]
FLOWS = ("orders_in", "orders_answer")


@pytest.fixture(scope="session")
def shop(kit: Kit) -> Iterator[Shop]:
    progress = Progress(sys.stderr)
    with new_shop(kit.databases, kit.odoo.supervisor, progress) as server:
        keys = set_up(Admin.login(server.url, EMAIL, PASSWORD))
        yield Shop(server, keys)


@pytest.fixture(scope="session")
def stage(kit: Kit, company_template: str) -> Iterator[Stage]:
    """Odoo's database, its server with scheduled actions, and a worker."""
    with kit.databases.temporary("shop_odoo", company_template) as database:
        stage = Stage(kit, database)
        try:
            yield stage
        finally:
            stage.close()


@pytest.fixture(scope="session")
def channel(stage: Stage, shop: Shop) -> ShopChannel:
    """The shop, connected; orders come in and are answered."""
    channel = ShopChannel(stage, shop, "Tienda", FLOWS)
    stage.serve()
    return channel
