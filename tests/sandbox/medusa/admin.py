"""Handlers of the Admin API; every one needs the secret key as HTTP Basic."""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Callable
from typing import Any

from ..http import HttpError, Request, Response, Router, json_response
from ..jsontools import merge_patch
from .answers import LIST_DEFAULTS, page, refuse, shown, values
from .fulfilment import Fulfilment
from .shop import Shop

Handler = Callable[[Request], Response]


class Admin:
    """Stores, sales channels and orders."""

    def __init__(self, shop: Shop, router: Router, lock: threading.RLock) -> None:
        self.shop = shop
        self.lock = lock
        self.fulfilment = Fulfilment(shop)
        for method, path, handler in (
            ("GET", "/admin/stores", self.stores),
            ("GET", "/admin/sales-channels", self.sales_channels),
            ("GET", "/admin/reservations", self.reservations),
            ("GET", "/admin/orders", self.orders),
            ("GET", "/admin/orders/{id}", self.order),
            ("POST", "/admin/orders/{id}", self.update_order),
            ("POST", "/admin/orders/{id}/cancel", self.cancel),
            ("POST", "/admin/orders/{id}/fulfillments", self.fulfil),
            ("POST", "/admin/orders/{id}/fulfillments/{name}/shipments", self.ship),
            (
                "POST",
                "/admin/orders/{id}/fulfillments/{name}/mark-as-delivered",
                self.deliver,
            ),
        ):
            router.add(method, path, self.guarded(handler))

    def guarded(self, handler: Handler) -> Handler:
        """A handler that asks for the key."""

        def answer(request: Request) -> Response:
            check_key(request, self.shop.key)
            with self.lock:
                return handler(request)

        return answer

    def stores(self, request: Request) -> Response:
        return page(request, "stores", [self.shop.store])

    def sales_channels(self, request: Request) -> Response:
        return page(request, "sales_channels", list(self.shop.sales_channels.values()))

    def reservations(self, request: Request) -> Response:
        rows = list(self.shop.reservations.values())
        for name in ("line_item_id", "inventory_item_id", "location_id"):
            wanted = values(request, name)
            rows = [row for row in rows if not wanted or row[name] in wanted]
        return page(request, "reservations", rows)

    def orders(self, request: Request) -> Response:
        rows = [one for one in self.shop.orders.values() if not one["is_draft_order"]]
        for name, field in (("id", "id"), ("sales_channel_id", "sales_channel_id")):
            wanted = values(request, name)
            rows = [row for row in rows if not wanted or row[field] in wanted]
        since = request.query.get("updated_at[$gte]", "")
        rows = [row for row in rows if row["updated_at"] >= since]
        order = request.query.get("order", "")
        if "," in order:
            # The service takes one field, and breaks over two.
            raise refuse("An unknown error occurred.", "unknown_error", 500)
        if order:
            rows.sort(key=lambda row: row[order.lstrip("-")], reverse=order[0] == "-")
        fields = request.query.get("fields")
        found = [shown(row, fields, LIST_DEFAULTS) for row in rows]
        return page(request, "orders", found, 15)

    def _answer(self, request: Request, order: dict[str, Any]) -> Response:
        return json_response(
            {"order": shown(order, request.query.get("fields"), order)}
        )

    def order(self, request: Request) -> Response:
        return self._answer(request, self.shop.order(request.params["id"]))

    def update_order(self, request: Request) -> Response:
        key, body = request.params["id"], request.json()
        order = self.shop.order(key)
        if order["status"] == "canceled":
            raise refuse(f"Order with id {key} has been canceled.")
        if "metadata" in body:
            order["metadata"] = merge_patch(order["metadata"] or {}, body["metadata"])
        self.shop.touch(order, version=False)
        self.shop.announce("order.updated", {"id": key})
        return self._answer(request, order)

    def cancel(self, request: Request) -> Response:
        self.shop.cancel(request.params["id"])
        return self.order(request)

    def fulfil(self, request: Request) -> Response:
        found = self.fulfilment.create(request.params["id"], request.json())
        return self._answer(request, found)

    def ship(self, request: Request) -> Response:
        names = request.params
        found = self.fulfilment.ship(names["id"], names["name"], request.json())
        return self._answer(request, found)

    def deliver(self, request: Request) -> Response:
        names = request.params
        return self._answer(
            request, self.fulfilment.deliver(names["id"], names["name"])
        )


def check_key(request: Request, key: str) -> None:
    """The key travels as the name of HTTP Basic, encoded or not; never as a bearer."""
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        if not token.startswith("sk_"):
            try:
                token = base64.b64decode(token).decode()
            except (binascii.Error, ValueError):
                token = ""
        if token.removesuffix(":") == key:
            return
    text = "Unauthorized"
    if scheme.lower() == "bearer" and token.startswith("sk_"):
        text = (
            "A secret API key was passed as a Bearer token. Secret API keys must be "
            "sent using HTTP Basic authentication instead."
        )
    raise HttpError(json_response({"message": text}, 401))
