"""Real processes: Odoo servers, sandboxes, a database for every test module.

Start them with ``./dev test e2e``: it prepares the template database and the
environment that :class:`devtool.testkit.Kit` reads.
"""

import os
import re
from collections.abc import Iterator

import pytest
from e2e.stage import Stage
from e2e.worker import Worker

from devtool.locks import FileLock
from devtool.paths import RUNTIME
from devtool.sandbox import Sandbox
from devtool.testkit import Kit

PREPARED = "prepared"


@pytest.fixture(scope="session")
def kit() -> Iterator[Kit]:
    if "DEV_TEMPLATE_DB" not in os.environ:
        pytest.exit("End-to-end tests need the environment of: ./dev test e2e", 1)
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


@pytest.fixture(scope="module")
def stage(
    kit: Kit, company_template: str, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """The module's own database; everything started on it ends with the module."""
    name = re.sub(r"\W", "_", request.module.__name__.rpartition(".")[2])
    with kit.databases.temporary(f"e2e_{name}", company_template) as database:
        stage = Stage(kit, database)
        try:
            yield stage
        finally:
            stage.close()
