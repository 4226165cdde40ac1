"""What every provider must do. A provider's tests inherit :class:`ProviderContract`
and say how its remote side is brought into each situation."""

from odoo import fields
from odoo.exceptions import UserError

from .common import FlowCase

CUITS = (("CUIT", "30714295698"), ("CUIT", "30500010912"))


class ProviderContract(FlowCase):
    """Scenarios of an order's life, the same for every provider.

    The heir implements the ``remote_*`` methods on its own wire. It must not fake
    anything of ours.
    """

    # Odoo's loader leaves inherited test methods out unless it is told.
    allow_inherited_tests_method = True
    # A status of an order that is placed but not paid
    pending_status = "pending"

    # The heir says how

    def remote_order(self, **traits):
        """Make an ordinary paid order on the remote side; its cart's id.

        :param traits: ``sku``, ``carrier``, ``document`` (type, number), ``status``,
            ``city``, ``quantity``, ``refunded`` (amount), ``tags``, ``logistic``,
            ``shipping_status``, ``placed_at``
        """
        raise NotImplementedError

    def remote_change(self, external_id, **traits):
        """Change an order there, so that its version changes."""
        raise NotImplementedError

    def remote_fault(self, kind, times=1):
        """Let the next answers fail: ``429``, ``503``, ``cut``, ``huge``, ``drop``."""
        raise NotImplementedError

    def remote_join(self, *external_ids):
        """Put orders into one new cart there; the cart's id."""
        raise NotImplementedError

    def remote_leave(self, cart, external_id):
        """Take an order out of its cart into a cart of its own; that one's id.

        :param external_id: the order, by the id it had before it joined
        """
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

    # What changes afterwards

    def sold(self, order):
        return sum(order.order_line.mapped("product_uom_qty"))

    def open_steps(self, row):
        proposals = row.proposal_ids.filtered(lambda p: p.state == "open")
        return proposals._get_open_steps().sorted("sequence").mapped("kind")

    def deliver(self, order):
        picking = order.picking_ids.filtered(lambda p: p.state != "done")
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.button_validate()

    def bring(self, **traits):
        external_id = self.run_with(self.remote_order(**traits))
        row = self.inbox(external_id)
        self.assertEqual(row.state, "imported", row.error_message)
        return external_id, row

    def change(self, external_id, **traits):
        self.remote_change(external_id, **traits)
        self.run_flow()

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
        external_id, row = self.bring()
        self.change(external_id, fraud_warning=True)
        with self.assertRaises(UserError):
            self.deliver(row.sale_order_id)
        self.assertEqual(self.open_steps(row), ["cancel"])

    def test_fraud_is_not_imported(self):
        row = self.inbox(self.run_with(self.remote_order(fraud_warning=True)))
        self.assertEqual((row.state, row.error_code), ("rejected", "fraud_risk"))
        self.assertTrue(row.partner_id)

    def test_test_purchases_stay_out_of_production(self):
        self.channel._get_credential().environment = "production"
        self.channel.environment = "production"
        row = self.inbox(self.run_with(self.remote_order(is_test=True)))
        self.assertEqual((row.state, row.error_code), ("rejected", "test_order"))

    def test_what_the_channel_ships_makes_no_delivery(self):
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

    def test_an_order_joins_a_cart_after_its_import(self):
        first, row = self.bring(quantity=1)
        order = row.sale_order_id
        second = self.remote_order(quantity=2)
        cart = self.remote_join(first, second)
        self.run_flow()
        row = self.inbox(cart)
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))
        self.assertEqual(self.sold(order), 3)
        self.assertEqual(self.count_sold(), 3)

    def test_a_cart_is_split(self):
        first, second = self.remote_order(quantity=1), self.remote_order(quantity=2)
        cart = self.remote_join(first, second)
        self.run_flow()
        order = self.inbox(cart).sale_order_id
        self.assertEqual(self.sold(order), 3)
        left = self.remote_leave(cart, second)
        for _turn in range(3):
            self.run_flow()
            for row in self.channel.channel_order_ids:
                self.make_due(row)
        self.assertEqual(self.sold(order), 1)
        row = self.inbox(left)
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(self.sold(self.inbox(left).sale_order_id), 2)
        self.assertEqual(self.count_sold(), 3)

    def count_sold(self):
        orders = self.env["sale.order"].search(
            [("sale_channel_id", "=", self.channel.id), ("state", "!=", "cancel")]
        )
        return self.sold(orders)

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
        self.assertIn("paid", fetched)
        for slot in ("received", "return", "rejected"):
            with self.subTest(slot=slot):
                offered = bool(
                    self.env["sale.channel.status"].search_count(
                        [("channel_id", "=", self.channel.id)]
                    )
                )
                self.assertEqual(slot in self.channel.order_slots, offered)

    # Who buys

    def test_the_legal_name_is_beside_the_nickname(self):
        _external_id, row = self.bring()
        self.assertEqual(row.partner_id.name, row.nickname)
        self.assertTrue(row.partner_id.legal_name)
        self.assertNotEqual(row.partner_id.legal_name, row.nickname)
        self.assertEqual(row.identity_id.legal_name, row.partner_id.legal_name)

    def test_a_second_document_is_a_second_customer(self):
        _external_id, first = self.bring(document=CUITS[0])
        _external_id, second = self.bring(document=CUITS[1])
        _external_id, third = self.bring(document=CUITS[0])
        self.assertEqual(first.buyer_id, second.buyer_id)
        self.assertEqual(first.partner_id, third.partner_id)
        self.assertNotEqual(first.partner_id, second.partner_id)
        self.assertFalse(second.partner_id.parent_id)
        self.assertEqual(first.partner_id.vat, CUITS[0][1])
        self.assertEqual(second.partner_id.vat, CUITS[1][1])
        self.assertEqual(second.sale_order_id.partner_id, second.partner_id)

    def customers(self, number, count):
        values = {
            "vat": number,
            "country_id": self.env.ref("base.ar").id,
            "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
        }
        names = [f"Cliente {turn}" for turn in range(count)]
        return self.env["res.partner"].create(
            [{**values, "name": name} for name in names]
        )

    def test_a_customer_is_recognised_by_document(self):
        known = self.customers(CUITS[0][1], 1)
        _external_id, row = self.bring(document=CUITS[0])
        self.assertEqual(row.partner_id, known)
        self.assertEqual(known.name, "Cliente 0")

    def test_several_customers_with_one_document_ask_a_person(self):
        known = self.customers(CUITS[0][1], 2)
        row = self.inbox(self.run_with(self.remote_order(document=CUITS[0])))
        self.assertEqual(
            (row.state, row.error_code), ("rejected", "customer_ambiguous")
        )
        self.assertFalse(row.partner_id)
        row.identity_id._choose(known[1])
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.partner_id, known[1])
