"""Fixtures of the tests of the fakes: a running sandbox and a client."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sandbox.mercadolibre import MercadoLibreSandbox
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
