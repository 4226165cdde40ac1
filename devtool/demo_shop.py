"""``./dev demo --shop``: a real shop, Odoo connected to it, and the first orders."""

import json
import os

from .databases import Databases
from .demo import (
    HTTP_PORTS,
    STATE,
    Demo,
    prepare_database,
    refuse_second,
    run_scripts,
    serve,
    wait_for_import,
)
from .errors import DevError
from .paths import DEVTOOL, RUNTIME, read_json, write_json
from .ports import LOOPBACK, first_free, is_free
from .processes import start_time
from .shop import command as shops
from .shop import install, server, template
from .shop.install import Installation
from .shop.server import ShopServer
from .workspace import Workspace

DATABASE, SHOP_DATABASE = "demo_shop", "demo_shop_server"
# What opens the shop, so that a kept database of Odoo still fits to it
KEYS = RUNTIME / "demo-shop.json"
SCRIPT = DEVTOOL / "odoo_scripts" / "demo_medusa.py"
NOTIFICATIONS = "/channel/medusa/notifications"
PRODUCTS = 40
ORDERS = 3


def start(
    workspace: Workspace, *, fresh: bool = False, port: int | None = None
) -> Demo:
    """Start the shop and Odoo, let products go there and orders come from there."""
    refuse_second()
    if port and not is_free(port):
        raise DevError(f"Port {port} is taken; without --port a free one is found.")
    databases = workspace.databases
    database = databases.name(DATABASE)
    shop_database = databases.name(SHOP_DATABASE)
    python = workspace.python
    installation = install.ensure(lambda: python, workspace.progress)
    keys = read_json(KEYS)
    both = databases.exists(database) and databases.exists(shop_database)
    fresh = fresh or not (keys and both)
    prepare_database(workspace, database, fresh=fresh)
    if fresh:
        keys = new_shop(workspace, installation, shop_database)
    port = port or first_free(HTTP_PORTS)
    url = f"http://{LOOPBACK}:{port}"
    variables = {
        "ODOO_URL": f"{url}{NOTIFICATIONS}",
        "ODOO_SECRET": str(keys["secret_key"]),
    }
    shop = start_shop(workspace, installation, shop_database, keys, variables)
    keys["url"] = shop.url
    write_json(KEYS, keys)
    run_scripts(
        workspace,
        database,
        "Making products and connecting the shop",
        {"demo-medusa": SCRIPT},
        {"SHOP_KEYS": json.dumps(keys)},
    )
    child, url = serve(workspace, database, port)
    owner = os.getpid()
    facts = {"database": database, "url": url, "shop_url": shop.url}
    facts |= {"owner": owner, "owner_started": start_time(owner)}
    write_json(STATE, {**read_json(STATE), **facts})
    children = (child, shop.child)
    with workspace.progress.step("Products go to the shop, three people buy"):
        shops.ask(python, "buy", str(KEYS), str(PRODUCTS))
    report = wait_for_import(workspace, database, children, least=ORDERS)
    return Demo(url, children, report, shops.describe(keys))


def new_shop(
    workspace: Workspace, installation: Installation, database: str
) -> dict[str, object]:
    """An Argentine shop with nothing to sell yet; its keys."""
    databases: Databases = workspace.databases
    empty = template.ensure(installation, databases, workspace.progress)
    databases.create(database, empty)
    server.remove_folder(database)
    shop = start_shop(workspace, installation, database, {}, {})
    with workspace.progress.step("Setting the shop up"):
        keys: dict[str, object] = dict(
            shops.set_up(workspace.python, shop.url, "--empty")
        )
    workspace.supervisor.end(shop.child)
    return keys


def start_shop(
    workspace: Workspace,
    installation: Installation,
    database: str,
    keys: dict[str, object],
    variables: dict[str, str],
) -> ShopServer:
    """The shop on the address that it had, if that is free."""
    port = int(str(keys.get("url", "")).rpartition(":")[2] or 0)
    with workspace.progress.step("Starting the shop"):
        return ShopServer(
            installation,
            workspace.databases,
            workspace.supervisor,
            database,
            port=port if port and is_free(port) else first_free(shops.PORTS),
            variables=variables,
        )
