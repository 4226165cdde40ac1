"""Batches: what one order does to the others."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.sale.models.sale_order import SaleOrder

from ..lib.client import FakeClient
from .common import FakeCase

IMPORTER = "odoo.addons.channel_order.models.sale_channel_order_importer"
POISON = "F13"


@tagged("post_install", "-at_install")
class TestOrderBatch(FakeCase):
    def rows(self):
        return self.env["sale.channel.order"].search(
            [("channel_id", "=", self.channel.id)]
        )

    def poisoned(self, method, error):
        """Odoo's own method stumbles over one of the orders."""
        real = getattr(SaleOrder, method)

        def stumble(orders, *args, **options):
            found = real(orders, *args, **options)
            if POISON in (orders | (found if method == "create" else orders)).mapped(
                "client_order_ref"
            ):
                raise error
            return found

        return patch.object(SaleOrder, method, stumble)

    def check_poison(self, method, error, code):
        for _number in range(20):
            self.put()
        with self.poisoned(method, error):
            self.run_flow()
        rows = self.rows()
        guilty = rows.filtered(lambda row: row.external_id == POISON)
        self.assertEqual(set((rows - guilty).mapped("state")), {"imported"})
        self.assert_rejected(guilty, code)
        self.assertEqual(len((rows - guilty).sale_order_id), 19)
        self.assertEqual(set((rows - guilty).sale_order_id.mapped("state")), {"sale"})
        guilty.action_retry()
        self.run_flow()
        self.assertEqual(guilty.state, "imported", guilty.error_message)

    def test_one_that_odoo_refuses_to_confirm(self):
        self.check_poison("action_confirm", UserError("no"), "order_refused")

    def test_one_that_breaks_in_confirmation(self):
        with self.assertLogs(IMPORTER, "ERROR"):
            self.check_poison("action_confirm", KeyError("boom"), "unexpected")

    def test_one_that_breaks_before_its_order_is_made(self):
        for _number in range(20):
            self.put()
        orders = type(self.rows())
        real = orders._decide

        def stumble(row, *arguments):
            if row.external_id == POISON:
                raise ZeroDivisionError("boom")
            return real(row, *arguments)

        with patch.object(orders, "_decide", stumble), mute_logger(IMPORTER):
            self.run_flow()
        guilty = self.inbox(POISON)
        self.assertEqual((guilty.state, guilty.error_code), ("rejected", "unexpected"))
        self.assertEqual(len(self.rows().sale_order_id), 19)
        self.assertEqual(self.channel.run_ids.mapped("state"), ["done"])

    def test_one_that_cannot_be_parsed(self):
        for _number in range(5):
            self.put()
        self.remote.orders["F3"]["lines"] = 5
        self.run_flow()
        rows = self.rows()
        self.assertEqual(sorted(rows.mapped("state")), ["imported"] * 4 + ["rejected"])

    def test_one_that_cannot_be_fetched(self):
        for _number in range(5):
            self.put()
        self.remote.faults = [Retryable("503"), Rejected("not_found")]
        self.run_flow()
        states = sorted(self.rows().mapped("state"))
        self.assertEqual(states, ["imported"] * 3 + ["received", "rejected"])
        self.assertFalse(self.flow().failures)

    def test_refused_credentials_stop_the_flow_not_the_rows(self):
        for _number in range(3):
            self.put()
        self.remote.faults = [AuthRequired("401")] * 3
        self.run_flow()
        rows = self.rows()
        self.assertEqual(set(rows.mapped("sync_state")), {"pending"})
        self.assertEqual(self.flow().failures, 1)
        self.assertEqual(len(self.channel.activity_ids), 1)

    def test_more_orders_than_a_batch(self):
        self.flow().batch_size = 3
        for _number in range(8):
            self.put()
        self.run_flow()
        self.assertEqual(self.rows().mapped("state"), ["imported"] * 8)

    def test_unchanged_orders_cost_nothing(self):
        for _number in range(4):
            self.put()
        self.run_flow()
        rows = self.rows()
        before = [(row.write_date, row.sale_order_id.write_date) for row in rows]
        self.remote.calls = 0
        with patch.object(
            FakeClient, "fetch", side_effect=AssertionError("fetched")
        ) as fetch:
            self.run_flow()
        fetch.assert_not_called()
        self.assertEqual(
            [(row.write_date, row.sale_order_id.write_date) for row in rows], before
        )
        run = self.channel.run_ids.sorted("id")[-1]
        self.assertEqual(
            (run.received_count, run.processed_count, run.call_count), (0, 0, 1)
        )

    def test_orders_before_the_start_are_not_even_fetched(self):
        self.put("OLD", placed_at="2025-12-31T23:00:00")
        with patch.object(FakeClient, "fetch", side_effect=AssertionError("fetched")):
            for _turn in range(2):
                self.run_flow()
        row = self.inbox("OLD")
        self.assertEqual((row.state, row.error_code), ("ignored", "before_start"))
        self.assertFalse(row.payload or row.partner_id)
        self.put("OLD", placed_at="2025-12-31T23:00:00")
        self.run_flow()
        self.assertEqual(self.inbox("OLD").state, "ignored")
