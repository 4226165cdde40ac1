"""A Medusa channel over the sandbox of this repository: real HTTP on loopback."""

import hashlib
import hmac
import json
from datetime import datetime

from sandbox.medusa import MedusaSandbox

from odoo.addons.test_channel.tests import common

SKU = "TERMO-1L"


class SandboxMixin(common.SandboxMixin):
    """A shop for each test."""

    def start_sandbox(self):
        """A shop without orders, as ``self.sandbox``."""
        self.run_sandbox(MedusaSandbox(seed=7))

    def enter_keys(self, channel, **values):
        """What the administrator enters on the credential."""
        credential = channel._get_credential()
        keys = {"api_url": self.sandbox.url, "client_secret": self.sandbox.shop.key}
        credential.write({**keys, **values})
        return credential

    def connect(self, channel):
        credential = self.enter_keys(channel)
        with self.enter_registry_test_mode():
            channel._get_provider()._start_connection(channel)
        return credential


class RemoteOrders(SandboxMixin):
    """Orders on the remote side, in the words of the provider contract."""

    # Nobody but the seller ships, warns of fraud or marks a trial there.
    lacks = frozenset({"fraud_warning", "is_test", "logistic", "nickname"})

    def remote_order(self, **traits):
        line = {
            "sku": traits.get("sku", SKU),
            "quantity": traits.get("quantity", 2),
            "price": 121,
        }
        shipping = {"option": traits.get("carrier", "standard"), "amount": 0}
        order = self.control(
            "orders", {"items": [line], "shipping": shipping, **self._words(traits)}
        )
        key = order["id"]
        self._set_status(key, traits.get("status", "paid"))
        if "refunded" in traits:
            self.control(f"orders/{key}/refund", {"amount": float(traits["refunded"])})
        return key

    def remote_change(self, external_id, **traits):
        order = self.control(f"orders/{external_id}")
        if "quantity" in traits:
            items = {order["items"][0]["id"]: traits["quantity"]}
            self.control(f"orders/{external_id}/edit", {"items": items})
        if "refunded" in traits:
            amount = float(traits["refunded"])
            self.control(f"orders/{external_id}/refund", {"amount": amount})
        if "city" in traits:
            address = {"shipping_address": {"city": traits["city"]}}
            self.control(f"orders/{external_id}", address)
        if "status" in traits:
            self._set_status(external_id, traits["status"])

    def _words(self, traits):
        words = {}
        if "document" in traits:
            kind, number = traits["document"]
            words["metadata"] = {kind.lower(): number}
        if "city" in traits:
            words["address"] = {"city": traits["city"]}
        return words

    def _set_status(self, key, status):
        if status == "paid":
            self.control(f"orders/{key}/capture", {})
        elif status == "cancelled":
            self.control(f"orders/{key}/cancel", {})
        elif status != "payment:authorized":
            self.control(f"orders/{key}", {"payment_status": status})

    def remote_fault(self, kind, times=1):
        found = {
            "429": {"kind": "429"},
            # The client itself repeats a reading twice.
            "503": {"kind": "5xx", "status": 503, "times": 3 * times},
            "cut": {"kind": "cut"},
            "huge": {"kind": "huge", "bytes": 6_000_000},
            "drop": {"kind": "drop", "times": 3 * times},
        }[kind]
        match = r"GET /admin/orders/\w+$"
        self.control("faults", {"match": match, "times": times, **found})

    def announce(self, order_id, **values):
        """What the shop's subscriber sends: headers and body."""
        content = {
            "account": self.sandbox.shop.store["id"],
            "topic": "order",
            "id": order_id,
            "event": "order.placed",
            "sent_at": f"{datetime.utcnow().isoformat(timespec='milliseconds')}Z",
            **values,
        }
        body = json.dumps(content).encode()
        secret = self.sandbox.shop.key.encode()
        signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
        return {"X-Odoo-Signature": signature}, body

    def keep(self, headers, body):
        """Let a notification arrive; whether it is kept."""
        provider = self.channel._get_provider()
        return self.env["sale.channel.hint"]._keep_notification(
            "medusa", provider._read_notification(headers, body), headers, body
        )
