"""When invoices are made automatically, and of what."""

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .invoicing import InvoicingCase

LINE = {"id": "L1", "sku": "FAKE-1", "quantity": "2", "price": "121.00"}


@tagged("post_install", "-at_install")
class TestPaid(InvoicingCase):
    def test_made_and_posted(self):
        order, row = self.order("F1")
        self.assert_invoiced(order, 242.0)
        invoice = row.invoice_ids
        self.assertEqual((invoice.state, invoice.ref), ("posted", "F1"))
        self.assertEqual(invoice.partner_id, order.partner_id)
        self.assertIn("invoice_posted", self.codes())
        self.assertIn(invoice.name, self.inbox("F1").event_ids[-1].message)
        self.assertEqual(self.inbox("F1").invoicing_id, row)

    def test_waits_for_the_payment(self):
        self.map_status("authorised", "import")
        # The freight is the channel's, and pays no goods.
        order, row = self.order(
            "F1", status="authorised", paid="100", shipping="500.00"
        )
        self.assert_row(row, "waiting", "awaits_paid")
        self.assertFalse(order.invoice_ids)
        self.change("F1", paid="242.00")
        self.assert_invoiced(order, 242.0)

    def test_the_channel_s_word_is_enough(self):
        self.map_status("authorised", "import")
        order, row = self.order("F1", status="authorised", paid="200")
        self.assert_row(row, "waiting", "awaits_paid")
        self.change("F1", status="paid")
        self.assert_invoiced(order, 242.0)

    def map_status(self, status, decision):
        self.env["sale.channel.mapping"]._ensure(
            self.channel, "order_status", status
        ).record_ref = self.env.ref(f"channel_order.decision_{decision}")

    def test_drafts(self):
        self.channel.invoicing = "draft"
        order, row = self.order("F1")
        self.assert_invoiced(order, 242.0, outcome="draft")
        self.assertEqual(row.invoice_ids.state, "draft")
        self.assertFalse(row.invoice_ids.invoice_date)
        self.assertIn("invoice_drafted", self.codes())
        row.invoice_ids.action_post()
        self.assert_row(row, "done", outcome="posted")

    def test_the_day_of_the_channel(self):
        # Half past one in Greenwich, still yesterday evening in Buenos Aires.
        with freeze_time("2026-11-20 01:30:00"):
            order, _row = self.order("F1")
        self.assertEqual(str(order.invoice_ids.invoice_date), "2026-11-19")

    def test_nothing_without_the_setting(self):
        self.channel.invoicing = "none"
        order = self.imported("F1")
        self.assertFalse(self.row(order))
        self.assertFalse(self.inbox("F1").invoicing_id)
        self.switch_on(self.channel)
        self.run_full()
        # From then on only.
        self.assertFalse(self.row(order) or order.invoice_ids)

    def test_switched_off_and_on(self):
        self.channel.invoicing_moment = "delivered"
        order, row = self.order("F1")
        self.assert_row(row, "waiting", "awaits_delivered")
        self.channel.invoicing = "none"
        self.run_invoices()
        self.assert_row(row, "held", "invoicing_off")
        self.deliver(order)
        self.assertFalse(order.invoice_ids)
        self.channel.invoicing = "draft"
        self.run_invoices()
        self.assert_invoiced(order, 242.0, outcome="draft")

    def test_another_moment(self):
        self.channel.invoicing_moment = "delivered"
        order, _row = self.order("F1")
        self.channel.invoicing_moment = "paid"
        self.run_invoices()
        self.assert_invoiced(order, 242.0)

    def test_a_quotation_when_it_is_confirmed(self):
        self.channel.import_as = "quotation"
        order = self.imported("F1")
        self.make_final(order.partner_id)
        self.assertFalse(self.row(order))
        order.action_confirm()
        self.run_invoices()
        self.assert_invoiced(order, 242.0)

    def test_the_flow_comes_with_the_setting(self):
        channel = self.make_channel(name="Otro")
        self.assertNotIn("orders_invoice", channel.flow_ids.mapped("kind"))
        channel.invoicing = "draft"
        flow = channel.flow_ids.filtered(lambda f: f.kind == "orders_invoice")
        self.assertTrue(flow.enabled)
        flow.enabled = False
        channel.invoicing_moment = "ready"
        self.assertFalse(flow.enabled)
        other = self.make_channel(name="Tercero", invoicing="post")
        self.assertIn("orders_invoice", other.flow_ids.mapped("kind"))

    def test_what_the_channel_did_not_collect_is_said(self):
        self.channel.invoicing = "draft"
        self.channel.payment_registration = "invoice"
        order, row = self.order("F1", freight="50.00", shipping="50.00")
        # A tax of the invoice alone, as perceptions are.
        line = order.invoice_ids.invoice_line_ids[0]
        line.tax_ids |= self.tax_21.copy(
            {
                "name": "Percepción",
                "amount": 3,
                "tax_group_id": self.find_perceptions().id,
            }
        )
        extra = order.invoice_ids.amount_total - 242.0
        self.assertGreater(extra, 5)
        order.invoice_ids.action_post()
        self.assertAlmostEqual(row.receivable, extra)
        self.assert_row(row, "done", outcome="posted")
        self.assertIn("receivable", self.codes())
        self.assertFalse(self.inbox("F1").needs_review)

    def find_perceptions(self):
        return self.env["account.tax.group"].search(
            [
                ("company_id", "=", self.company.id),
                ("l10n_ar_tribute_afip_code", "!=", False),
            ],
            limit=1,
        )

    def test_what_is_registered_leaves_the_rest_open(self):
        bank = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        self.channel.payment_method_line_id = bank.inbound_payment_method_line_ids[:1]
        self.test_what_the_channel_did_not_collect_is_said()
        row = self.inbox("F1").invoicing_id
        self.assertAlmostEqual(row.invoice_ids.amount_residual, row.receivable)
        self.assertAlmostEqual(self.inbox("F1").payment_ids.registered, 242.0)


