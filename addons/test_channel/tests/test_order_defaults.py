"""Where a sale order's values come from: the channel's words, de-para, defaults."""

from datetime import datetime

from odoo.fields import Command
from odoo.tests import tagged

from .common import FakeCase


@tagged("post_install", "-at_install")
class TestOrderDefaults(FakeCase):
    def map(self, kind, value, record, channel=None):
        return self.env["sale.channel.mapping"].create(
            {
                "channel_id": (channel or self.channel).id,
                "kind_id": self.env["sale.channel.mapping.kind"]._get_by_code(kind).id,
                "external_value": value,
                "res_id": record.id,
            }
        )

    def payment_method(self):
        return self.env["account.payment.method.line"].search(
            [
                ("payment_type", "=", "inbound"),
                ("company_id", "=", self.company.id),
            ],
            limit=1,
        )

    def test_the_channel_s_settings(self):
        term = self.env["account.payment.term"].create({"name": "A 60"})
        seller = self.make_user("vendedor", "sales_team.group_sale_salesman")
        method = self.payment_method()
        team = self.env["crm.team"].create({"name": "Canales"})
        self.assertTrue(method)
        self.channel.write(
            {
                "payment_term_id": term.id,
                "salesperson_id": seller.id,
                "payment_method_line_id": method.id,
                "team_id": team.id,
            }
        )
        order = self.imported()
        self.assertEqual(order.payment_term_id, term)
        self.assertEqual(order.user_id, seller)
        self.assertEqual(order.preferred_payment_method_line_id, method)
        self.assertEqual(order.team_id, team)
        self.assertEqual(order.company_id, self.company)
        self.assertEqual(order.client_order_ref, "F1")
        self.assertIn("Canal", order.origin)

    def test_nobody_is_salesperson_unless_the_channel_says_so(self):
        self.assertFalse(self.imported().user_id)

    def test_a_default_carrier_is_used_and_shown(self):
        self.channel.carrier_id = self.make_carrier("Moto")
        row = self.bring(carrier="pigeon")
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.carrier_id, self.channel.carrier_id)
        self.assertIn("pigeon", row.used_defaults)
        self.assertIn("Moto", row.used_defaults)
        told = row.event_ids.filtered(lambda event: event.code == "default_used")
        self.assertIn("pigeon", told[:1].message)
        # The value is still in the inbox, for whoever wants to map it.
        self.assertTrue(
            self.env["sale.channel.mapping"].search(
                [("external_value", "=", "pigeon"), ("is_mapped", "=", False)]
            )
        )

    def test_a_mapping_beats_the_default(self):
        self.channel.carrier_id = self.make_carrier("Moto")
        row = self.bring()
        self.assertEqual(row.sale_order_id.carrier_id, self.carrier)
        self.assertNotIn("standard", row.used_defaults or "")

    def test_a_default_payment_method_is_shown(self):
        self.channel.payment_method_line_id = self.payment_method()
        row = self.bring(payment="barter")
        self.assertIn("barter", row.used_defaults)

    def test_an_order_without_shipping_service_takes_the_default_quietly(self):
        self.channel.carrier_id = self.make_carrier("Moto")
        row = self.bring(carrier="")
        self.assertEqual(row.sale_order_id.carrier_id, self.channel.carrier_id)
        self.assertNotIn("Moto", row.used_defaults or "")

    def test_the_date_is_the_channel_s_also_after_confirmation(self):
        order = self.imported()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.date_order, datetime(2026, 11, 1, 12, 0))
        self.channel.import_as = "quotation"
        order = self.imported()
        self.assertEqual(order.state, "draft")
        order.action_confirm()
        self.assertEqual(order.date_order, datetime(2026, 11, 1, 12, 0))

    def test_a_quotation_stays_one(self):
        self.channel.import_as = "quotation"
        order = self.imported()
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.picking_ids)

    def test_other_orders_take_the_date_of_their_confirmation(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Eva"}).id,
                "date_order": "2026-01-01 10:00:00",
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        self.assertGreater(order.date_order, datetime(2026, 1, 2))

    def test_it_is_not_locked(self):
        group = self.env.ref("sale.group_auto_done_setting")
        self.env.ref("base.user_root").write({"group_ids": [Command.link(group.id)]})
        self.assertFalse(self.imported().locked)

    def test_stock_is_reserved(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.env["stock.quant"]._update_available_quantity(
            self.product, warehouse.lot_stock_id, 5
        )
        picking = self.imported().picking_ids
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.carrier_id, self.carrier)

    def test_the_channel_s_warehouse(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Segundo", "code": "S2", "company_id": self.company.id}
        )
        self.channel.warehouse_id = warehouse
        self.assertEqual(self.imported().warehouse_id, warehouse)

    def test_what_the_channel_ships_itself_leaves_its_own_warehouse(self):
        row = self.bring(logistic="fulfillment")
        self.assertEqual(row.sync_state, "blocked")
        self.assertEqual(row.blocked_mapping_id.kind_id.code, "warehouse")
        full = self.env["stock.warehouse"].create(
            {"name": "Full", "code": "FULL", "company_id": self.company.id}
        )
        row.blocked_mapping_id.record_ref = f"stock.warehouse,{full.id}"
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.warehouse_id, full)

    def test_a_status_may_be_mapped_to_another_decision(self):
        kind = "order_status"
        self.map(kind, "paid", self.env.ref("channel_order.decision_ignore"))
        row = self.bring()
        self.assertEqual((row.state, row.sync_state), ("ignored", "done"))
        self.assertFalse(row.sale_order_id)

    def test_it_waits_for_its_payment(self):
        row = self.bring(status="pending")
        self.assertEqual((row.state, row.sync_state), ("received", "done"))
        self.put("F1", status="paid")
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_the_customer_s_delivery_address(self):
        order = self.imported()
        self.assertEqual(order.partner_shipping_id.city, "Rosario")
        self.assertEqual(order.partner_invoice_id, order.partner_id)
        self.assertEqual(
            order.partner_shipping_id.commercial_partner_id, order.partner_id
        )
