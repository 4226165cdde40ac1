"""Customers and their groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..http import Request, Response, Router, json_response
from .answers import not_found, page, values
from .shop import Shop

Record = dict[str, Any]
Handler = Callable[[Request], Response]


class Groups:
    """Handlers of the Admin API for customer groups."""

    def __init__(
        self, shop: Shop, router: Router, guarded: Callable[[Handler], Handler]
    ) -> None:
        self.shop = shop
        path = "/admin/customer-groups"
        for method, pattern, handler in (
            ("GET", "/admin/customers", self.customers),
            ("GET", path, self.groups),
            ("POST", path, self.create),
            ("POST", f"{path}/{{id}}", self.update),
            ("DELETE", f"{path}/{{id}}", self.delete),
            ("POST", f"{path}/{{id}}/customers", self.change_customers),
        ):
            router.add(method, pattern, guarded(handler))

    def customers(self, request: Request) -> Response:
        wanted = values(request, "id")
        rows = [
            {"id": key, "groups": [{"id": group} for group in sorted(groups)]}
            for key, groups in self.shop.customers.items()
            if not wanted or key in wanted
        ]
        return page(request, "customers", rows)

    def groups(self, request: Request) -> Response:
        return page(request, "customer_groups", list(self.shop.groups.values()))

    def _find(self, request: Request) -> Record:
        key = request.params["id"]
        if key not in self.shop.groups:
            raise not_found("Customer group", key)
        return self.shop.groups[key]

    def create(self, request: Request) -> Response:
        key = self.shop.key_of("cusgroup")
        self.shop.groups[key] = {"metadata": None, **request.json(), "id": key}
        return json_response({"customer_group": self.shop.groups[key]})

    def update(self, request: Request) -> Response:
        found = self._find(request)
        found.update(request.json())
        return json_response({"customer_group": found})

    def delete(self, request: Request) -> Response:
        key = self._find(request)["id"]
        del self.shop.groups[key]
        for groups in self.shop.customers.values():
            groups.discard(key)
        return json_response({"id": key, "deleted": True})

    def change_customers(self, request: Request) -> Response:
        found, body = self._find(request), request.json()
        for key in body.get("add") or []:
            if key not in self.shop.customers:
                raise not_found("Customer", key)
            self.shop.customers[key].add(found["id"])
        for key in body.get("remove") or []:
            self.shop.customers[key].discard(found["id"])
        return json_response({"customer_group": found})
