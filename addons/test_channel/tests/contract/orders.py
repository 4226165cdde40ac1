from odoo import fields
from odoo.exceptions import UserError

from .case import ProviderCase


class OrderContract(ProviderCase):
    """Orders: how they come in, fail, and change afterwards."""

    def remote_fault(self, kind, times=1):
        """Let the next answers fail: ``429``, ``503``, ``cut``, ``huge``, ``drop``."""
        raise NotImplementedError

    def test_new_order(self):
        row = self.inbox(self.run_with(self.remote_order()))
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.state, "sale")
        self.assertEqual(row.sale_order_id.partner_id, row.partner_id)
        self.assertTrue(row.buyer_id.external_id)
        self.assertEqual(row.sale_order_id.sale_channel_id, self.channel)
        self.assertAlmostEqual(row.sale_order_id.amount_total, row.goods_total, 2)
        self.assertEqual(row.sale_order_id.date_order, row.placed_at)
        self.assertEqual(
            row.event_ids.mapped("code")[:1] + row.event_ids.mapped("code")[-1:],
            ["new", "imported"],
        )

    def test_twice_changes_nothing(self):
        row = self.inbox(self.run_with(self.remote_order()))
        before = self.snapshot(row)
        self.run_flow()
        self.assertEqual(self.snapshot(row), before)

    def test_changed_order_is_not_doubled(self):
        external_id = self.run_with(self.remote_order())
        order = self.inbox(external_id).sale_order_id
        self.remote_change(external_id, city="Funes")
        self.run_flow()
        row = self.inbox(external_id)
        self.assertEqual(row.sale_order_id, order)
        self.assertIn("changed", row.event_ids.mapped("code"))

    def test_cancelled_order(self):
        external_id = self.run_with(self.remote_order())
        self.remote_change(external_id, status="cancelled")
        self.run_cancelled()
        row = self.inbox(external_id)
        self.assertEqual(row.state, "cancelled")
        self.assertEqual(row.sale_order_id.state, "cancel")

    def test_unknown_product_rejects_and_keeps_the_customer(self):
        row = self.inbox(self.run_with(self.remote_order(sku="NOT-THERE")))
        self.assertEqual((row.state, row.error_code), ("rejected", "product_unknown"))
        self.assertIn("NOT-THERE", row.error_message)
        self.assertTrue(row.partner_id)
        self.env["product.product"].create(
            {"name": "Now there", "default_code": "NOT-THERE", "taxes_id": [(5,)]}
        )
        row.action_retry()
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_unmapped_carrier_waits_and_is_released(self):
        row = self.inbox(self.run_with(self.remote_order(carrier="pigeon")))
        self.assertEqual((row.state, row.sync_state), ("rejected", "blocked"))
        mapping = row.blocked_mapping_id
        self.assertEqual(mapping.kind_id.code, "carrier")
        mapping.record_ref = f"delivery.carrier,{self.carrier.id}"
        self.assertEqual(row.sync_state, "process")
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.carrier_id, self.carrier)

    def test_unknown_status_waits_for_its_mapping(self):
        row = self.inbox(self.run_with(self.remote_order(status="teleported")))
        self.assertEqual(row.sync_state, "blocked")
        self.assertEqual(row.blocked_mapping_id.kind_id.code, "order_status")
        self.assertTrue(row.partner_id)

    def test_bad_document_does_not_stop_the_order(self):
        row = self.inbox(
            self.run_with(self.remote_order(document=("CUIT", "20-11111111-1")))
        )
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertFalse(row.partner_id.vat)

    def check_passing_fault(self, kind):
        external_id = self.remote_order()
        self.remote_fault(kind)
        self.run_flow()
        row = self.inbox(external_id)
        self.assertEqual((row.state, row.sync_state), ("received", "fetch"))
        self.assertEqual(row.error_code, "retryable")
        self.assertGreater(row.next_attempt_at, fields.Datetime.now())
        self.make_due(row)
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_too_many_requests(self):
        self.check_passing_fault("429")

    def test_service_unavailable(self):
        self.check_passing_fault("503")

    def test_cut_answer(self):
        self.check_passing_fault("cut")

    def test_huge_answer_is_one_row_s_problem(self):
        external_id = self.remote_order()
        self.remote_fault("huge")
        self.run_flow()
        row = self.inbox(external_id)
        self.assertEqual(row.error_code, "response_too_large")
        self.assertEqual(row.state, "rejected")

    def test_before_the_start_is_left_alone(self):
        self.channel.orders_from = fields.Datetime.add(fields.Datetime.now(), days=1)
        external_id = self.remote_order()
        self.run_flow()
        row = self.inbox(external_id)
        if row:
            self.assertEqual((row.state, row.ignored_code), ("early", "before_start"))
        self.assertFalse(row.sale_order_id)

    def test_a_changed_quantity_is_followed(self):
        external_id, row = self.bring(quantity=2)
        self.change(external_id, quantity=5)
        self.assertEqual(self.sold(row.sale_order_id), 5)
        self.assertFalse(row.needs_review)

    def test_a_quantity_changed_after_delivery_is_proposed(self):
        external_id, row = self.bring(quantity=2)
        self.deliver(row.sale_order_id)
        self.change(external_id, quantity=5)
        self.assertEqual(self.sold(row.sale_order_id), 2)
        self.assertTrue(row.needs_review)

    def test_a_cancelled_delivery_proposes_its_return(self):
        external_id, row = self.bring()
        self.deliver(row.sale_order_id)
        self.remote_change(external_id, status="cancelled")
        self.run_cancelled()
        self.assertEqual((row.state, row.sale_order_id.state), ("cancelled", "sale"))
        self.assertEqual(self.open_steps(row), ["cancel", "return"])
        row.proposal_ids.action_apply()
        back = row.proposal_ids.step_ids.filtered("result_ref").result_ref
        self.assertEqual(back.picking_type_code, "incoming")

    def test_a_cancelled_order_never_seen_before(self):
        external_id = self.remote_order(status="cancelled")
        self.run_cancelled()
        row = self.inbox(external_id)
        self.assertEqual((row.state, row.sync_state), ("cancelled", "done"))
        self.assertFalse(row.sale_order_id or row.partner_id)

    def test_a_partial_refund_is_proposed(self):
        external_id, row = self.bring()
        self.change(external_id, refunded="10.50")
        self.assertTrue(row.needs_review)
        self.assertEqual(sum(row.payment_ids.mapped("refunded")), 10.5)

    def test_a_warning_of_fraud_holds_what_was_imported(self):
        self.need("fraud_warning")
        external_id, row = self.bring()
        self.change(external_id, fraud_warning=True)
        with self.assertRaises(UserError):
            self.deliver(row.sale_order_id)
        self.assertEqual(self.open_steps(row), ["cancel"])

    def test_fraud_is_not_imported(self):
        self.need("fraud_warning")
        row = self.inbox(self.run_with(self.remote_order(fraud_warning=True)))
        self.assertEqual((row.state, row.error_code), ("rejected", "fraud_risk"))
        self.assertTrue(row.partner_id)

    def test_test_purchases_stay_out_of_production(self):
        self.need("is_test")
        self.channel._get_credential().environment = "production"
        self.channel.environment = "production"
        row = self.inbox(self.run_with(self.remote_order(is_test=True)))
        self.assertEqual((row.state, row.error_code), ("rejected", "test_purchase"))

    def test_what_the_channel_ships_makes_no_delivery(self):
        self.need("logistic")
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Full", "code": "FULL", "company_id": self.company.id}
        )
        row = self.inbox(self.run_with(self.remote_order(logistic="fulfillment")))
        self.assertEqual(row.blocked_mapping_id.kind_id.code, "warehouse")
        row.blocked_mapping_id.record_ref = f"stock.warehouse,{warehouse.id}"
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        order = row.sale_order_id
        self.assertEqual(order.warehouse_id, warehouse)
        self.assertFalse(order.picking_ids)

    def test_what_was_collected_is_on_the_order(self):
        _external_id, row = self.bring()
        self.assertTrue(all(row.payment_ids.mapped("collected")))
        self.assertAlmostEqual(
            sum(row.payment_ids.mapped("amount")), row.goods_total, 2
        )
        self.assertTrue(all(row.payment_ids.mapped("approved_at")))

    def test_a_paid_order_is_invoiced_automatically(self):
        self.product.invoice_policy = "order"
        self.channel.write({"invoicing": "draft", "invoicing_moment": "paid"})
        _external_id, row = self.bring(quantity=2)
        self.assertEqual(row.invoicing_id.sync_state, "pending")
        with self.enter_registry_test_mode():
            self.flow("orders_invoice").cron_id.method_direct_trigger()
        self.env.invalidate_all()
        invoicing = row.invoicing_id
        self.assertEqual(invoicing.outcome, "draft", invoicing.error_message)
        self.assertAlmostEqual(invoicing.invoice_ids.amount_total, row.goods_total, 2)

    def test_chosen_orders_and_periods(self):
        self.channel.orders_from = fields.Datetime.add(fields.Datetime.now(), days=1)
        external_ids = [self.remote_order(), self.remote_order()]
        self.run_flow()
        wizard = self.env["sale.channel.order.import"]
        wizard.create(
            {"channel_id": self.channel.id, "numbers": external_ids[0]}
        ).action_import()
        self.run_flow()
        self.assertEqual(self.inbox(external_ids[0]).state, "imported")
        self.assertNotEqual(self.inbox(external_ids[1]).state, "imported")
        now = fields.Datetime.now()
        wizard.create(
            {
                "channel_id": self.channel.id,
                "mode": "period",
                "date_from": fields.Datetime.subtract(now, days=400),
                "date_to": fields.Datetime.add(now, days=1),
            }
        ).action_import()
        self.run_flow()
        self.assertEqual(self.inbox(external_ids[1]).state, "imported")

    def test_a_rejected_order_is_entered_by_hand(self):
        row = self.inbox(self.run_with(self.remote_order(sku="NOT-THERE")))
        self.env["sale.channel.order.manual"].create(
            {"order_id": row.id}
        ).action_enter()
        order = row.sale_order_id
        self.assertEqual((row.state, order.state), ("imported", "draft"))
        row.action_fetch_again()
        self.run_flow()
        self.assertEqual(row.sale_order_id, order)
