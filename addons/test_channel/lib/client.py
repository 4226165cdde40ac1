"""Calls of the fake channel: its orders and statuses. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_order.lib.source import OrderPage, OrderReference

from .remote import FakeRemote


def version(order: Mapping[str, Any]) -> str:
    return f"{order['version']:06}"


def placed_at(order: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(order["placed_at"])


class FakeClient:
    """The :class:`OrderSource` and :class:`StatusWriter` of the fake channel."""

    def __init__(self, remote: FakeRemote):
        self.remote = remote

    def take_calls(self) -> int:
        calls, self.remote.calls = self.remote.calls, 0
        return calls

    def search(
        self, cursor: dict[str, Any], since: datetime, now: datetime, limit: int
    ) -> OrderPage:
        self.remote.calls += 1
        self.remote.searches += 1
        end = cursor.get("offset", 0) + limit
        items = list(self.remote.orders.items())
        references = tuple(
            OrderReference(key, {key: version(order)}, placed_at(order))
            for key, order in items[end - limit : end]
        )
        more = end < len(items)
        return OrderPage(references, {"offset": end if more else 0}, more)

    def fetch(self, external_id: str, versions: Mapping[str, str]) -> dict[str, Any]:
        self.remote.call()
        if external_id not in self.remote.orders:
            raise Rejected("not_found")
        order = deepcopy(self.remote.orders[external_id])
        versions = {external_id: version(order)}
        return {"schema": 1, "versions": versions, "id": external_id, "order": order}

    def read_status(self, external_id: str) -> str:
        self.remote.call()
        return str(self.remote.orders[external_id]["status"])

    def write_status(self, external_id: str, status: str) -> None:
        self.remote.call()
        self.remote.written.append((external_id, status))
        self.remote.put(external_id, status=status)
