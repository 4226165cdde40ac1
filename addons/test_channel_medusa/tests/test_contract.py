from odoo.tests import tagged

from odoo.addons.test_channel.tests.contract import (
    BuyerContract,
    HintContract,
    OrderContract,
    StatusContract,
)

from .common import SKU, RemoteOrders


@tagged("post_install", "-at_install")
class TestMedusaContract(
    RemoteOrders, OrderContract, BuyerContract, StatusContract, HintContract
):
    """What every provider must do, over real HTTP."""

    provider = "medusa"
    pending_status = "payment:authorized"
    paid_status = "payment:captured"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_product(SKU, cls.tax_21)

    def setUp(self):
        super().setUp()
        self.start_sandbox()
        self.connect(self.channel)

    def remote_hint(self, external_id):
        self.assertTrue(self.keep(*self.announce(external_id)))

    def remote_searches(self):
        return self.routes().get("GET /admin/orders", 0)
