"""Orders that are held back, and the one piece of work that is proposed."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_follow import LINE, FollowCase


@tagged("post_install", "-at_install")
class TestHeld(FollowCase):
    def test_what_one_person_may_not_do_another_one_does(self):
        """One piece of work of the warehouse, the seller and the accountant."""
        order = self.imported("F1")
        order.user_id = self.make_user("seller", "sales_team.group_sale_salesman")
        self.deliver(order)
        invoice = self.invoice(order)
        row = self.change(status="cancelled")
        self.assertEqual(self.open_codes(row), ["cancel_order"])
        self.assertEqual(self.steps(row), ["cancel", "return", "credit_note"])
        proposal = row.proposal_ids
        watcher = self.make_user("watcher", "channel_base.group_channel_user")
        with self.assertRaises(AccessError):
            proposal.with_user(watcher).action_apply()
        accountant = self.make_user(
            "accountant",
            "account.group_account_invoice",
            "channel_base.group_channel_user",
        )
        action = proposal.with_user(accountant).action_apply()
        note = self.made(proposal, "credit_note")
        self.assertEqual(note.move_type, "out_refund")
        self.assertAlmostEqual(note.amount_total, invoice.amount_total)
        self.assertEqual(self.steps(row), ["cancel", "return"])
        self.assertEqual(action["params"]["next"]["res_id"], note.id)
        self.assertIn("Take the goods back", action["params"]["message"])
        self.assertEqual((proposal.state, row.needs_review), ("open", True))
        self.assertEqual(row.event_ids[-1].code, "proposal_partly")
        boss = self.make_user(
            "boss",
            "sales_team.group_sale_salesman_all_leads",
            "stock.group_stock_user",
            "channel_base.group_channel_user",
        )
        proposal.with_user(boss).action_apply()
        self.assertEqual((proposal.state, order.state), ("applied", "cancel"))
        self.assertEqual(order.invoice_ids, invoice | note)

    def test_a_return_under_way_is_not_stopped(self):
        order = self.imported("F1")
        self.deliver(order)
        done = order.picking_ids
        wizard = self.env["stock.return.picking"].create({"picking_id": done.id})
        wizard.product_return_moves.quantity = 1
        action = wizard.action_create_returns()
        half = done.browse(action["res_id"])
        row = self.change(status="cancelled")
        self.assertEqual(self.steps(row), ["cancel", "return"])
        row.proposal_ids.action_apply()
        rest = self.made(row.proposal_ids, "return")
        self.assertEqual((half.state, rest.state), ("assigned", "assigned"))
        self.assertEqual(rest.move_ids.product_uom_qty, 1)

    def test_a_cancelled_order_stays_held(self):
        """Whatever a person decides, until the channel takes it back."""
        order = self.imported("F1")
        self.invoice(order)
        row = self.change(status="cancelled")
        row.action_reviewed()
        self.assertEqual(order.channel_hold, "cancelled")
        with self.assertRaisesRegex(UserError, "cancelled on the channel"):
            self.deliver(order)
        row = self.change(status="paid")
        self.assertEqual((row.state, order.channel_hold), ("imported", False))
        self.deliver(order)

    def test_a_warning_counts_again_after_a_cancellation(self):
        order = self.imported("F1")
        self.invoice(order)
        row = self.change(suspicious=True)
        self.change(status="cancelled")
        self.assertEqual(self.open_codes(row), ["cancel_order"])
        self.change(status="paid")
        self.assertEqual(self.open_codes(row), ["review_fraud"])
        self.assertEqual(order.channel_hold, "fraud")

    def test_what_became_necessary_since(self):
        """A draft that somebody posted after the cancellation is credited as well."""
        order = self.imported("F1")
        self.product.invoice_policy = "order"
        draft = order._create_invoices()
        row = self.change(status="cancelled")
        self.assertEqual(self.steps(row), ["cancel"])
        self.make_postable(order)
        draft.action_post()
        self.assertEqual(self.steps(row), ["cancel", "credit_note"])

    def test_prices_alone_hold_nothing(self):
        order = self.imported("F1", lines=[LINE])
        self.invoice(order)
        row = self.change(lines=[{**LINE, "price": "100.00"}])
        self.assertEqual(self.open_codes(row), ["review_lines"])
        self.assertFalse(order.channel_hold)
        row.proposal_ids.action_apply()
        note = self.made(row.proposal_ids, "invoice")
        self.assertEqual(order.order_line.price_unit, 100)
        self.assertFalse(note)

    def test_more_goods_after_the_invoice(self):
        order = self.imported("F1", lines=[LINE])
        invoice = self.invoice(order)
        row = self.change(lines=[{**LINE, "quantity": "5"}])
        self.assertEqual(order.channel_hold, "changed")
        row.proposal_ids.action_apply()
        self.assertFalse(order.channel_hold)
        more = self.made(row.proposal_ids, "invoice")
        self.assertEqual((more.move_type, more.amount_total), ("out_invoice", 363.0))
        self.assertEqual(order.invoice_ids, invoice | more)
        self.deliver(order)
        self.assertEqual(order.order_line.qty_delivered, 5)

    def test_lines_that_nobody_can_read_any_more(self):
        order = self.imported("F1", lines=[LINE])
        self.invoice(order)
        row = self.change(lines=[{**LINE, "quantity": "5"}])
        row.sudo().payload = False
        with self.assertRaises(UserError):
            row.proposal_ids.action_apply()
        self.assertEqual(self.steps(row), ["lines", "invoice"])
        self.assertEqual(order.channel_hold, "changed")

    def test_a_refund_over_two_invoices(self):
        """The latest first, and never more than an invoice still charges."""
        order = self.imported("F1", lines=[LINE])
        first = self.invoice(order)
        row = self.change(lines=[{**LINE, "quantity": "3"}])
        row.proposal_ids.action_apply()
        second = self.made(row.proposal_ids, "invoice")
        second.invoice_date = fields.Date.today()
        second.action_post()
        row = self.change(refunded="200.00")
        refund = row.proposal_ids.filtered(lambda p: p.code == "review_refund")
        refund.action_apply()
        self.assertAlmostEqual(second._get_uncredited(), 0)
        self.assertAlmostEqual(first._get_uncredited(), 242 - 79)
        for invoice in (first, second):
            self.assertIn(invoice.name, invoice.reversal_move_ids.ref)
        with self.assertRaisesRegex(UserError, "charge less"):
            order._split_credit(163.01)

    def test_all_money_back_without_a_cancellation(self):
        order = self.imported("F1")
        row = self.change(refunded="100.00")
        self.assertFalse(order.channel_hold)
        row = self.change(refunded="242.00")
        self.assertEqual(self.open_codes(row), ["review_refund_all"])
        self.assertEqual(order.channel_hold, "refunded")
        with self.assertRaisesRegex(UserError, "all money back"):
            self.deliver(order)
        row.action_reviewed()
        self.deliver(order)

    def test_who_ships_sees_why_it_is_held(self):
        order = self.imported("F1")
        self.invoice(order)
        self.change(status="cancelled")
        shipper = self.make_user("shipper", "stock.group_stock_user")
        self.env.invalidate_all()
        theirs = order.picking_ids.with_user(shipper)
        held = theirs.search(
            [("channel_hold", "!=", False), ("id", "in", order.picking_ids.ids)]
        )
        self.assertEqual(held, theirs)
        self.assertEqual(theirs.channel_hold, "cancelled")
        for kind in ("list", "form"):
            arch = theirs.get_view(view_type=kind)["arch"]
            self.assertIn('name="channel_hold"', arch)
        read = theirs.web_read({"channel_hold": {}})
        self.assertEqual(read[0]["channel_hold"], "cancelled")
        # Also without the picking's own button.
        theirs.move_ids.write({"quantity": 2, "picked": True})
        with self.assertRaisesRegex(UserError, order.name):
            theirs.move_ids._action_done()

    def test_steps_of_another_company(self):
        order = self.imported("F1")
        self.invoice(order)
        step = self.change(status="cancelled").proposal_ids.step_ids
        other = self.env["res.company"].create({"name": "Otra"})
        stranger = new_test_user(
            self.env,
            "stranger",
            "base.group_user,channel_base.group_channel_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.env.invalidate_all()
        theirs = step.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([("id", "in", step.ids)]))
        with self.assertRaises(AccessError):
            theirs[0].write({"done": True})
