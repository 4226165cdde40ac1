"""What is in the way of automatic invoices, and what Odoo refuses."""

from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .invoicing import InvoicingCase


@tagged("post_install", "-at_install")
class TestObstacles(InvoicingCase):
    def test_a_warning_of_fraud_until_it_is_withdrawn(self):
        self.channel.invoicing_moment = "delivered"
        order, row = self.order("F1", suspicious=False)
        self.change("F1", suspicious=True)
        self.channel.invoicing_moment = "paid"
        self.run_invoices()
        self.assert_row(row, "held", "order_fraud")
        self.change("F1", suspicious=False)
        self.assert_invoiced(order, 242.0)

    def test_a_proposal_until_it_is_dismissed(self):
        self.channel.invoicing_moment = "delivered"
        order, row = self.order("F1")
        self.change("F1", refunded="42.00")
        self.deliver(order)
        self.assert_row(row, "held", "proposal_open")
        self.run_full()
        self.assertFalse(order.invoice_ids)
        self.inbox("F1").action_reviewed()
        self.run_invoices()
        self.assert_invoiced(order, 242.0)

    def test_cancelled(self):
        self.channel.invoicing_moment = "delivered"
        order, row = self.order("F1")
        self.change("F1", status="cancelled")
        self.assertEqual(order.state, "cancel")
        self.assert_row(row, "held", "order_cancelled")

    def test_cancelled_too_late_to_follow(self):
        """The channel cancelled it; whatever a person decides, it is not invoiced."""
        order, row = self.order_with("delivered")
        order.action_lock()
        self.change("F1", status="cancelled")
        self.inbox("F1").action_reviewed()
        self.channel.invoicing_moment = "paid"
        self.run_invoices()
        self.assert_row(row, "held", "order_cancelled")
        self.assertFalse(order.invoice_ids)

    def order_with(self, moment):
        self.channel.invoicing_moment = moment
        return self.order("F1")

    def test_reserved_only(self):
        self.env["sale.channel.mapping"]._ensure(
            self.channel, "order_status", "authorised"
        ).record_ref = self.env.ref("channel_order.decision_reserve")
        order = self.bring("F1", status="authorised").sale_order_id
        self.assertEqual(order.channel_hold, "reserved")
        self.make_final(order.partner_id)
        self.assertFalse(self.row(order))
        self.change("F1", status="paid")
        self.assert_invoiced(order, 242.0)

    def test_invoiced_by_hand(self):
        order, row = self.order_with("delivered")
        invoice = order._create_invoices()
        self.run_invoices()
        self.assert_row(row, "waiting", "awaits_delivered")
        invoice.action_post()
        self.run_invoices()
        self.assert_row(row, "done", outcome="by_hand")
        self.assertFalse(row.invoice_ids)
        self.deliver(order)
        self.assertEqual(order.invoice_ids, invoice)

    def test_a_draft_by_hand_counts(self):
        order, row = self.order_with("delivered")
        invoice = order._create_invoices()
        self.deliver(order)
        self.assert_row(row, "done", outcome="by_hand")
        self.assertEqual(order.invoice_ids, invoice)

    def test_a_credit_note_invoices_nothing_again(self):
        order, row = self.order("F1")
        self.change("F1", status="cancelled")
        self.inbox("F1").proposal_ids.action_apply()
        note = row.invoice_ids.reversal_move_ids
        note.action_post()
        self.deliver(order)
        self.run_full()
        self.assertEqual(order.invoice_ids, row.invoice_ids | note)
        self.assert_row(row, "done", outcome="posted")

    def test_what_is_cancelled_here_is_not_made_again(self):
        self.channel.invoicing = "draft"
        order, row = self.order("F1")
        row.invoice_ids.button_cancel()
        self.deliver(order)
        row.action_retry()
        self.run_full()
        self.assertEqual(order.invoice_ids.mapped("state"), ["cancel"])

    def test_an_obstacle_of_another_addon(self):
        obstacles = {"F1": ("customer_unfit", {"what": "CUIT"})}

        def obstacle(order):
            return obstacles.get(order.client_order_ref)

        orders = type(self.env["sale.order"])
        with patch.object(orders, "_get_invoicing_obstacle", obstacle):
            order, row = self.order("F1")
            self.assert_row(row, "held", "customer_unfit")
            self.assertEqual(row.error_params, {"what": "CUIT"})
            obstacles.clear()
            self.env["sale.channel.order.invoicing"]._wake(order)
            self.run_invoices()
        self.assert_invoiced(order, 242.0)

    def test_the_safety_net(self):
        order, row = self.order_with("delivered")
        before = row.write_date
        self.run_full()
        self.assertEqual(row.write_date, before)
        # What no event tells, such as a delivery that another program wrote down.
        order.picking_ids.move_ids.state = "done"
        self.env.flush_all()
        self.run_invoices()
        self.assert_row(row, "waiting", "awaits_delivered")
        self.run_full()
        self.assert_invoiced(order, 242.0)


