"""A shop server process with a database and a folder of its own."""

import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from ..databases import Databases
from ..errors import DevError
from ..paths import LOGS, ROOT, RUNTIME, remove_tree
from ..ports import LOOPBACK, answers, any_free, is_free
from ..postgres import Connection
from ..processes import Child, Supervisor, wait_until_started
from .install import PACKAGES, SOURCE, Installation

FOLDERS = RUNTIME / "shops"
# The one page with the shop's subscriber, which is used here as it stands there
SUBSCRIBER_PAGE = ROOT / "docs" / "medusa.md"
SUBSCRIBER = re.compile(r"^```js\n(.*?)^```$", re.M | re.S)
START_SECONDS = 60.0
DEFAULT_SOCKETS = "/var/run/postgresql"


class ShopServer:
    """A shop on its database, which runs."""

    def __init__(
        self,
        installation: Installation,
        databases: Databases,
        supervisor: Supervisor,
        database: str,
        *,
        port: int = 0,
        variables: Mapping[str, str] | None = None,
    ):
        """Start it, on the given port if that is free.

        :param variables: more of the environment, for what the shop runs beside Medusa
        """
        self.installation = installation
        self.databases = databases
        self.supervisor = supervisor
        self.database = database
        self.port = port if port and is_free(port) else any_free()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.child = self._start(variables or {})

    def restart(self, variables: Mapping[str, str]) -> None:
        """The same shop at the same address, with another environment."""
        self.supervisor.end(self.child)
        self.child = self._start(variables)

    def _start(self, variables: Mapping[str, str]) -> Child:
        installation, url = self.installation, self.url
        folder = make_folder(installation, self.database)
        connection = self.databases.connection
        known = environment(installation, connection, self.database, url)
        child = self.supervisor.serve(
            "shop",
            installation.command("start", "-H", LOOPBACK, "-p", str(self.port)),
            LOGS / f"shop-{self.database}.log",
            env={**known, **variables},
            cwd=folder,
        )
        try:
            health = f"{url}/health"
            wait_until_started(child, lambda: answers(health), START_SECONDS)
        except DevError:
            self.supervisor.end(child)
            raise
        return child


def make_folder(installation: Installation, database: str) -> Path:
    """The folder of a shop, with our configuration and links to the packages.

    What is uploaded to a shop is stored there, so each has its own.
    """
    folder = FOLDERS / database
    folder.mkdir(parents=True, exist_ok=True)
    for path in SOURCE.iterdir():
        if path.is_dir():
            shutil.copytree(path, folder / path.name, dirs_exist_ok=True)
        elif path.name not in PACKAGES[1:]:
            shutil.copy(path, folder / path.name)
    subscriber = folder / "src" / "subscribers" / "odoo.js"
    subscriber.parent.mkdir(parents=True, exist_ok=True)
    subscriber.write_text(read_subscriber())
    remove_tree(folder / "node_modules")
    (folder / "node_modules").symlink_to(installation.folder / "node_modules")
    return folder


def read_subscriber() -> str:
    """The file that announces what changes in a shop, as the documentation has it.

    It does nothing without ``ODOO_URL`` and ``ODOO_SECRET`` in the environment.
    """
    (found,) = SUBSCRIBER.findall(SUBSCRIBER_PAGE.read_text())
    return str(found)


def environment(
    installation: Installation, connection: Connection, database: str, url: str
) -> dict[str, str]:
    """What Medusa and our configuration of it read."""
    return {
        **installation.node.environment(),
        "NODE_ENV": "production",
        "NO_COLOR": "1",
        "MEDUSA_DISABLE_TELEMETRY": "true",
        "SHOP_DATABASE_URL": database_url(connection, database),
        "SHOP_SECRET": secrets.token_hex(),
        "SHOP_URL": url,
    }


def database_url(connection: Connection, database: str) -> str:
    """Address of a database; a host that is a folder holds the server's socket."""
    user, password = quote(connection.user, ""), quote(connection.password, "")
    login = f"{user}:{password}" if password else user
    host = quote(connection.host or DEFAULT_SOCKETS, "")
    port = f":{connection.port}" if connection.port else ""
    return f"postgres://{login}@{host}{port}/{quote(database, '')}"


def remove_folder(database: str) -> None:
    """Forget what belongs to a shop beside its database."""
    remove_tree(FOLDERS / database)


def forget_old(databases: Databases) -> None:
    """Remove what killed commands left of shops whose databases are gone."""
    for folder in FOLDERS.glob("*"):
        if not databases.exists(folder.name):
            remove_tree(folder)
