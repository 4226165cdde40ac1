"""A shop of its own for as long as somebody needs it."""

import contextlib
from collections.abc import Iterator, Mapping

from ..databases import Databases
from ..processes import Supervisor
from ..progress import Progress
from . import install, server, template
from .server import ShopServer

DATABASE = "shop"


@contextlib.contextmanager
def new_shop(
    databases: Databases,
    supervisor: Supervisor,
    progress: Progress,
    *,
    port: int = 0,
    variables: Mapping[str, str] | None = None,
) -> Iterator[ShopServer]:
    """A running shop that is not set up; nothing of it is left at the end.

    :param port: the port it gets if that is free
    :param variables: more of its environment
    """
    installation = install.ensure(lambda: databases.python, progress)
    empty = template.ensure(installation, databases, progress)
    server.forget_old(databases)
    with databases.temporary(DATABASE, empty) as database:
        with progress.step("Starting the shop"):
            shop = ShopServer(
                installation,
                databases,
                supervisor,
                database,
                port=port,
                variables=variables,
            )
        try:
            yield shop
        finally:
            supervisor.end(shop.child)
            server.remove_folder(database)