@tagged("post_install", "-at_install")
class TestRefusals(InvoicingCase):
    def test_posting_is_refused(self):
        with self.refuse("_post", ValidationError("no CUIT")):
            order, row = self.order("F1")
            self.assert_row(row, "error", "posting_refused", "refused")
            self.assertEqual(row.invoice_ids.state, "draft")
            self.assertIn("no CUIT", row.error_message)
            self.assertIn("draft", row.error_message)
            self.assertIn("posting_refused", self.codes())
            self.deliver(order)
            self.run_full()
            self.assert_row(row, "error", "posting_refused", "refused")
        row.action_retry()
        self.run_full()
        self.assert_invoiced(order, 242.0)

    def test_a_person_posts_what_was_refused(self):
        with self.refuse("_post", UserError("no")):
            order, row = self.order("F1")
        row.invoice_ids.action_post()
        self.assert_invoiced(order, 242.0)

    def test_it_had_better_stay_a_draft(self):
        moves = type(self.env["account.move"])

        def obstacle(move):
            return "nothing_to_invoice", {}

        with patch.object(moves, "_get_posting_obstacle", obstacle):
            order, row = self.order("F1")
        self.assert_row(row, "done", "nothing_to_invoice", "held_draft")
        self.assertEqual(row.invoice_ids.state, "draft")
        self.assertTrue(row.error_message.startswith("Created as draft: "))
        self.run_full()
        self.assertEqual(row.invoice_ids.state, "draft")
        row.invoice_ids.action_post()
        self.assert_invoiced(order, 242.0)

    def check_poison(self, method, error, code, outcome):
        for _number in range(12):
            self.put()
        self.run_flow()
        orders = self.channel.channel_order_ids.sale_order_id
        self.make_final(orders.partner_id)
        with self.refuse(method, error, "F7"):
            self.run_invoices()
        guilty = self.row(self.inbox("F7").sale_order_id)
        self.assert_row(guilty, "error", code, outcome)
        others = orders - guilty.sale_order_id
        self.assertEqual(len(others), 11)
        for order in others:
            self.assert_invoiced(order, 242.0)
        guilty.action_retry()
        self.run_full()
        self.assert_invoiced(guilty.sale_order_id, 242.0)

    def test_one_of_a_batch_is_not_posted(self):
        self.check_poison("_post", UserError("no"), "posting_refused", "refused")

    def test_one_of_a_batch_is_not_made(self):
        self.check_poison("create", UserError("no"), "invoice_refused", False)

    def test_one_of_a_batch_breaks(self):
        with mute_logger(
            "odoo.addons.channel_order.models.sale_channel_order_invoicer"
        ):
            self.check_poison("create", KeyError("boom"), "unexpected", False)

    def test_what_was_not_made_is_made_by_hand(self):
        with self.refuse("create", UserError("no")):
            order, row = self.order("F1")
        order._create_invoices().action_post()
        self.run_invoices()
        self.assert_row(row, "done", outcome="by_hand")

    def test_one_row_for_an_order(self):
        order, row = self.order("F1")
        values = {"sale_order_id": order.id, "channel_id": self.channel.id}
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            row.create(values)

    def test_somebody_works_on_the_order(self):
        order = self.imported("F1")
        self.make_final(order.partner_id)
        row = self.row(order)
        orders = type(order)
        with patch.object(
            orders, "try_lock_for_update", lambda found, **_: found.browse()
        ):
            self.run_invoices()
        self.assert_row(row, "pending", "order_busy")
        self.assertGreater(row.next_attempt_at, fields.Datetime.now())
        row.next_attempt_at = fields.Datetime.now()
        self.run_invoices()
        self.assert_invoiced(order, 242.0)
