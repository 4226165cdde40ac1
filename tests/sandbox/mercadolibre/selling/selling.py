"""The selling side as a whole."""

from __future__ import annotations

from typing import Any

from ...http import Router
from ...persistence import Journal
from ..core import Core
from .calls import KIND, Calls
from .control import SellingControl
from .items_api import ItemsApi
from .migration import Migration
from .prices_api import PricesApi
from .purchases import Purchases
from .shop import Shop
from .stock_api import StockApi
from .taxonomy_api import TaxonomyApi


class Selling:
    """Items, categories, stock and prices of the sellers."""

    #: Kind of its changes in the journal.
    kind = KIND

    def __init__(self, core: Core, router: Router, journal: Journal) -> None:
        self.shop = shop = Shop(core)
        self.calls = calls = Calls(core, shop, router, journal)
        ItemsApi(shop, calls)
        TaxonomyApi(shop, calls)
        StockApi(shop, calls)
        PricesApi(shop, calls)
        Migration(shop, calls)
        self.purchases = Purchases(shop)
        SellingControl(core, shop, router, calls)

    def replay(self, name: str, entry: dict[str, Any]) -> None:
        """Make a change of the journal again."""
        self.calls.replay(name, entry)
