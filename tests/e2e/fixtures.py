"""What the suites share that start real processes.

``./dev test`` prepares the databases and the environment that
:class:`devtool.testkit.Kit` reads.
"""

import os
from collections.abc import Iterator

import pytest

from devtool.locks import FileLock
from devtool.paths import RUNTIME
from devtool.sandbox import Sandbox
from devtool.testkit import Kit

from .worker import Worker

PREPARED = "prepared"


@pytest.fixture(scope="session")
def kit() -> Iterator[Kit]:
    if "DEV_TEMPLATE_DB" not in os.environ:
        pytest.exit("These tests need the environment of: ./dev test e2e shop", 1)
    kit = Kit.from_environment()
    yield kit
    kit.close()


@pytest.fixture(scope="session")
def company_template(kit: Kit) -> str:
    """A database with a company, taxes, products and stock, but no channel.

    Workers share it: the first one fills it.
    """
    database = os.environ["DEV_COMPANY_DB"]
    with FileLock(RUNTIME / "e2e-company.lock"):
        if kit.databases.note(database) != PREPARED:
            sandbox = Sandbox.start(kit.databases.python, kit.odoo.supervisor)
            (worker,) = Worker.start(kit, database, "company")
            worker.wait_ready()
            worker.call("prepare_company", sandbox_url=sandbox.url)
            worker.end()
            kit.odoo.supervisor.end(sandbox.child)
            kit.databases.write_note(database, PREPARED)
    return database
