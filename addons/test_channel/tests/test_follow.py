"""What the channel changes after an order was imported."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import Rejected

from .common import FakeCase

LINE = {"id": "L1", "sku": "FAKE-1", "quantity": "2", "price": "121.00"}
CUIT = ["CUIT", "30714295698"]
MORE = {"id": "L2", "sku": "FAKE-1", "quantity": "1", "price": "60.50"}


class FollowCase(FakeCase):
    def change(self, external_id="F1", **changes):
        self.put(external_id, **changes)
        self.run_flow()
        return self.inbox(external_id)

    def deliver(self, order):
        for picking in order.picking_ids.filtered(lambda p: p.state != "done"):
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
            picking.move_ids.picked = True
            picking.button_validate()

    def invoice(self, order):
        self.make_postable(order)
        self.product.invoice_policy = "order"
        invoice = order._create_invoices()
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        return invoice

    def make_postable(self, order):
        company = self.company
        company.l10n_ar_afip_responsibility_type_id = self.env.ref("l10n_ar.res_IVARI")
        company.partner_id.vat = "30714295698"
        final = self.env.ref("l10n_ar.res_CF")
        order.partner_id.l10n_ar_afip_responsibility_type_id = final

    def sold(self, order):
        """What the order sells: external line → (quantity, price)."""
        return {
            line.channel_line_ref: (line.product_uom_qty, line.price_unit)
            for line in order.order_line
            if line.product_uom_qty
        }

    def open_codes(self, row):
        proposals = row.proposal_ids.filtered(lambda p: p.state == "open")
        return sorted(proposals.mapped("code"))

    def steps(self, row):
        """What is open to be done about an order, in its order."""
        proposals = row.proposal_ids.filtered(lambda p: p.state == "open")
        return proposals._get_open_steps().sorted("sequence").mapped("kind")

    def made(self, proposals, kind):
        """What a step of theirs made."""
        steps = proposals.step_ids.filtered(lambda step: step.kind == kind)
        return steps.filtered("done").result_ref


@tagged("post_install", "-at_install")
class TestFollow(FollowCase):
    def test_an_untouched_order_follows(self):
        order = self.imported("F1", lines=[LINE])
        for quantity, price in (("9", "1.00"), ("1", "121.00"), ("2", "60.50")):
            row = self.change(lines=[{**LINE, "quantity": quantity, "price": price}])
            self.assertEqual(self.sold(order), {"L1": (float(quantity), float(price))})
            self.assertFalse(row.needs_review)
            self.assertEqual(row.event_ids[-1].code, "followed")
            moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
            self.assertEqual(sum(moves.mapped("product_uom_qty")), float(quantity))

    def test_lines_come_and_go(self):
        self.channel.discount_product_id = self.env["product.product"].create(
            {"name": "Descuento", "type": "service"}
        )
        order = self.imported("F1", lines=[LINE])
        self.change(lines=[LINE, MORE])
        self.assertEqual(self.sold(order), {"L1": (2, 121.0), "L2": (1, 60.5)})
        self.change(lines=[MORE])
        self.assertEqual(self.sold(order), {"L2": (1, 60.5)})
        self.assertAlmostEqual(order.amount_total, 60.5)
        self.change(lines=[LINE, MORE], discount="12.10")
        self.assertAlmostEqual(order.amount_total, 290.4)

    def test_what_a_person_edited_is_left_alone(self):
        order = self.imported("F1", lines=[LINE])
        order.order_line.product_uom_qty = 3
        row = self.change(lines=[{**LINE, "quantity": "5"}])
        self.assertEqual(self.sold(order), {"L1": (3, 121.0)})
        self.assertEqual(self.open_codes(row), ["review_lines"])
        row.action_reviewed()
        self.assertFalse(row.needs_review)
        self.assertFalse(self.change(noise="x").needs_review)

    def test_another_product_is_a_person_s_decision(self):
        order = self.imported("F1", lines=[LINE])
        self.make_product("OTHER", self.tax_21)
        row = self.change(lines=[{**LINE, "sku": "OTHER"}])
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertEqual(self.open_codes(row), ["review_lines"])

    def test_a_total_that_does_not_add_up_changes_nothing(self):
        order = self.imported("F1", lines=[LINE])
        row = self.change(lines=[{**LINE, "quantity": "5"}], goods_total="1.00")
        self.assertEqual(self.sold(order), {"L1": (2, 121.0)})
        self.assertEqual(self.open_codes(row), ["review_lines"])

    def test_the_same_question_stands_once(self):
        order = self.imported("F1", lines=[LINE])
        order.action_lock()
        for quantity in ("4", "5", "6"):
            row = self.change(lines=[{**LINE, "quantity": quantity}])
        self.assertEqual(self.open_codes(row), ["review_lines"])
        self.assertIn("726", row.proposal_ids.message)

    def test_cancelled_after_delivery(self):
        order = self.imported("F1")
        self.deliver(order)
        row = self.change(status="cancelled")
        self.assertEqual(self.open_codes(row), ["cancel_order"])
        self.assertEqual(self.steps(row), ["cancel", "return"])
        row.proposal_ids.action_apply()
        back = self.made(row.proposal_ids, "return")
        self.assertEqual(
            (back._name, back.picking_type_code), ("stock.picking", "incoming")
        )
        self.assertEqual(back.move_ids.product_uom_qty, 2)
        self.assertEqual(order.state, "cancel")
        self.assertFalse(row.needs_review)
        with self.assertRaises(UserError):
            row.proposal_ids.action_apply()

    def test_cancelled_while_locked(self):
        order = self.imported("F1")
        order.action_lock()
        row = self.change(status="cancelled")
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.open_codes(row), ["cancel_order"])
        row.proposal_ids.action_apply()
        self.assertEqual(order.state, "cancel")

    def test_a_partial_refund(self):
        order = self.imported("F1")
        self.invoice(order)
        row = self.change(refunded="50.55", status="paid")
        self.assertEqual(self.open_codes(row), ["review_refund"])
        row = self.change(refunded="60.60")
        self.assertAlmostEqual(row.proposal_ids.amount, 60.60)
        row.proposal_ids.action_apply()
        note = self.made(row.proposal_ids, "credit_note")
        self.assertAlmostEqual(note.amount_total, 60.60)
        self.assertEqual(note.invoice_line_ids.tax_ids, order.order_line.tax_ids)
        # Only money went back: the goods are still invoiced.
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(self.change(noise="x").needs_review)

    def test_refunded_before_it_came_in(self):
        self.put("F1", refunded="50.00")
        self.imported("F1")
        row = self.inbox("F1")
        self.assertEqual(self.open_codes(row), ["review_refund_uninvoiced"])

    def test_a_refund_before_the_invoice(self):
        self.imported("F1")
        row = self.change(refunded="50.00")
        self.assertEqual(self.open_codes(row), ["review_refund_uninvoiced"])
        with self.assertRaises(UserError):
            row.proposal_ids.action_apply()

    def test_a_warning_of_fraud_holds_the_delivery(self):
        order = self.imported("F1")
        row = self.change(suspicious=True)
        with self.assertRaisesRegex(UserError, "fraud"):
            self.deliver(order)
        self.assertEqual(self.open_codes(row), ["review_fraud"])
        row.action_reviewed()
        self.deliver(order)
        self.assertEqual(order.picking_ids.state, "done")

    def test_a_warning_of_fraud_that_is_withdrawn(self):
        order = self.imported("F1")
        self.change(suspicious=True)
        row = self.change(suspicious=False)
        self.assertFalse(order.channel_hold or row.needs_review)
        self.assertEqual(row.proposal_ids.state, "withdrawn")
        self.deliver(order)

    def test_proposals_need_a_channel_user(self):
        order = self.imported("F1")
        order.action_lock()
        row = self.change(status="cancelled")
        stranger = self.make_user("stranger", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            row.proposal_ids.with_user(stranger).action_dismiss()

    def test_what_could_not_be_read_is_read_again_by_retry(self):
        """What is stored is not what the channel has by then."""
        order = self.imported("F1", lines=[LINE])
        self.put("F1", lines=[{**LINE, "quantity": "5"}])
        self.remote.faults = [Rejected("not_found")]
        self.run_flow()
        row = self.inbox("F1")
        self.assertEqual((row.state, row.sync_state), ("imported", "error"))
        row.action_retry()
        self.assertEqual((row.state, row.sync_state), ("imported", "fetch"))
        self.run_flow()
        self.assertEqual((row.state, row.sync_state), ("imported", "done"))
        self.assertEqual(self.sold(order), {"L1": (5, 121.0)})

    def test_a_held_cancellation_stays_one_when_its_reading_fails(self):
        order = self.imported("F1", lines=[LINE])
        self.invoice(order)
        row = self.change(status="cancelled")
        self.assertEqual((row.state, order.channel_hold), ("cancelled", "cancelled"))
        self.put("F1", status="cancelled", noise="x")
        self.remote.faults = [Rejected("not_found")]
        self.run_flow()
        self.assertEqual((row.state, row.sync_state), ("cancelled", "error"))
        self.assertEqual(order.channel_hold, "cancelled")
        self.assertFalse(row.answer_ids.filtered(lambda a: a.slot == "rejected"))
        row._dismiss("seen")
        self.assertEqual((row.state, row.sync_state), ("cancelled", "done"))
        self.assertEqual(order.channel_hold, "cancelled")

    def test_an_older_state_never_replaces_a_newer_one(self):
        order = self.imported("F1", lines=[LINE])
        self.change(lines=[{**LINE, "quantity": "5"}])
        remote = self.remote.orders["F1"]
        newest = dict(remote)
        remote.update(version=1, lines=[LINE])
        row = self.inbox("F1")
        row.action_fetch_again()
        self.run_flow()
        self.assertEqual((row.sync_state, row.error_code), ("fetch", "stale"))
        self.assertEqual(self.sold(order), {"L1": (5, 121.0)})
        remote.update(newest)
        self.make_due(row)
        self.run_flow()
        self.assertEqual((row.state, row.sync_state), ("imported", "done"))

    def test_what_the_channel_ships_makes_no_delivery(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Full", "code": "FULL", "company_id": self.company.id}
        )
        row = self.bring("F1", logistic="fulfillment")
        self.assertEqual(row.blocked_mapping_id.kind_id.code, "warehouse")
        row.blocked_mapping_id.res_id = warehouse.id
        self.run_flow()
        order = row.sale_order_id
        self.assertEqual((order.state, order.warehouse_id), ("sale", warehouse))
        self.assertFalse(order.picking_ids)
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.change(shipping_status="delivered")
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertFalse(order.picking_ids)
        row = self.change(status="cancelled")
        self.assertEqual(self.open_codes(row), ["cancel_order"])


@tagged("post_install", "-at_install")
class TestCarts(FollowCase):
    """Orders that move from one cart to another."""

    def test_an_order_joins_a_cart_after_its_import(self):
        order = self.imported("F1", lines=[LINE])
        row = self.change("CART", lines=[LINE, MORE])
        self.assertEqual(row.sale_order_id, order)
        self.assertEqual(self.sold(order), {"L1": (2, 121.0), "L2": (1, 60.5)})
        self.assertEqual(self.inbox("F1").state, "moved")
        self.assertFalse(self.inbox("F1").sale_order_id)

    def test_a_delivered_order_joins_a_cart(self):
        order = self.imported("F1", lines=[LINE])
        self.deliver(order)
        row = self.change("CART", lines=[LINE, MORE])
        self.assertEqual(row.sale_order_id, order)
        self.assertEqual(self.sold(order), {"L1": (2, 121.0)})
        self.assertEqual(self.open_codes(row), ["review_lines"])

    def test_a_cart_is_split(self):
        order = self.imported("CART", lines=[LINE, MORE])
        self.put("SPLIT", lines=[MORE])
        # The search shows the new cart before the old one has changed.
        self.run_flow()
        row = self.inbox("SPLIT")
        self.assertEqual((row.sync_state, row.error_code), ("process", "moving"))
        self.change("CART", lines=[LINE])
        self.make_due(row)
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(self.sold(order), {"L1": (2, 121.0)})
        self.assertEqual(self.sold(row.sale_order_id), {"L2": (1, 60.5)})

    def test_a_delivered_cart_is_split(self):
        order = self.imported("CART", lines=[LINE, MORE])
        self.deliver(order)
        self.change("CART", lines=[LINE])
        row = self.change("SPLIT", lines=[MORE])
        self.assertEqual((row.state, row.error_code), ("rejected", "also_in"))
        self.assertIn(order.name, row.error_message)
        self.assertFalse(row.sale_order_id)

    def test_two_imported_carts_become_one(self):
        first = self.imported("F1", lines=[LINE])
        second = self.imported("F2", lines=[MORE])
        row = self.change("F2", lines=[LINE, MORE])
        self.assertEqual(row.sale_order_id, second)
        self.assertEqual(first.state, "cancel")
        self.assertEqual(self.sold(second), {"L1": (2, 121.0), "L2": (1, 60.5)})
        self.assertEqual(self.inbox("F1").state, "moved")

    def test_two_imported_carts_of_which_one_was_delivered(self):
        first = self.imported("F1", lines=[LINE])
        second = self.imported("F2", lines=[MORE])
        self.deliver(first)
        row = self.change("F2", lines=[LINE, MORE])
        self.assertEqual(self.sold(second), {"L2": (1, 60.5)})
        self.assertEqual((row.state, row.error_code), ("imported", "also_in"))
        self.assertIn(first.name, row.error_message)

    def test_a_person_s_copy_is_not_the_channel_s_order(self):
        order = self.imported("F1", lines=[LINE])
        copy = order.copy()
        self.assertFalse(copy._is_channel_order())
        copy.order_line = [Command.clear()]
        self.assertFalse(self.inbox("F1").needs_review)


@tagged("post_install", "-at_install")
class TestSecondLook(FollowCase):
    """What a second pair of eyes found: each of these went wrong once."""

    def cancelled_after_delivery(self):
        order = self.imported("F1", lines=[LINE])
        self.deliver(order)
        return order, self.change(status="cancelled")

    def test_a_cancellation_that_is_taken_back(self):
        order, row = self.cancelled_after_delivery()
        row = self.change(status="paid")
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))
        self.assertFalse(row.needs_review)
        orders = self.env["sale.order"].search(
            [("sale_channel_id", "=", self.channel.id)]
        )
        self.assertEqual(orders, order)

    def test_a_settled_cancellation_is_not_proposed_again(self):
        _order, row = self.cancelled_after_delivery()
        row.proposal_ids.action_dismiss()
        row = self.change(shipping_status="returned")
        self.assertFalse(row.needs_review)

    def test_who_posts_invoices_needs_no_right_on_channels(self):
        order = self.imported("F1")
        self.invoice(order)
        self.channel.payment_registration = "invoice"
        other = self.imported("F2")
        draft = other._create_invoices()
        draft.invoice_date = fields.Date.today()
        biller = self.make_user("biller", "account.group_account_invoice")
        draft.with_user(biller).action_post()
        self.assertEqual(draft.state, "posted")

    def test_the_rest_of_an_invoice_that_was_credited_in_part(self):
        order = self.imported("F1")
        invoice = self.invoice(order)
        row = self.change(refunded="42.00")
        row.proposal_ids.action_apply()
        row = self.change(status="cancelled")
        self.assertEqual(self.steps(row), ["cancel", "credit_note"])
        row.proposal_ids.filtered(lambda p: p.state == "open").action_apply()
        notes = invoice.reversal_move_ids
        self.assertAlmostEqual(sum(notes.mapped("amount_total")), 242.0)

    def test_a_document_that_comes_late_changes_the_customer(self):
        order = self.imported("F1")
        before = order.partner_id
        buyer = {**self.remote.orders["F1"]["buyer"], "document": CUIT}
        salesman = self.make_user("mariela", "sales_team.group_sale_salesman")
        order.user_id = salesman
        row = self.change(buyer=buyer)
        self.assertNotEqual(order.partner_id, before)
        self.assertEqual(order.partner_id.vat, CUIT[1])
        self.assertEqual(order.partner_invoice_id, order.partner_id)
        self.assertEqual(order.user_id, salesman)
        self.assertAlmostEqual(order.amount_total, 242.0)
        self.assertFalse(row.needs_review)

    def test_a_document_that_comes_after_the_delivery(self):
        order = self.imported("F1")
        before = order.partner_id
        self.deliver(order)
        buyer = {**self.remote.orders["F1"]["buyer"], "document": CUIT}
        row = self.change(buyer=buyer)
        self.assertEqual(order.partner_id, before)
        self.assertEqual(self.open_codes(row), ["review_customer"])

    def test_an_address_that_the_channel_hides_later_stays(self):
        order = self.imported("F1")
        before = order.partner_shipping_id
        self.assertNotEqual(before, order.partner_id)
        row = self.change(address=None)
        self.assertEqual(order.partner_shipping_id, before)
        self.assertFalse(row.needs_review)

    def test_the_channel_turns_out_to_ship_it(self):
        full = self.env["stock.warehouse"].create(
            {"name": "Full", "code": "FULL", "company_id": self.company.id}
        )
        self.env["sale.channel.mapping"]._ensure(
            self.channel, "warehouse", "fulfillment"
        ).record_ref = full
        order = self.imported("F1")
        self.change(logistic="fulfillment")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.assertEqual(order.warehouse_id, full)

    def test_an_imported_order_is_not_told_to_be_rejected(self):
        self.channel.action_load_statuses()
        refused = self.env["sale.channel.status"].search(
            [("channel_id", "=", self.channel.id), ("code", "=", "refused")]
        )
        self.channel.rejected_status_id = refused
        self.imported("F1")
        row = self.change(lines=None)
        self.assertEqual((row.state, row.sync_state), ("imported", "error"))
        self.assertFalse(row.answer_ids)
