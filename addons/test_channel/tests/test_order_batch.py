"""Batches: what one order does to the others."""

import threading
from unittest.mock import patch

import psycopg2

from odoo import fields, sql_db
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_base.lib.steps import Step
from odoo.addons.sale.models.sale_order import SaleOrder

from ..lib.client import FakeClient
from .common import FakeCase

FLOW = "odoo.addons.channel_base.models.sale_channel_flow"
ORDER_FLOW = "odoo.addons.channel_order.models.sale_channel_flow"
IMPORTER = "odoo.addons.channel_order.models.sale_channel_order_importer"
POISON = "F13"
# Statements for one order more, of a buyer who is known, with one line; for a slice by
# itself, with one batch.
QUERIES_EACH = 38
QUERIES_BATCH = 185


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
        importer = type(self.env["sale.channel.order.importer"])
        real = importer._take_step

        def stumble(service, batch, row, *arguments):
            if row.external_id == POISON:
                raise ZeroDivisionError("boom")
            return real(service, batch, row, *arguments)

        poison = patch.object(importer, "_take_step", stumble)
        with poison, mute_logger(IMPORTER):
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

    def test_each_is_parsed_once(self):
        for _number in range(3):
            self.put()
        provider = type(self.channel._get_provider())
        real, parsed = provider._parse_order, []

        def count(handler, channel, bundle):
            order = real(handler, channel, bundle)
            parsed.append(order.external_id)
            return order

        with patch.object(provider, "_parse_order", count):
            self.run_flow()
        self.assertEqual(sorted(parsed), sorted(self.rows().mapped("external_id")))

    def test_one_that_is_stored_anew_after_it_was_parsed(self):
        external_id, read = self.put(), []

        def read_meanwhile(flow, orders):
            """Before stock goes out, another process reads the orders as well."""
            read.extend(int(order.lines[0].quantity) for order in orders)
            line = {"sku": "FAKE-1", "quantity": "3", "price": "121.00"}
            self.put(external_id, lines=[line])
            source = self.channel._get_provider()._get_order_source(self.channel)
            row = self.inbox(external_id).with_env(flow.env)
            receiver = row.env["sale.channel.order.receiver"]
            receiver._store_bundle(row, source.fetch(external_id, {}))
            yield Step.COMMIT

        with patch.object(type(self.flow()), "_enrich_steps", read_meanwhile):
            self.run_flow()
        row = self.inbox(external_id)
        self.assertEqual(read, [2])
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.order_line.product_uom_qty, 3)

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
        self.assertEqual(set(rows.mapped("sync_state")), {"fetch"})
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
        self.assertEqual((row.state, row.ignored_code), ("early", "before_start"))
        self.assertFalse(row.payload or row.partner_id)
        self.put("OLD", placed_at="2025-12-31T23:00:00")
        self.run_flow()
        self.assertEqual(self.inbox("OLD").state, "early")

    # What an import asks of Odoo for a whole batch

    def test_each_delivery_tells_where_it_comes_from(self):
        for _number in range(20):
            self.put()
        with self.poisoned("action_confirm", UserError("no")):
            self.run_flow()
        orders = self.rows().sale_order_id
        self.assertEqual(len(orders.picking_ids), 19)
        for order in orders:
            [note] = order.picking_ids.message_ids.filtered("body")
            self.assertIn(f'data-oe-id="{order.id}"', note.body)
            self.assertIn(order.name, note.body)
            self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        # Who confirms by hand is served by Odoo itself.
        [by_hand] = orders[0].copy()
        by_hand.with_context(tracking_disable=True).action_confirm()
        [note] = by_hand.picking_ids.message_ids.filtered("body")
        self.assertIn(f'data-oe-id="{by_hand.id}"', note.body)

    def test_lines_are_distributed_as_soon_as_somebody_says_how(self):
        self.assertFalse(self.imported().order_line.analytic_distribution)
        plan = self.env["account.analytic.plan"].create({"name": "Channels"})
        account = self.env["account.analytic.account"].create(
            {"name": "Fake", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {"company_id": self.company.id, "analytic_distribution": {account.id: 100}}
        )
        line = self.imported().order_line
        self.assertEqual(line.analytic_distribution, {str(account.id): 100})

    def test_reserving_leaves_what_was_delivered_as_it_is(self):
        product = self.env["product.product"].search([("default_code", "=", "FAKE-1")])
        self.env["stock.quant"]._update_available_quantity(
            product, self.channel._get_order_warehouse().lot_stock_id, 5
        )
        order = self.imported()
        line = order.order_line
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual((line.qty_delivered, line.qty_to_deliver), (0, 2))
        before = line.untaxed_amount_to_invoice
        self.assertTrue(before)
        self.env.add_to_compute(line._fields["qty_delivered"], line)
        self.env.add_to_compute(line._fields["untaxed_amount_to_invoice"], line)
        self.assertEqual((line.qty_delivered, line.qty_to_deliver), (0, 2))
        self.assertEqual(line.untaxed_amount_to_invoice, before)
        order.picking_ids.button_validate()
        self.assertEqual((line.qty_delivered, line.qty_to_deliver), (2, 0))

    # The next batch, while one is imported

    def put_batches(self, count=8, size=3):
        """Orders of a page that are imported so many at a time."""
        limit = patch(f"{ORDER_FLOW}.PROCESS_LIMIT", size)
        limit.start()
        self.addCleanup(limit.stop)
        for _number in range(count):
            self.put()

    def before_import(self, work):
        """Have something done before each import, told which rows are imported."""
        importer = type(self.env["sale.channel.order.importer"])
        real = importer._import

        def do(service, rows, parsed):
            work(rows)
            return real(service, rows, parsed)

        return patch.object(importer, "_import", do)

    def fetching(self, work=None):
        """Note what is fetched; ``work`` is called with each id before."""
        real, self.fetched = FakeClient.fetch, []

        def fetch(client, external_id, versions):
            self.fetched.append(external_id)
            if work:
                work(external_id)
            return real(client, external_id, versions)

        return patch.object(FakeClient, "fetch", fetch)

    def run_slice(self):
        """One slice, which ends with its first batch."""
        flow = self.flow()
        flow.run_requests += not flow._get_state().run_id
        with patch(f"{FLOW}.SLICE_SECONDS", 0), self.enter_registry_test_mode():
            flow.cron_id.method_direct_trigger()
        self.env.invalidate_all()

    def first_batch(self):
        """Receive the page, import the first batch."""
        for _slice in range(2):
            self.run_slice()

    def test_the_next_batch_is_fetched_while_one_is_imported(self):
        self.put_batches()
        fourth, waited = threading.Event(), []

        def fetch(external_id):
            if external_id == "F4":
                fourth.set()

        def wait(rows):
            waited.append(fourth.wait(20))

        with self.fetching(fetch), self.before_import(wait):
            self.run_flow()
        self.assertEqual(waited, [True] * 3)
        self.assertEqual(self.rows().mapped("state"), ["imported"] * 8)
        self.assertEqual(sorted(self.fetched), [f"F{n}" for n in range(1, 9)])
        self.assertEqual(self.channel.run_ids.call_count, 8 + 1)

    def test_a_slice_that_is_over_gives_the_next_batch_back(self):
        self.put_batches()
        before = fields.Datetime.now()
        with self.fetching():
            self.first_batch()
            rows = self.rows().sorted("id")
            self.assertEqual(len(rows.sale_order_id), 3)
            for row in rows[3:6]:
                # It was not its turn, and nobody has to wait for it.
                self.assertEqual((row.attempts, row.state), (0, "received"))
                self.assertLessEqual(row.next_attempt_at, row.waiting_since)
                self.assertTrue(row.payload)
            self.assertFalse(rows[6].payload)
            self.assertGreaterEqual(rows[6].next_attempt_at, before)
            self.run_flow()
        self.assertEqual(self.rows().mapped("state"), ["imported"] * 8)
        # What was fetched ahead is kept.
        self.assertEqual(sorted(self.fetched), [f"F{n}" for n in range(1, 9)])

    def test_pausing_leaves_the_next_batch_alone(self):
        self.put_batches()

        def pause(rows):
            rows.env.cr.execute(
                "UPDATE sale_channel_flow SET enabled = false WHERE id = %s",
                [self.flow().id],
            )

        with self.before_import(pause):
            self.run_flow()
        rows = self.rows().sorted("id")
        self.assertEqual(len(rows.sale_order_id), 3)
        self.assertEqual(rows[3:].mapped("attempts"), [0] * 5)
        self.flow().enabled = True
        self.run_flow()
        self.assertEqual(self.rows().mapped("state"), ["imported"] * 8)

    def test_what_a_batch_does_to_rows_of_the_next(self):
        self.put_batches()

        def meddle(rows):
            later = {row.external_id: row for row in rows.search([])}
            if "F1" in rows.mapped("external_id"):
                # One is settled by a cart, another one is to be read once more.
                later["F4"]._apply("moved", cart="F1")
                later["F5"]._apply("recalled")

        with self.fetching(), self.before_import(meddle):
            self.run_flow()
        self.assertEqual(self.inbox("F4").state, "moved")
        self.assertFalse(self.inbox("F4").payload)
        others = self.rows() - self.inbox("F4")
        self.assertEqual(others.mapped("state"), ["imported"] * 7)
        self.assertEqual(self.fetched.count("F5"), 2)

    def test_credentials_refused_for_the_next_batch(self):
        self.put_batches()

        def refuse(external_id):
            if external_id in ("F4", "F5", "F6"):
                raise AuthRequired("401")

        with self.fetching(refuse):
            self.run_flow()
        rows = self.rows().sorted("id")
        self.assertEqual(rows[:3].mapped("state"), ["imported"] * 3)
        self.assertEqual(rows[3:].mapped("sync_state"), ["fetch"] * 5)
        self.assertEqual(rows.filtered("error_code"), rows.browse())
        self.assertEqual(self.flow().failures, 1)

    def test_nothing_more_is_fetched_when_an_import_fails(self):
        self.put_batches(30, 5)
        begun = threading.Event()

        def fail(rows):
            begun.wait(20)
            raise psycopg2.OperationalError("gone")

        def slow(external_id):
            if external_id not in ("F1", "F2", "F3", "F4", "F5"):
                begun.set()
                released.wait(20)

        released = threading.Event()
        with self.fetching(slow), self.before_import(fail):
            self.run_slice()
            self.run_slice()
            released.set()
        self.assertEqual(self.flow().failures, 1)
        # So many threads were in the midst of a call.
        self.assertLess(len(self.fetched), 5 + 5)
        self.make_due(self.rows())
        self.run_flow()
        self.assertEqual(self.rows().mapped("state"), ["imported"] * 30)

    def count_queries(self, count):
        """Statements that the import of so many orders takes, from search to
        reservation."""
        for _number in range(count):
            self.put()
        before = sql_db.sql_counter
        self.run_flow()
        return sql_db.sql_counter - before

    def test_queries_of_an_order(self):
        """What one more order in a batch costs; what a batch costs by itself."""
        self.count_queries(2)
        few, many = self.count_queries(5), self.count_queries(25)
        each = (many - few) / 20
        self.assertLessEqual(each, QUERIES_EACH)
        self.assertLessEqual(few - 5 * each, QUERIES_BATCH)
