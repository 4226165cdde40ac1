from odoo.tests import HttpCase, tagged

from odoo.addons.test_channel.tests.common import AlwaysInTestMode, FlowCase

from .common import SKU, RemoteOrders


@tagged("post_install", "-at_install")
class TestViewInMercadoLibre(AlwaysInTestMode, RemoteOrders, FlowCase, HttpCase):
    provider = "mercadolibre"

    def setUp(self):
        super().setUp()
        self.remote_rows = {}
        self.start_sandbox()
        self.make_product(SKU, self.tax_21)
        self.connect(self.channel)
        self.make_user("vendedora", "channel_base.group_channel_user")

    def test_open_the_profile_of_a_customer(self):
        external_id = self.remote_order()
        number = self.remote_rows[external_id]["order_id"]
        self.control(f"orders/{number}", {"buyer": {"nickname": "COMPRADORA.UNO"}})
        self.run_flow()
        self.assertTrue(self.inbox(external_id).partner_id)
        self.start_tour(
            "/odoo/channel-buyers",
            "channel_mercadolibre_view_profile",
            login="vendedora",
        )
