"""A sandbox shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox

from tests.pure.channel_mercadolibre.selling import Shelf
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


@pytest.fixture(scope="module")
def shop() -> Iterator[MercadoLibreSandbox]:
    with MercadoLibreSandbox(seed=7, orders=0) as running:
        yield running


@pytest.fixture
def shelf(shop: MercadoLibreSandbox) -> Iterator[Shelf]:
    """An account with user products that sells nothing."""
    account = accounts(shop)[0]
    shelf = Shelf(account)
    shelf.set_model(user_products=True)
    shelf.clear()
    yield shelf
    account.control("DELETE", "faults")
    shelf.control("refuse", {"skus": []})
    shelf.control(f"sellers/{account.seller_id}", {"list_allow": True})


@pytest.fixture
def former(shelf: Shelf) -> Shelf:
    """The same account before it was moved to user products."""
    shelf.set_model(user_products=False)
    shelf.user_products = False
    shelf.begin()
    return shelf
