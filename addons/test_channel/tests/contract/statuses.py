from odoo.exceptions import UserError

from .case import ProviderCase


class StatusContract(ProviderCase):
    """Statuses: the channel's vocabulary and what it decides."""

    # A status of an order that is placed but not paid
    pending_status = "pending"
    # The part of a status that says that it is paid
    paid_status = "paid"

    def test_reserved_until_the_channel_approves(self):
        self.env["sale.channel.mapping"]._ensure(
            self.channel, "order_status", self.pending_status
        ).record_ref = self.env.ref("channel_order.decision_reserve")
        self.assertIn("reservation", self.channel.order_slots)
        external_id = self.remote_order(status=self.pending_status)
        row = self.inbox(self.run_with(external_id))
        order = row.sale_order_id
        self.assertEqual((row.state, order.state), ("reserved", "sale"))
        with self.assertRaises(UserError):
            self.deliver(order)
        self.change(external_id, status="paid")
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))
        self.deliver(order)

    def test_the_channel_s_statuses_are_offered(self):
        self.channel.action_load_statuses()
        fetched = self.channel.fetch_status_ids.mapped("external_value")
        self.assertIn(self.paid_status, fetched)
        for slot in ("received", "return", "rejected"):
            with self.subTest(slot=slot):
                offered = bool(
                    self.env["sale.channel.status"].search_count(
                        [("channel_id", "=", self.channel.id)]
                    )
                )
                self.assertEqual(slot in self.channel.order_slots, offered)
