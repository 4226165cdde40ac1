"""A sandbox shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox

from tests.pure.channel_mercadolibre.support import Account, accounts


@pytest.fixture(scope="module")
def sandbox() -> Iterator[MercadoLibreSandbox]:
    with MercadoLibreSandbox(seed=7, orders=300) as running:
        yield running


@pytest.fixture
def account(sandbox: MercadoLibreSandbox) -> Iterator[Account]:
    found = accounts(sandbox)[0]
    yield found
    found.control("DELETE", "faults")
