"""The five status slots, for a channel that has all of them."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable

from .test_follow import FollowCase


class SlotCase(FollowCase):
    def setUp(self):
        super().setUp()
        self.channel.action_load_statuses()
        statuses = self.env["sale.channel.status"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.statuses = {status.code: status for status in statuses}
        self.flow("orders_answer").enabled = True

    def use(self, received=None, confirmed=None, rejected=None):
        self.channel.write(
            {
                "received_status_id": self.statuses[received].id if received else False,
                "return_status_id": self.statuses[confirmed].id if confirmed else False,
                "rejected_status_id": self.statuses[rejected].id if rejected else False,
            }
        )

    def run_answers(self):
        flow = self.flow("orders_answer")
        for answer in self.env["sale.channel.order.answer"].search(
            [("channel_id", "=", self.channel.id), ("sync_state", "=", "pending")]
        ):
            answer.next_attempt_at = fields.Datetime.now()
        flow._get_state().write({"last_run_at": False, "retry_at": False})
        with self.enter_registry_test_mode():
            flow.cron_id.method_direct_trigger()
        self.env.invalidate_all()

    def reserve(self, *values):
        rows = self.channel.mapping_ids.filtered(
            lambda row: row.external_value in values
        )
        self.channel.reservation_status_ids = rows


@tagged("post_install", "-at_install")
class TestReservation(SlotCase):
    def test_refused_credentials_stop_the_answers(self):
        self.use(received="processing")
        for name in ("F1", "F2"):
            self.remote.put(name)
        self.run_flow()
        self.remote.faults = [AuthRequired("401")] * 2
        self.run_answers()
        self.assertFalse(self.remote.written)
        state = self.flow("orders_answer")._get_state()
        self.assertEqual(state.last_error_code, "auth_required")
        answers = self.channel.env["sale.channel.order.answer"].search([])
        self.assertEqual(set(answers.mapped("sync_state")), {"pending"})
        self.run_answers()
        self.assertEqual(len(self.remote.written), 2)

    def setUp(self):
        super().setUp()
        self.reserve("authorised")
        self.env["stock.quant"]._update_available_quantity(
            self.product,
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id,
            10,
        )

    def test_the_statuses_are_offered(self):
        fetch = self.channel.fetch_status_ids.mapped("external_value")
        self.assertEqual(fetch, ["paid"])
        self.assertEqual(set(self.statuses), {"processing", "invoicing", "refused"})
        self.channel.action_load_statuses()
        self.assertEqual(len(self.statuses), 3)

    def test_a_slot_is_a_view_of_the_de_para(self):
        self.reserve()
        row = self.channel.mapping_ids.filtered(
            lambda row: row.external_value == "authorised"
        )
        self.assertEqual(row.record_ref.code, "wait")
        row.record_ref = self.env.ref("channel_order.decision_import")
        self.assertIn(row, self.channel.fetch_status_ids)

    def test_reserved_until_it_is_fetched(self):
        row = self.bring("F1", status="authorised")
        order = row.sale_order_id
        self.assertEqual((row.state, order.state), ("reserved", "sale"))
        self.assertEqual(order.picking_ids.state, "assigned")
        with self.assertRaisesRegex(UserError, "approved"):
            self.deliver(order)
        row = self.change(status="paid")
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))
        self.deliver(order)
        self.assertEqual(order.picking_ids.state, "done")

    def test_reserved_until_it_is_cancelled(self):
        row = self.bring("F1", status="authorised")
        self.assertEqual(self.product.qty_available - self.product.free_qty, 2)
        row = self.change(status="cancelled")
        self.assertEqual((row.state, row.sale_order_id.state), ("cancelled", "cancel"))
        self.product.invalidate_recordset()
        self.assertEqual(self.product.qty_available, self.product.free_qty)

    def test_quotations_are_confirmed_to_reserve(self):
        self.channel.import_as = "quotation"
        self.assertEqual(self.imported("F1").state, "draft")
        row = self.bring("F2", status="authorised")
        self.assertEqual(row.sale_order_id.state, "sale")


@tagged("post_install", "-at_install")
class TestAnswers(SlotCase):
    def test_received_and_confirmed(self):
        self.use(received="processing", confirmed="invoicing")
        self.imported("F1")
        self.run_answers()
        self.run_answers()
        self.assertEqual(
            self.remote.written, [("F1", "processing"), ("F1", "invoicing")]
        )
        row = self.inbox("F1")
        self.assertEqual(row.answer_ids.mapped("outcome"), ["written", "written"])
        # What we wrote ourselves comes back as a change and means nothing new.
        self.run_flow()
        self.assertEqual((row.state, row.sync_state), ("imported", "done"))
        self.assertFalse(row.needs_review)
        self.run_answers()
        self.assertEqual(len(self.remote.written), 2)

    def test_without_slots_nothing_is_written(self):
        self.imported("F1")
        self.run_answers()
        self.assertFalse(self.remote.written)

    def test_a_quotation_answers_when_a_person_confirms_it(self):
        self.channel.import_as = "quotation"
        self.use(confirmed="invoicing")
        order = self.imported("F1")
        self.assertFalse(self.inbox("F1").answer_ids)
        order.action_confirm()
        self.assertEqual(self.inbox("F1").answer_ids.slot, "return")

    def test_a_rejection_is_told_and_the_later_success_too(self):
        self.use(confirmed="invoicing", rejected="refused")
        row = self.bring("F1", lines=[{**self.line(), "sku": "LATER"}])
        self.run_answers()
        self.assertEqual(self.remote.written, [("F1", "refused")])
        self.make_product("LATER", self.tax_21)
        # The search brings the order back with the status that we gave it.
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.run_answers()
        self.assertEqual(self.remote.written[-1], ("F1", "invoicing"))

    def line(self):
        return {"sku": "FAKE-1", "quantity": "1", "price": "121.00"}

    def test_a_rejection_that_was_mended_in_time_is_not_told(self):
        self.use(confirmed="invoicing", rejected="refused")
        row = self.bring("F1", lines=[{**self.line(), "sku": "LATER"}])
        self.make_product("LATER", self.tax_21)
        row.action_retry()
        self.run_flow()
        self.run_answers()
        self.assertEqual(self.remote.written, [("F1", "invoicing")])
        self.assertEqual(
            {answer.slot: answer.outcome for answer in row.answer_ids},
            {"rejected": "superseded", "return": "written"},
        )

    def test_waiting_for_a_mapping_is_no_rejection(self):
        self.use(rejected="refused")
        row = self.bring("F1", carrier="pigeon")
        self.assertEqual(row.sync_state, "blocked")
        self.assertFalse(row.answer_ids)

    def test_a_cancellation_is_never_overwritten(self):
        self.use(confirmed="invoicing")
        self.imported("F1")
        self.put("F1", status="cancelled")
        self.run_answers()
        self.assertFalse(self.remote.written)
        self.assertEqual(self.inbox("F1").answer_ids.outcome, "cancelled")

    def test_an_answer_that_went_through_is_not_repeated(self):
        """The process died between the call and its record."""
        self.use(confirmed="invoicing")
        self.imported("F1")
        self.put("F1", status="invoicing")
        self.run_answers()
        self.assertFalse(self.remote.written)
        self.assertEqual(self.inbox("F1").answer_ids.outcome, "already")

    def test_a_passing_fault_is_tried_again(self):
        self.use(confirmed="invoicing")
        self.imported("F1")
        self.remote.faults.append(Retryable("503"))
        self.run_answers()
        answer = self.inbox("F1").answer_ids
        self.assertEqual(
            (answer.sync_state, answer.error_code), ("pending", "retryable")
        )
        self.run_answers()
        self.assertEqual(answer.outcome, "written")

    def test_a_refusal_is_shown_on_its_answer(self):
        self.use(confirmed="invoicing")
        self.imported("F1")
        self.remote.faults += [Rejected("http_409", status=409)]
        self.run_answers()
        answer = self.inbox("F1").answer_ids
        self.assertEqual(answer.sync_state, "error")
        self.assertIn("409", answer.error_message)
        answer.action_retry()
        self.run_answers()
        self.assertEqual(answer.outcome, "written")
