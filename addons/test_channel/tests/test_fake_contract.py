from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.hint import Hint

from ..models.sale_channel import REMOTES
from .contract import ProviderContract

FAULTS = {
    "429": Retryable("429", 30),
    "503": Retryable("503"),
    "cut": Retryable("cut"),
    "huge": Rejected("response_too_large"),
}


@tagged("post_install", "-at_install")
class TestFakeContract(ProviderContract):
    def setUp(self):
        super().setUp()
        REMOTES.clear()

    def _traits(self, traits):
        changes = {}
        if "sku" in traits:
            changes["lines"] = [
                {"sku": traits["sku"], "quantity": "1", "price": "121.00"}
            ]
        for key in ("carrier", "status"):
            if key in traits:
                changes[key] = traits[key]
        if "document" in traits:
            changes["buyer"] = {
                "id": "777",
                "nickname": "DOC",
                "name": "Ana Díaz",
                "phone": "",
                "document": traits["document"],
            }
        if "city" in traits:
            changes["address"] = {
                "street": "Mitre",
                "number": "9",
                "city": traits["city"],
                "zip": "2132",
                "state": "AR-S",
                "country": "AR",
                "comment": "",
                "receiver": "",
            }
        return changes

    def remote_order(self, **traits):
        remote = self.channel._get_fake_remote()
        return remote.put(f"F{len(remote.orders) + 1}", **self._traits(traits))

    def remote_change(self, external_id, **traits):
        self.channel._get_fake_remote().put(external_id, **self._traits(traits))

    def remote_hint(self, external_id):
        self.env["sale.channel.hint"]._record(
            self.channel.id, Hint("orders", external_id, kind="orders_in")
        )

    def remote_searches(self):
        return self.channel._get_fake_remote().searches

    def remote_fault(self, kind, times=1):
        self.channel._get_fake_remote().faults += [FAULTS[kind]] * times
