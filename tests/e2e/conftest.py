"""Real processes: Odoo servers, sandboxes, a database for every test module."""

import re
from collections.abc import Iterator

import pytest
from e2e.fixtures import company_template, kit
from e2e.stage import Stage

from devtool.testkit import Kit

__all__ = ["company_template", "kit", "stage"]


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
