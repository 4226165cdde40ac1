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

from devtool.sandbox import Sandbox
from devtool.testkit import Kit


@pytest.fixture(scope="session")
def kit() -> Iterator[Kit]:
    if "DEV_TEMPLATE_DB" not in os.environ:
        pytest.exit("End-to-end tests need the environment of: ./dev test e2e", 1)
    kit = Kit.from_environment()
    yield kit
    kit.close()


@pytest.fixture(scope="session")
def company_template(kit: Kit) -> Iterator[str]:
    """A database with a company, taxes, products and stock, but no channel."""
    with kit.databases.temporary("e2e_company", kit.template) as database:
        sandbox = Sandbox.start(kit.databases.python, kit.odoo.supervisor)
        worker = Worker(kit, database).wait_ready()
        worker.call("prepare_company", sandbox_url=sandbox.url)
        worker.end()
        kit.odoo.supervisor.end(sandbox.child)
        yield database


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
