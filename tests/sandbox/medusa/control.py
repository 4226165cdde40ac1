"""Control API of the Medusa fake (``/_sandbox/``, no authentication)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..http import HttpError, Request, Response, Router, json_response
from ..jsontools import merge_patch
from .shop import Shop

Record = dict[str, Any]


class Control:
    """What buyers and the shop's people do, and what there is."""

    def __init__(self, shop: Shop, router: Router, lock: threading.RLock) -> None:
        self.shop = shop
        self.lock = lock
        self.events: list[Record] = []
        shop.announce = lambda name, data: self.events.append(
            {"name": name, "data": data}
        )
        for method, path, handler in (
            ("GET", "/_sandbox/info", self.info),
            ("GET", "/_sandbox/events", lambda _request: self.events),
            ("GET", "/_sandbox/orders/{id}", self.read),
            ("POST", "/_sandbox/orders", self.place),
            ("POST", "/_sandbox/orders/{id}", self.patch),
            ("POST", "/_sandbox/orders/{id}/capture", self.capture),
            ("POST", "/_sandbox/orders/{id}/refund", self.refund),
            ("POST", "/_sandbox/orders/{id}/cancel", self.cancel),
            ("POST", "/_sandbox/orders/{id}/edit", self.edit),
        ):
            router.add(method, path, self._locked(handler))

    def _locked(
        self, handler: Callable[[Request], Any]
    ) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            with self.lock:
                try:
                    return json_response(handler(request))
                except (KeyError, TypeError, ValueError) as error:
                    text = f"{type(error).__name__}: {error}"
                    raise HttpError(json_response({"error": text}, 400)) from error

        return answer

    def info(self, _request: Request) -> Record:
        return {
            "key": self.shop.key,
            "store": self.shop.store,
            "sales_channels": list(self.shop.sales_channels.values()),
            "orders": len(self.shop.orders),
        }

    def read(self, request: Request) -> Record:
        return self.shop.order(request.params["id"])

    def place(self, request: Request) -> Record:
        return self.shop.place(request.json())

    def patch(self, request: Request) -> Record:
        """Merge a patch into an order; its date moves unless it says ``quietly``."""
        key, values = request.params["id"], request.json()
        quietly = values.pop("quietly", False)
        order = merge_patch(self.shop.order(key), values)
        self.shop.orders[key] = order
        if not quietly:
            self.shop.touch(order)
        return order

    def capture(self, request: Request) -> Record:
        self.shop.capture(request.params["id"])
        return self.read(request)

    def refund(self, request: Request) -> Record:
        self.shop.refund(request.params["id"], request.json()["amount"])
        return self.read(request)

    def cancel(self, request: Request) -> Record:
        self.shop.cancel(request.params["id"])
        return self.read(request)

    def edit(self, request: Request) -> Record:
        self.shop.edit(request.params["id"], request.json()["items"])
        return self.read(request)
