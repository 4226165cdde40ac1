"""One seller of the sandbox and what a connector does with it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from typing import Any

import requests
from sandbox.mercadolibre import MercadoLibreSandbox

from odoo.addons.channel_mercadolibre.lib import oauth
from odoo.addons.channel_mercadolibre.lib.client import MercadoLibreClient
from odoo.addons.channel_mercadolibre.lib.orders import MercadoLibreOrders
from odoo.addons.channel_mercadolibre.lib.sites import get_site
from odoo.addons.channel_order.lib.source import OrderReference


class Account:
    """One seller of a sandbox, with tokens renewed as an application would."""

    def __init__(self, sandbox: MercadoLibreSandbox, seller: dict[str, Any]):
        self.url = sandbox.url
        self.seller_id = str(seller["id"])
        self.site = get_site(seller["site_id"])
        app = self.control("GET", "info")["apps"][0]
        self.oauth = oauth.OAuthClient(self.url, app["client_id"], app["client_secret"])
        answer = self.control("POST", "grant", {"seller_id": seller["id"]})
        self.access, self.renewal = answer["access_token"], answer["refresh_token"]
        self.renewals = 0
        self._lock = threading.Lock()
        self.client = MercadoLibreClient(self.url, self.token, timeout=(2.0, 3.0))
        self.source = MercadoLibreOrders(self.client, self.seller_id, self.site)

    def token(self, stale: str | None) -> str:
        with self._lock:
            if stale is not None and stale == self.access:
                pair = self.oauth.refresh(self.renewal)
                self.access, self.renewal = pair.access_token, pair.refresh_token
                self.renewals += 1
            return self.access

    def control(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self.url}/_sandbox/{path}"
        answer = requests.request(method, url, json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def fault(self, **rule: Any) -> None:
        self.control("POST", "faults", rule)

    def now(self) -> datetime:
        text = self.control("GET", "clock")["now"]
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return found.astimezone(timezone.utc).replace(tzinfo=None)

    def walk(self, days: int = 70, limit: int = 50) -> list[OrderReference]:
        """Every reference that a search from scratch shows."""
        now = self.now()
        cursor: dict[str, Any] = {}
        found: list[OrderReference] = []
        for _page in range(500):
            page = self.source.search(cursor, now - timedelta(days=days), now, limit)
            found += page.references
            cursor = page.cursor
            if not page.more:
                return found
        raise AssertionError("the search never ends")

    def truth(self, **criteria: Any) -> list[dict[str, Any]]:
        rows = self.control("GET", f"truth?seller_id={self.seller_id}")
        return [
            row
            for row in rows
            if all(row[key] == value for key, value in criteria.items())
        ]


def accounts(sandbox: MercadoLibreSandbox) -> list[Account]:
    info = requests.get(f"{sandbox.url}/_sandbox/info", timeout=10).json()
    return [Account(sandbox, seller) for seller in info["sellers"]]


def merged(references: list[OrderReference]) -> dict[str, dict[str, str]]:
    carts: dict[str, dict[str, str]] = {}
    for reference in references:
        carts.setdefault(reference.external_id, {}).update(reference.versions)
    return carts
