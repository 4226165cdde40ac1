"""A shop, and a client with its key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox.medusa import MedusaSandbox

from odoo.addons.channel_medusa.lib.client import MedusaClient


@pytest.fixture
def shop() -> Iterator[MedusaSandbox]:
    with MedusaSandbox(seed=7) as running:
        yield running


@pytest.fixture
def client(shop: MedusaSandbox) -> MedusaClient:
    return MedusaClient(shop.url, shop.shop.key, timeout=(2.0, 3.0), retries=0)
