"""Fixtures of the tests of the fakes: a running sandbox and a client."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sandbox.mercadolibre import MercadoLibreSandbox
from sandbox.mercadolibre.selling.testing import Seller
from sandbox.testing import Client

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)


@pytest.fixture
def sandbox() -> Iterator[MercadoLibreSandbox]:
    """A running demo sandbox with a stopped clock."""
    with MercadoLibreSandbox(seed=7, orders=300, now=NOW, frozen=True) as running:
        yield running


@pytest.fixture
def client(sandbox: MercadoLibreSandbox) -> Client:
    """A client of the sandbox, acting as the first seller."""
    return Client(sandbox)


@pytest.fixture
def shelf() -> Iterator[MercadoLibreSandbox]:
    """A running sandbox without orders and items."""
    with MercadoLibreSandbox(seed=7, orders=0, now=NOW, frozen=True) as running:
        yield running


@pytest.fixture
def seller(shelf: MercadoLibreSandbox) -> Seller:
    """Sells user products."""
    return Seller(Client(shelf))


@pytest.fixture
def former(shelf: MercadoLibreSandbox) -> Seller:
    """Sells items of the former model."""
    return Seller(Client(shelf), former=True)
