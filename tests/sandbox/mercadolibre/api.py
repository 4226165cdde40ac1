"""Resources of the API: users, orders, packs, billing data, shipments."""

from __future__ import annotations

from ..http import HttpError, Request, Response, Router, json_response
from ..jsontools import encode
from . import billing, search, shipments
from .accounts import SITES
from .core import Core
from .errors import error
from .jsonparts import without_parts
from .notifications import PAGE


class Api:
    """Handlers of the API; every one of them needs a bearer token but ``/sites``."""

    def __init__(self, core: Core, router: Router) -> None:
        self.core = core
        add = router.add
        add("GET", "/sites", self.sites)
        add("GET", "/users/me", self.me)
        add("GET", "/users/bulk", self.users_bulk)
        add("GET", "/users/{id}", self.user)
        add("GET", "/orders/search", self.search)
        add("GET", "/orders/billing-info/{site}/{id}", self.billing_info)
        add("GET", "/orders/{id}", self.order)
        add("GET", "/orders/{id}/billing_info", self.legacy_billing)
        add("GET", "/orders/{id}/shipments", self.order_shipments)
        add("GET", "/packs/{id}", self.pack)
        add("GET", "/shipments/{id}", self.shipment)
        add("GET", "/missed_feeds", self.missed_feeds)

    def sites(self, _request: Request) -> Response:
        """List of sites."""
        return json_response(SITES)

    def me(self, request: Request) -> Response:
        """The seller the token stands for."""
        caller = self.core.caller(request)
        return json_response(self.core.store.own_user(caller, self.core.local))

    def user(self, request: Request) -> Response:
        """A user: full for one's own id, public fields otherwise (maybe 206)."""
        caller = self.core.caller(request)
        text = request.params["id"]
        if text == str(caller):
            return self.me(request)
        body, partial = self._public_user(text)
        if body is None:
            return error(404, "not_found", f"User {text} not found")
        headers = {"X-Content-Missing": "seller_reputation"} if partial else {}
        return json_response(body, 206 if partial else 200, headers)

    def _public_user(self, text: str) -> tuple[dict[str, object] | None, bool]:
        number = int(text) if text.isdigit() else 0
        body = self.core.store.user(number, self.core.local)
        partial = number in self.core.store.partial_users
        if body is not None and partial:
            body = {k: v for k, v in body.items() if k != "seller_reputation"}
        return body, partial

    def users_bulk(self, request: Request) -> Response:
        """Up to 20 users: list of ``{id, status_code, body}``."""
        self.core.caller(request)
        ids = [part for part in request.query.get("ids", "").split(",") if part]
        if not 1 <= len(ids) <= 20:
            return error(400, "bad_request", "ids must have between 1 and 20 values")
        rows = []
        for text in ids:
            body, partial = self._public_user(text)
            status = 404 if body is None else 206 if partial else 200
            rows.append({"id": text, "status_code": status, "body": body})
        return json_response(rows)

    def search(self, request: Request) -> Response:
        """Orders of the seller."""
        caller = self.core.caller(request)
        with self.core.lock:
            return search.search(
                self.core.store,
                caller,
                request.query,
                self.core.clock.timestamp(),
                whole_hours=self.core.settings.whole_hours,
            )

    def _own_order(self, request: Request) -> int:
        """Id of the order of the path, if it is the caller's."""
        caller = self.core.caller(request)
        text = request.params["id"]
        if not text.isdigit():
            raise HttpError(error(400, "invalid_order_id", "Invalid order id"))
        facts = self.core.store.facts.get(int(text))
        if facts is None:
            raise HttpError(error(404, "order_not_found", f"Order {text} not found"))
        if facts.seller_id != caller:
            message = "The caller is not the owner of the order"
            raise HttpError(error(403, "not_owned_order", message))
        return int(text)

    def order(self, request: Request) -> Response:
        """Full order; status 206 and ``X-Content-Missing`` when parts are missing."""
        number = self._own_order(request)
        store = self.core.store
        with self.core.lock:
            facts = store.facts[number]
            missing = facts.missing
            if missing and facts.missing_reads is not None:
                facts.missing_reads -= 1
                if facts.missing_reads <= 0:
                    facts.missing = None
            if not missing:
                return Response(200, store.order_bytes(number))
            body = encode(without_parts(store.orders[number], missing))
        return Response(206, body, headers={"X-Content-Missing": missing})

    def billing_info(self, request: Request) -> Response:
        """Billing data, present shape."""
        caller = self.core.caller(request)
        with self.core.lock:
            found = self.core.store.billing.get(request.params["id"])
            site = request.params["site"]
            if found is None or found.legacy_only or found.site != site:
                return error(404, "not_found", "Billing info not found")
            if caller not in found.sellers:
                text = "access to the requested resource is forbidden"
                return error(403, "access_denied", text, code="FORBIDDEN")
            return json_response(found.data)

    def legacy_billing(self, request: Request) -> Response:
        """Billing data, deprecated path: flat, or nested with ``x-version: 2``."""
        number = self._own_order(request)
        if not self.core.settings.legacy_billing:
            return error(404, "not_found", "resource not found")
        store = self.core.store
        with self.core.lock:
            found = store.billing.get(store.facts[number].billing_id or "")
            data = found.data if found else None
            if request.headers.get("x-version") == "2":
                if data is None:
                    return error(404, "not_found", "Billing info not found")
                return json_response(billing.nested_legacy(data))
            return json_response(billing.flat_legacy(data))

    def order_shipments(self, request: Request) -> Response:
        """Shipments of an order: an array, or 204 while there is none."""
        number = self._own_order(request)
        store = self.core.store
        shipment = store.shipments.get(store.facts[number].shipment_id or 0)
        if shipment is None:
            return Response(204, b"")
        views = set(request.query.get("views", "").split(","))
        version = request.headers.get("x-api-version")
        return json_response([shipments.of_order(shipment, views, version)])

    def pack(self, request: Request) -> Response:
        """A pack and its orders."""
        caller = self.core.caller(request)
        text = request.params["id"]
        store = self.core.store
        with self.core.lock:
            pack = store.packs.get(int(text) if text.isdigit() else 0)
            if pack is None:
                return error(404, "not_found", f"Pack {text} not found")
            if pack.seller_id != caller:
                return error(403, "forbidden", "The user has not access to the order")
            return json_response(store.pack(pack.id))

    def shipment(self, request: Request) -> Response:
        """A shipment: present shape with ``x-format-new: true``, old one without."""
        caller = self.core.caller(request)
        text = request.params["id"]
        store = self.core.store
        number = int(text) if text.isdigit() else 0
        if number not in store.shipments:
            return error(404, "not_found", f"Shipment {text} not found")
        owner = store.facts[store.shipment_orders[number][0]].seller_id
        if owner != caller:
            text = "access to the requested resource is forbidden"
            return error(403, "access_denied", text, code="FORBIDDEN")
        new = request.headers.get("x-format-new", "").lower() == "true"
        with self.core.lock:
            return Response(200, store.shipment_bytes(number, new=new))

    def missed_feeds(self, request: Request) -> Response:
        """Notifications that could not be delivered."""
        self.core.caller(request)
        query = request.query
        if not query.get("app_id"):
            return error(400, "bad_request", "app_id is required")
        if query.get("topic") == "items" and not query.get("site_id"):
            return error(400, "bad_request", "site_id is required")
        numbers = [query.get("offset", "0"), query.get("limit", str(PAGE))]
        if not all(text.isdigit() for text in numbers):
            return error(400, "bad_request", "offset and limit must be numbers")
        offset, limit = map(int, numbers)
        rows = self.core.notifier.missed(
            query["app_id"], query.get("topic"), offset, limit
        )
        return json_response({"messages": rows})
