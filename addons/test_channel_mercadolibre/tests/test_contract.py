from odoo.tests import tagged

from odoo.addons.channel_mercadolibre.lib import notifications
from odoo.addons.test_channel.tests.contract import (
    BuyerContract,
    CartContract,
    HintContract,
    OrderContract,
    StatusContract,
)

from .common import APP_ID, SELLER, SKU, RemoteOrders


@tagged("post_install", "-at_install")
class TestMercadoLibreContract(
    RemoteOrders,
    OrderContract,
    BuyerContract,
    CartContract,
    StatusContract,
    HintContract,
):
    """What every provider must do, over real HTTP."""

    provider = "mercadolibre"
    pending_status = "payment_required"

    def setUp(self):
        super().setUp()
        self.remote_rows = {}
        self.start_sandbox()
        self.connect(self.channel)

    def remote_hint(self, external_id):
        row = self.remote_rows[external_id]
        content = {
            "resource": f"/orders/{row['order_id']}",
            "user_id": SELLER,
            "topic": "orders_v2",
            "application_id": int(APP_ID),
        }
        self.assertTrue(
            self.env["sale.channel.hint"]._keep_notification(
                self.provider, notifications.parse(content), {}, b""
            )
        )

    def remote_searches(self):
        return self.routes().get("GET /orders/search", 0)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_product(SKU, cls.tax_21)