@tagged("post_install", "-at_install")
class TestReady(InvoicingCase):
    moment = "ready"

    def test_as_soon_as_it_is_reserved(self):
        order, _row = self.order("F1")
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assert_invoiced(order, 242.0)

    def test_waits_for_stock(self):
        self.make_product("LATER", self.tax_21).invoice_policy = "order"
        order, row = self.order("F1", lines=[{**LINE, "sku": "LATER"}])
        self.assert_row(row, "waiting", "awaits_ready")
        stock = self.find_warehouse(self.company).lot_stock_id
        product = order.order_line.product_id
        self.env["stock.quant"]._update_available_quantity(product, stock, 5)
        order.picking_ids.action_assign()
        self.run_invoices()
        self.assert_invoiced(order, 242.0)

    def test_a_label_was_asked(self):
        self.make_product("LATER", self.tax_21).invoice_policy = "order"
        order, row = self.order("F1", lines=[{**LINE, "sku": "LATER"}])
        self.assert_row(row, "waiting", "awaits_ready")
        order.picking_ids.carrier_tracking_ref = "AR123"
        self.run_invoices()
        self.assert_invoiced(order, 242.0)

    def test_what_the_channel_ships_is_ready(self):
        self.map_warehouse("fulfillment")
        order, _row = self.order("F1", logistic="fulfillment")
        self.assertFalse(order.picking_ids)
        self.assert_invoiced(order, 242.0)

    def map_warehouse(self, logistic):
        self.env["sale.channel.mapping"]._ensure(
            self.channel, "warehouse", logistic
        ).record_ref = self.find_warehouse(self.company)


@tagged("post_install", "-at_install")
class TestDelivered(TestReady):
    moment = "delivered"
    allow_inherited_tests_method = False

    def test_when_it_is_delivered(self):
        order, row = self.order("F1")
        self.assert_row(row, "waiting", "awaits_delivered")
        self.deliver(order)
        self.assert_invoiced(order, 242.0)

    def test_every_delivery_is_done(self):
        order, row = self.order("F1")
        self.deliver(order, quantity=1)
        self.assert_row(row, "waiting", "awaits_delivered")
        self.deliver(order)
        self.assert_invoiced(order, 242.0)

    def test_the_rest_is_not_delivered_any_more(self):
        self.product.invoice_policy = "delivery"
        order, row = self.order("F1")
        self.deliver(order, quantity=1)
        self.assert_row(row, "waiting", "awaits_delivered")
        order.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        self.run_invoices()
        self.assert_invoiced(order, 121.0)

    def test_what_the_channel_ships(self):
        self.map_warehouse("fulfillment")
        order, row = self.order("F1", logistic="fulfillment")
        self.assert_row(row, "waiting", "awaits_delivered")
        self.change("F1", shipping_status="shipped")
        self.assert_invoiced(order, 242.0)

    def test_services_are_delivered_at_once(self):
        self.env["product.product"].create(
            {
                "name": "Garantía",
                "default_code": "SERVICE",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.set(self.tax_21.ids)],
            }
        )
        order, _row = self.order("F1", lines=[{**LINE, "sku": "SERVICE"}])
        self.assert_invoiced(order, 242.0)


@tagged("post_install", "-at_install")
class TestDeliveredQuantities(InvoicingCase):
    policy = "delivery"

    def test_a_part_then_the_rest(self):
        order, row = self.order("F1")
        self.assert_row(row, "held", "nothing_to_invoice")
        self.deliver(order, quantity=1)
        self.assert_row(row, "waiting", "rest_undelivered", "posted")
        self.assertEqual(row.invoice_ids.amount_total, 121.0)
        self.run_full()
        self.assertEqual(len(order.invoice_ids), 1)
        self.deliver(order)
        self.assert_invoiced(order, 121.0, 121.0)

    def test_the_rest_of_what_was_credited_is_left_to_people(self):
        order, row = self.order("F1")
        self.deliver(order, quantity=1)
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=row.invoice_ids.ids
        )
        wizard.create({"journal_id": row.invoice_ids.journal_id.id}).refund_moves()
        self.deliver(order)
        self.assert_row(row, "done", outcome="taken_back")
        self.assertEqual(len(row.invoice_ids), 1)
        self.assertEqual(len(order.invoice_ids), 2)
