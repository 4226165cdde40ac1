from odoo.tests import HttpCase, tagged

from .common import AlwaysInTestMode
from .test_follow import FollowCase


@tagged("post_install", "-at_install")
class TestTours(AlwaysInTestMode, FollowCase, HttpCase):
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
        self.assertEqual(row.sync_state, "process")
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.carrier_id, self.carrier)

    def test_dashboard(self):
        self.put(lines=[{"sku": "NOT-THERE", "quantity": "1", "price": "121.00"}])
        self.bring()
        self.start_tour("/odoo/sales-channels", "channel_dashboard", login="gestora")
        self.env.invalidate_all()
        self.assertEqual(self.channel.state, "live")

    def test_follow_a_cancelled_delivered_order(self):
        order = self.imported("F1")
        self.deliver(order)
        invoice = self.invoice(order)
        self.change(status="cancelled")
        self.make_user(
            "encargada",
            "channel_base.group_channel_user",
            "account.group_account_invoice",
            "stock.group_stock_user",
            "sales_team.group_sale_salesman_all_leads",
        )
        self.start_tour(
            "/odoo/channel-reviews", "channel_follow_cancelled_order", login="encargada"
        )
        self.env.invalidate_all()
        note = invoice.reversal_move_ids
        self.assertEqual((note.state, note.amount_total), ("draft", 242.0))
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertFalse(self.inbox("F1").needs_review)

    def test_find_an_order_by_nickname(self):
        self.imported("F1")
        buyer = {**self.remote.orders["F1"]["buyer"], "id": "777"}
        self.put("F2", buyer={**buyer, "nickname": "MARIANELA_88", "document": None})
        self.run_flow()
        self.start_tour("/odoo/channel-orders", "channel_find_order", login="gestora")
