"""Control API of the MercadoLibre fake (``/_sandbox/``, no authentication)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from ..clock import parse_moment
from ..http import HttpError, Request, Response, Router, json_response
from ..jsontools import merge_patch
from ..persistence import Journal
from .accounts import OPERATOR, App
from .catalogue import CATALOGUE
from .core import Core
from .identities import IDENTITY_KINDS
from .scenarios import Generator, Wish, new_wish
from .selling.purchases import Bought, Purchases


def _refuse(text: str, status: int = 400) -> HttpError:
    return HttpError(json_response({"error": text}, status))


class Control:
    """Handlers of the control API; changes of data are written to the journal."""

    def __init__(
        self,
        core: Core,
        router: Router,
        generator: Generator,
        journal: Journal,
        purchases: Purchases,
    ) -> None:
        self.core = core
        self.generator = generator
        self.journal = journal
        self.purchases = purchases
        self._created = 0
        self._moment = core.clock.start
        add = router.add
        add("GET", "/_sandbox/info", self.info)
        add("POST", "/_sandbox/apps/{id}", self.change_app)
        add("GET", "/_sandbox/settings", self.get_settings)
        add("POST", "/_sandbox/settings", self.change_settings)
        add("POST", "/_sandbox/grant", self.grant)
        add("POST", "/_sandbox/tokens/expire", self.expire)
        add("POST", "/_sandbox/tokens/revoke", self.revoke)
        add("GET", "/_sandbox/catalogue", self.catalogue)
        add("GET", "/_sandbox/truth", self.truth)
        add("POST", "/_sandbox/orders", self.journalled("create", self._create))
        for kind, change in (
            ("orders", self._patch_order),
            ("shipments", self._patch_shipment),
            ("billing", self._patch_billing),
            ("users", self._patch_user),
        ):
            add("POST", f"/_sandbox/{kind}/{{id}}", self.journalled(kind, change))

    def journalled(
        self, kind: str, change: Callable[[str, dict[str, Any]], Any]
    ) -> Callable[[Request], Response]:
        """Handler that makes a change of data and remembers it."""

        def handler(request: Request) -> Response:
            number, values = request.params.get("id", ""), request.json()
            with self.core.lock:
                self._moment = self.core.clock.now()
                try:
                    answer = change(number, values)
                except (ValueError, TypeError, AttributeError) as error:
                    raise _refuse(str(error)) from error
                except KeyError as error:
                    raise _refuse(f"unknown: {error}", 404) from error
                self.journal.note(self._moment, kind, number, values)
                self.core.changed()
                self._announce(kind, number, answer)
            return json_response(answer)

        return handler

    def _announce(self, kind: str, number: str, answer: Any) -> None:
        """Notify of a change: the order, its payment and shipment when it is new."""
        store, announce = self.core.store, self.core.notifier.announce
        if kind == "shipments":
            seller = store.facts[store.shipment_orders[int(number)][0]].seller_id
            announce("shipments", f"/shipments/{number}", seller)
            return
        rows = answer if kind == "create" else []
        orders = [row["order_id"] for row in rows]
        orders += [int(number)] if kind == "orders" else []
        for order_id in orders:
            seller = store.facts[order_id].seller_id
            announce("orders_v2", f"/orders/{order_id}", seller)
            payments = store.orders[order_id].get("payments") or []
            for payment in payments if kind == "create" else []:
                announce("payments", f"/collections/{payment['id']}", seller)
        seller_of = {row["shipment_id"]: row["seller_id"] for row in rows}
        for shipment_id, seller in seller_of.items():
            if shipment_id:
                announce("shipments", f"/shipments/{shipment_id}", seller)

    def replay(self, others: dict[str, Callable[[str, dict[str, Any]], Any]]) -> None:
        """Make the changes of the journal again, on freshly generated data.

        :param others: what makes the changes of kinds that are not of this class
        """
        changes = {
            "create": self._create,
            "orders": self._patch_order,
            "shipments": self._patch_shipment,
            "billing": self._patch_billing,
            "users": self._patch_user,
            **others,
        }
        for moment, kind, number, values in self.journal.entries():
            self._moment = parse_moment(moment)
            changes[kind](number, values)

    def info(self, _request: Request) -> Response:
        """Applications, sellers, operator and settings."""
        core = self.core
        return json_response(
            {
                "url": core.base_url(),
                "now": core.clock.now().isoformat(),
                "started_at": core.clock.start.isoformat(),
                "apps": [app.describe() for app in core.authority.apps.values()],
                "sellers": [s.describe() for s in core.store.sellers.values()],
                "operator": OPERATOR.describe(),
                "settings": asdict(core.settings),
                "orders": len(core.store.orders),
            }
        )

    def change_app(self, request: Request) -> Response:
        """Register return addresses; change secret, scopes or mandatory PKCE."""
        app = self.core.authority.apps.get(request.params["id"])
        if app is None:
            raise _refuse("unknown application", 404)
        values = request.json()
        with self.core.lock:
            for uri in values.get("add_redirect_uris", []):
                if uri not in app.redirect_uris:
                    app.redirect_uris.append(uri)
            for name in ("redirect_uris", "pkce_required", "scopes", "client_secret"):
                if name in values:
                    setattr(app, name, values[name])
        self.core.changed()
        return json_response(app.describe())

    def get_settings(self, _request: Request) -> Response:
        """The settings in force."""
        return json_response(asdict(self.core.settings))

    def change_settings(self, request: Request) -> Response:
        """Change some settings."""
        try:
            with self.core.lock:
                self.core.settings.update(request.json())
                self.core.authority.expires_in = self.core.settings.expires_in
        except ValueError as error:
            raise _refuse(str(error)) from error
        self.core.changed()
        return self.get_settings(request)

    def _app(self, values: dict[str, Any]) -> App:
        apps = self.core.authority.apps
        app = apps.get(values.get("client_id") or next(iter(apps)))
        if app is None:
            raise _refuse("unknown client_id", 404)
        return app

    def grant(self, request: Request) -> Response:
        """A fresh token pair for ``{seller_id, client_id?}``."""
        values = request.json()
        try:
            seller = self.core.seller(values.get("seller_id"))
        except ValueError as error:
            raise _refuse(str(error), 404) from error
        answer = self.core.authority.grant(self._app(values), seller.id)
        self.core.changed()
        return json_response(answer)

    def expire(self, request: Request) -> Response:
        """Make access tokens expire now (``{seller_id?}``)."""
        seller_id = request.json().get("seller_id")
        count = self.core.authority.expire(int(seller_id) if seller_id else None)
        self.core.changed()
        return json_response({"expired": count})

    def revoke(self, request: Request) -> Response:
        """Revoke grants (``{seller_id?}``): access and refresh tokens die."""
        seller_id = request.json().get("seller_id")
        count = self.core.authority.revoke(int(seller_id) if seller_id else None)
        self.core.changed()
        return json_response({"revoked": count})

    def catalogue(self, request: Request) -> Response:
        """Products of a site (``?site=MLA``)."""
        site = request.query.get("site", "")
        if site not in CATALOGUE:
            raise _refuse(f"site must be one of {', '.join(CATALOGUE)}")
        return json_response([product.describe(site) for product in CATALOGUE[site]])

    def truth(self, request: Request) -> Response:
        """What the orders are made of (``?seller_id=``, all sellers without it)."""
        text = request.query.get("seller_id")
        with self.core.lock:
            rows = [
                self.truth_row(number)
                for number, facts in self.core.store.facts.items()
                if not text or str(facts.seller_id) == text
            ]
        return json_response(rows)

    def truth_row(self, number: int) -> dict[str, Any]:
        """One order of the truth."""
        store = self.core.store
        order, facts = store.orders[number], store.facts[number]
        items = order.get("order_items") or []
        goods = sum(round(i["unit_price"] * 100) * i["quantity"] for i in items)
        buyer = order.get("buyer") or {}
        shipment = store.shipments.get(facts.shipment_id or 0)
        destination = (shipment or {}).get("destination") or {}
        address = destination.get("shipping_address") or {}
        return {
            "order_id": number,
            "pack_id": order.get("pack_id"),
            "seller_id": facts.seller_id,
            "status": order.get("status"),
            "date_created": order.get("date_created"),
            "date_closed": order.get("date_closed"),
            "last_updated": order.get("last_updated"),
            "buyer_id": facts.buyer_id,
            "nickname": buyer.get("nickname"),
            "buyer_name": f"{buyer.get('first_name')} {buyer.get('last_name')}",
            "goods_total": goods / 100,
            "currency": order.get("currency_id"),
            "skus": [i["item"].get("seller_sku") for i in items],
            "quantities": [i["quantity"] for i in items],
            "document": store.document(facts.billing_id),
            "billing_id": facts.billing_id,
            "shipment_id": facts.shipment_id,
            "shipment_status": (shipment or {}).get("status"),
            "address_id": address.get("address_id"),
            "receiver_name": destination.get("receiver_name"),
            "partial": facts.missing,
            "traits": facts.traits,
        }

    def _create(self, _number: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        core, generator = self.core, self.generator
        seller = core.seller(values.get("seller_id"))
        wish = new_wish(values, seller, self._moment - timedelta(seconds=1))
        kind = values.get("identity")
        if kind not in (None, *IDENTITY_KINDS):
            raise ValueError(f"unknown identity: {kind}")
        bought = self._bought(wish, values)
        if values.get("buyer_id"):
            wish.buyer = core.store.buyers[int(values["buyer_id"])]
            if wish.buyer.site != seller.site_id:
                raise ValueError("the buyer is of another site")
        self._created += 1
        generator.reseed(f"new {seller.id} {self._created}")
        generator.now = self._moment
        if kind or values.get("new_address"):
            wish.buyer = wish.buyer or generator.factory.buyer(seller.site_id)
            if values.get("new_address"):
                generator.factory.add_address(wish.buyer)
            if kind:
                generator.factory.add_identity(wish.buyer, kind)
        products = wish.products
        made: list[int] = []
        for turn in range(1 if values.get("pack") else int(values.get("n", 1))):
            if products and wish.size == 1:
                wish.products = [products[turn % len(products)]]
            purchase = generator.purchase(wish)
            for order, line in zip(purchase.orders, bought, strict=False):
                self.purchases.complete(order, line)
                self.purchases.take(order["id"], line)
            self._override(purchase, values)
            made += core.store.add(purchase)
        return [self.truth_row(number) for number in made]

    def _bought(self, wish: Wish, values: dict[str, Any]) -> list[Bought]:
        """Lines of a purchase of listed items; none when products are drawn."""
        if not values.get("items"):
            return []
        if int(values.get("n", 1)) > 1:
            raise ValueError("items are bought once: n must be 1")
        self.purchases.shop.moment = self._moment
        bought = self.purchases.read(wish.seller.id, values["items"])
        wish.products = [line.product for line in bought]
        wish.quantities = [line.quantity for line in bought]
        wish.size = len(bought)
        full = any(line.item.fulfilled for line in bought)
        wish.delivery = "fulfillment" if full else "drop_off"
        return bought

    def _override(self, purchase: Any, values: dict[str, Any]) -> None:
        if values.get("order"):
            purchase.orders = [
                merge_patch(order, {**values["order"], "id": order["id"]})
                for order in purchase.orders
            ]
        if values.get("shipment") and purchase.shipment:
            fixed = {**values["shipment"], "id": purchase.shipment["id"]}
            purchase.shipment = merge_patch(purchase.shipment, fixed)
        if values.get("billing") and purchase.billing:
            purchase.billing = merge_patch(purchase.billing, values["billing"])

    def _patch_order(self, number: str, patch: dict[str, Any]) -> dict[str, Any]:
        order = self.core.store.patch_order(int(number), patch, self._moment)
        if order.get("status") == "cancelled":
            self.purchases.shop.moment = self._moment
            self.purchases.give_back(int(number))
        return order

    def _patch_shipment(self, number: str, patch: dict[str, Any]) -> dict[str, Any]:
        return self.core.store.patch_shipment(int(number), patch, self._moment)

    def _patch_billing(self, number: str, patch: dict[str, Any]) -> dict[str, Any]:
        found = self.core.store.billing[number]
        if "legacy_only" in patch:
            found.legacy_only = bool(patch["legacy_only"])
            patch = {key: v for key, v in patch.items() if key != "legacy_only"}
        found.data = merge_patch(found.data, patch)
        return dict(found.data)

    def _patch_user(self, number: str, patch: dict[str, Any]) -> dict[str, Any]:
        buyer = self.core.store.buyers[int(number)]
        buyer.nickname = str(patch.get("nickname", buyer.nickname))
        return {"id": buyer.id, "nickname": buyer.nickname}
