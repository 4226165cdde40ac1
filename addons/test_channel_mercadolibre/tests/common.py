"""A MercadoLibre channel over the sandbox of this repository: real HTTP on loopback."""

from copy import deepcopy

from sandbox.mercadolibre import MercadoLibreSandbox

from odoo.addons.test_channel.tests import common

SELLER = 1893456721
OTHER_SELLER = 2650481337
BRAZILIAN_SELLER = 3104829965
APP_ID = "7100293845610223"
APP_SECRET = "sbxSecretK3yOfTheFirstApp000001"
SKU = "TERMO-1L"
CART = 2000007999000001


class SandboxMixin(common.SandboxMixin):
    """A sandbox of MercadoLibre for each test."""

    def start_sandbox(self, scenario="demo"):
        """An empty sandbox, as ``self.sandbox``."""
        self.run_sandbox(MercadoLibreSandbox(seed=7, orders=0, scenario=scenario))

    def use_sandbox(self, channel, **values):
        """Point the channel's credential at the sandbox."""
        credential = channel._get_credential()
        credential.write(
            {
                "api_url": self.sandbox.url,
                "auth_url": self.sandbox.url,
                "client_id": APP_ID,
                "client_secret": APP_SECRET,
                **values,
            }
        )
        return credential

    def connect(self, channel, seller=SELLER):
        """Give the channel an access that its owner would have granted."""
        credential = self.use_sandbox(channel)
        pair = self.control("grant", {"seller_id": seller})
        with self.enter_registry_test_mode():
            credential._connect(pair, str(seller), "SELLER")
        return credential


class RemoteOrders(SandboxMixin):
    """Orders on the remote side, in the words of the provider contract."""

    seller = SELLER

    def remote_order(self, **traits):
        values = {
            "seller_id": self.seller,
            "skus": [SKU],
            "quantity": traits.get("quantity", 2),
            **self._patches(traits),
        }
        if "document" in traits:
            # Fiscal data of its own, not those of the buyer's other orders.
            values["identity"] = "company"
        # One buyer, so that orders may share a cart.
        if self.remote_rows:
            known = next(iter(self.remote_rows.values()))
            values["buyer_id"] = known["buyer_id"]
        row = self.control("orders", values)[0]
        if "sku" in traits:
            items = deepcopy(
                self.sandbox.core.store.orders[row["order_id"]]["order_items"]
            )
            items[0]["item"]["seller_sku"] = traits["sku"]
            self.control(f"orders/{row['order_id']}", {"order_items": items})
        external_id = str(row["pack_id"] or row["order_id"])
        self.remote_rows[external_id] = row
        if tags := self._get_tags(traits):
            known = self.remote_read(external_id)["tags"]
            self.remote_patch(external_id, {"tags": [*known, *tags]})
        return external_id

    def remote_change(self, external_id, **traits):
        row = self.remote_rows[external_id]
        patches = self._patches(traits)
        if "shipment" in patches:
            self.control(f"shipments/{row['shipment_id']}", patches["shipment"])
        patch = patches.get("order", {})
        order = self.remote_read(external_id)
        if "quantity" in traits:
            item = {**order["order_items"][0], "quantity": traits["quantity"]}
            total = item["unit_price"] * traits["quantity"]
            patch.update(order_items=[item], total_amount=total)
        if "refunded" in traits:
            first, *others = order["payments"]
            amount = float(traits["refunded"])
            first = {**first, "transaction_amount_refunded": amount}
            patch.update(payments=[first, *others], status="partially_refunded")
        if tags := self._get_tags(traits):
            patch["tags"] = [*order["tags"], *tags]
        self.remote_patch(external_id, patch)

    def _get_tags(self, traits):
        """The service's words for what the contract asks for."""
        words = {"fraud_warning": "fraud_risk_detected", "is_test": "test_order"}
        return [word for trait, word in words.items() if traits.get(trait)]

    def remote_read(self, external_id):
        """The order as the service holds it."""
        number = self.remote_rows[external_id]["order_id"]
        return deepcopy(self.sandbox.core.store.orders[number])

    def remote_patch(self, external_id, patch):
        # A later moment: the version has the resolution of the service's clock.
        self.control("clock", {"advance_seconds": 2})
        self.control(f"orders/{self.remote_rows[external_id]['order_id']}", patch)

    def remote_join(self, *external_ids):
        for external_id in external_ids:
            self.remote_patch(external_id, {"pack_id": CART})
        return str(CART)

    def remote_leave(self, cart, external_id):
        self.remote_patch(external_id, {"pack_id": None})
        return external_id

    def remote_fault(self, kind, times=1):
        found = {
            "429": {"kind": "429"},
            # The client itself repeats a reading twice.
            "503": {"kind": "5xx", "status": 503, "times": 3 * times},
            "cut": {"kind": "cut"},
            "huge": {"kind": "huge", "bytes": 6_000_000},
            "drop": {"kind": "drop", "times": 3 * times},
        }[kind]
        self.control("faults", {"match": r"GET /orders/\d+$", "times": times, **found})

    def _patches(self, traits):
        """Merge patches of the order, its shipment and its fiscal data."""
        patches = {}
        if "status" in traits:
            patches["order"] = {"status": traits["status"]}
        service = traits.get("carrier", "standard")
        method = {"shipping_method": {"id": service, "name": service}}
        patches["shipment"] = {
            "lead_time": method,
            "logistic": {"type": traits.get("logistic", "drop_off"), "mode": "me2"},
        }
        if "shipping_status" in traits:
            patches["shipment"]["status"] = traits["shipping_status"]
        if "city" in traits:
            city = {"city": {"id": None, "name": traits["city"]}}
            patches["shipment"]["destination"] = {"shipping_address": city}
        if "document" in traits:
            kind, number = traits["document"]
            identification = {"type": kind, "number": number}
            patches["billing"] = {
                "buyer": {"billing_info": {"identification": identification}}
            }
        return patches
