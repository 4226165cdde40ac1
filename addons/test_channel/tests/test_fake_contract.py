from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.hint import Hint

from ..lib.remote import PAYLOAD, REMOTES, remote_of
from .contract import (
    BuyerContract,
    CartContract,
    HintContract,
    OrderContract,
    StatusContract,
)

FAULTS = {
    "429": Retryable("429", 30),
    "503": Retryable("503"),
    "cut": Retryable("cut"),
    "huge": Rejected("response_too_large"),
}


@tagged("post_install", "-at_install")
class TestFakeContract(
    OrderContract, BuyerContract, CartContract, StatusContract, HintContract
):
    def setUp(self):
        super().setUp()
        REMOTES.clear()
        self.remote = remote_of(self.channel.id)

    def _traits(self, traits):
        changes = {}
        if {"sku", "quantity"} & traits.keys():
            changes["lines"] = [self._line(traits)]
        for key in (
            "carrier",
            "status",
            "refunded",
            "logistic",
            "shipping_status",
        ):
            if key in traits:
                changes[key] = traits[key]
        for trait, key in (("fraud_warning", "suspicious"), ("is_test", "rehearsal")):
            if trait in traits:
                changes[key] = traits[trait]
        if "document" in traits:
            changes["buyer"] = {
                **PAYLOAD["buyer"],
                "document": traits["document"],
            }
        if "city" in traits:
            changes["address"] = {
                "street_name": "Mitre",
                "street_number": "9",
                "city": traits["city"],
                "zip": "2132",
                "state_code": "AR-S",
                "country_code": "AR",
                "comment": "",
                "receiver": "",
            }
        return changes

    def _line(self, traits):
        quantity = str(traits.get("quantity", 1))
        sku = traits.get("sku", "FAKE-1")
        return {"sku": sku, "quantity": quantity, "price": "121.00"}

    def remote_order(self, **traits):
        remote = self.remote
        external_id = f"F{len(remote.orders) + 1}"
        remote.put(external_id, **self._traits(traits))
        for line in remote.orders[external_id]["lines"]:
            line["id"] = f"line of {external_id}"
        return external_id

    def remote_change(self, external_id, **traits):
        remote = self.remote
        changes = self._traits(traits)
        for line in changes.get("lines", ()):
            line["id"] = f"line of {external_id}"
        remote.put(external_id, **changes)

    def remote_join(self, *external_ids):
        remote = self.remote
        orders = [remote.orders.pop(external_id) for external_id in external_ids]
        lines = [line for order in orders for line in order["lines"]]
        return remote.put("CART", lines=lines)

    def remote_leave(self, cart, external_id):
        remote = self.remote
        lines = {line["id"]: line for line in remote.orders[cart]["lines"]}
        line = lines.pop(f"line of {external_id}")
        remote.put(cart, lines=list(lines.values()))
        return remote.put("LEFT", lines=[line])

    def remote_hint(self, external_id):
        self.env["sale.channel.hint"]._record(
            self.channel.id, Hint("orders", external_id, kind="orders_in")
        )

    def remote_searches(self):
        return self.remote.searches

    def remote_fault(self, kind, times=1):
        self.remote.faults += [FAULTS[kind]] * times
