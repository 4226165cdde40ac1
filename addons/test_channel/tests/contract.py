"""What every provider must do. A provider's tests inherit :class:`ProviderContract`
and say how its remote side is brought into each situation."""

from odoo import fields

from .common import FlowCase


class ProviderContract(FlowCase):
    """Scenarios of an order's life, the same for every provider.

    The heir implements the ``remote_*`` methods on its own wire. It must not fake
    anything of ours.
    """

    # Odoo's loader leaves inherited test methods out unless it is told.
    allow_inherited_tests_method = True

    # The heir says how

    def remote_order(self, **traits):
        """Make an ordinary paid order on the remote side; its cart's id.

        :param traits: ``sku``, ``carrier``, ``document`` (type, number), ``status``,
            ``city``
        """
        raise NotImplementedError

    def remote_change(self, external_id, **traits):
        """Change an order there, so that its version changes."""
        raise NotImplementedError

    def remote_fault(self, kind, times=1):
        """Let the next answers fail: ``429``, ``503``, ``cut``, ``huge``, ``drop``."""
        raise NotImplementedError

    def remote_hint(self, external_id):
        """Let the channel announce an order."""
        raise NotImplementedError

    def remote_searches(self):
        """How often the channel was searched so far."""
        raise NotImplementedError

    # The contract

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

    def snapshot(self, row):
        order, partner = row.sale_order_id, row.partner_id
        return (
            row.write_date,
            len(row.event_ids),
            order.write_date,
            order.ids,
            partner.write_date,
            self.env["sale.order"].search_count(
                [("sale_channel_id", "=", self.channel.id)]
            ),
            self.env["res.partner"].with_context(active_test=False).search_count([]),
        )

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

    def run_cancelled(self):
        """Let the cancellation arrive; providers that hide it from searches say how."""
        self.run_flow()

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
        self.assertEqual(row.sync_state, "pending")
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
        self.assertEqual((row.state, row.sync_state), ("received", "pending"))
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

    def test_an_announced_order_does_not_wait_for_the_interval(self):
        self.run_flow()
        external_id = self.remote_order()
        searches = self.remote_searches()
        self.run_hinted()
        self.assertFalse(self.inbox(external_id))
        self.remote_hint(external_id)
        self.run_hinted()
        row = self.inbox(external_id)
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(self.remote_searches(), searches)
        self.assertFalse(self.env["sale.channel.hint"].search_count([]))
        # The search then finds nothing new in it.
        before = self.snapshot(row)
        self.run_flow()
        self.assertEqual(self.snapshot(row), before)

    def test_an_announced_change_is_fetched(self):
        external_id = self.run_with(self.remote_order())
        row = self.inbox(external_id)
        self.remote_change(external_id, city="Funes")
        self.remote_hint(external_id)
        self.run_hinted()
        self.assertIn("changed", row.event_ids.mapped("code"))

    def test_before_the_start_is_left_alone(self):
        self.channel.orders_from = fields.Datetime.add(fields.Datetime.now(), days=1)
        external_id = self.remote_order()
        self.run_flow()
        row = self.inbox(external_id)
        if row:
            self.assertEqual((row.state, row.error_code), ("ignored", "before_start"))
        self.assertFalse(row.sale_order_id)
