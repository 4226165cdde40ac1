from contextlib import nullcontext

from odoo.tests import HttpCase, tagged

from .common import FakeCase


@tagged("post_install", "-at_install")
class TestTours(FakeCase, HttpCase):
    def enter_registry_test_mode(self):
        # A test with a browser is in that mode all the time.
        self.env.flush_all()
        return nullcontext()

    def setUp(self):
        super().setUp()
        self.make_user("gestora", "channel_base.group_channel_manager")

    def test_release_an_order(self):
        row = self.bring(carrier="pigeon")
        self.bring()
        self.assertEqual(row.sync_state, "blocked")
        self.start_tour(
            "/odoo/channel-orders", "channel_release_order", login="gestora"
        )
        self.env.invalidate_all()
        self.assertEqual(row.sync_state, "pending")
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.carrier_id, self.carrier)

    def test_dashboard(self):
        self.put(lines=[{"sku": "NOT-THERE", "quantity": "1", "price": "121.00"}])
        self.bring()
        self.start_tour("/odoo/sales-channels", "channel_dashboard", login="gestora")
        self.env.invalidate_all()
        self.assertEqual(self.channel.state, "live")
