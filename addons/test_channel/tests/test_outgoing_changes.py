import random
import threading
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.channel_base.tools.conflicts import CONFLICTS, retry_conflicts

from .outgoing import OutgoingCase

CHANGE = "odoo.addons.channel_outgoing.models.sale_channel_change"
WRITERS, PER_WRITER, DRAINERS = 4, 150, 3


@tagged("post_install", "-at_install")
class TestChanges(OutgoingCase):
    """A save inserts once; each flow that listens has each change once."""

    def setUp(self):
        super().setUp()
        self.start()
        self.marks().unlink()

    def changes(self):
        self.env.cr.flush()
        return self.env["sale.channel.change"].search([])

    def count_queries(self, save):
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        save()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_a_save_costs_one_statement(self):
        one, many = self.products[0], self.products

        def save(records, start):
            for number, product in enumerate(records, start):
                product.fake_quantity = number

        save(many, 100)
        few = self.count_queries(lambda: save(one, 200))
        more = self.count_queries(lambda: save(many, 300))
        self.env["sale.channel.flow"].search([("kind", "=", "shelves_out")]).unlink()
        self.env["sale.channel.change"]._get_listened()
        silent = self.count_queries(lambda: save(one, 500))
        self.assertEqual((few, more), (silent + 1, silent + 1))

    def test_a_save_wakes_nobody(self):
        triggers = self.env["ir.cron.trigger"].search_count([])
        self.products.write({"fake_quantity": 7})
        self.env.cr.flush()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers)
        self.assertTrue(self.out._has_work())

    def test_a_savepoint_that_is_rolled_back_leaves_nothing(self):
        self.products[0].fake_quantity = 70
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.products[1].fake_quantity = 80
            raise ZeroDivisionError
        ids = self.changes().filtered(lambda c: c.scope == "product.product")
        self.assertEqual(ids.mapped("res_id"), self.products[0].ids)

    def test_the_same_change_is_inserted_once_a_flush(self):
        for quantity in range(50, 60):
            self.products[0].fake_quantity = quantity
        self.assertEqual(len(self.changes()), 2)

    def test_nobody_listens(self):
        """What changes while a flow is off is forgotten when it is handed over: a
        process may not know yet that it is on."""
        self.out.enabled = False
        self.products[0].fake_quantity = 70
        self.assertTrue(self.changes())
        self.assertFalse(self.marks())
        self.assertFalse(self.changes())
        self.products[0].fake_quantity = 71
        self.env.cr.flush()
        self.out.enabled = True
        self.assertTrue(self.marks())
        self.env["sale.channel.flow"].search([("kind", "=", "shelves_out")]).unlink()
        self.changes().unlink()
        self.products[0].fake_quantity = 72
        self.assertFalse(self.changes())

    def test_each_flow_that_listens_has_each_change(self):
        other = self.make_channel(name="Segundo")
        second = other.flow_ids.filtered(lambda flow: flow.kind == "shelves_out")
        third = self.make_channel(name="Tercero").flow_ids
        third = third.filtered(lambda flow: flow.kind == "shelves_out")
        second.confirmed = second.enabled = True
        self.products[0].fake_quantity = 70
        self.marks()
        marks = self.env["sale.channel.change.mark"]
        found = marks._read_group([], ["flow_id"], ["__count"])
        self.assertEqual(dict(found), {self.out: 2, second: 2})
        self.assertFalse(self.changes())

    def test_the_minutes_action_wakes_whom_it_concerns(self):
        crons = self.env.ref("channel_outgoing.ir_cron_drain")
        self.products[0].fake_quantity = 70
        self.env.cr.flush()
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", self.out.cron_id.id)]).unlink()
        with patch(f"{CHANGE}.DRAIN_LIMIT", 1), self.enter_registry_test_mode():
            crons.method_direct_trigger()
        self.assertTrue(triggers.search([("cron_id", "=", self.out.cron_id.id)]))
        self.run_out(full=False)
        self.assertIn(70, self.rows("stock").mapped("quantity"))

    def test_nothing_grows_for_flows_that_stand_still(self):
        marks = self.env["sale.channel.change.mark"]
        mark = "odoo.addons.channel_outgoing.models.sale_channel_change_mark"
        self.channel.action_pause()
        self.products[0].fake_quantity = 70
        self.env.cr.flush()
        marks._gc_marks()
        self.assertEqual(len(self.marks()), 2)
        with patch(f"{mark}.MARK_CAP", 1):
            marks._gc_marks()
        self.assertFalse(self.marks())
        self.assertTrue(self.out._is_requested(self.out._get_state()))
        self.channel.action_resume()
        self.run_out()
        self.assertIn(70, self.stock.quantities())

    def second_flow(self):
        other = self.make_channel(name="Segundo")
        flow = other.flow_ids.filtered(lambda flow: flow.kind == "shelves_out")
        flow.confirmed = flow.enabled = True
        self.env.cr.flush()
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", flow.cron_id.id)]).unlink()
        return flow

    def test_whoever_hands_over_wakes_the_others(self):
        second = self.second_flow()
        triggers = self.env["ir.cron.trigger"]
        woken = [("cron_id", "=", second.cron_id.id)]
        self.products[0].fake_quantity = 70
        self.run_out(full=False)
        self.assertTrue(triggers.search(woken))
        triggers.search(woken).unlink()
        self.products[0].fake_quantity = 71
        self.env.cr.flush()
        self.env["sale.channel.change.mark"]._gc_marks()
        self.assertTrue(triggers.search(woken))

    @mute_logger("odoo.sql_db")
    def test_who_loses_the_handing_over_goes_on(self):
        self.products[0].fake_quantity = 70
        self.run_out(full=False)
        changes = self.registry["sale.channel.change"]
        lost = psycopg2.errors.SerializationFailure("faster")
        self.products[0].fake_quantity = 71
        self.env.cr.flush()
        with patch.object(changes, "_drain", side_effect=lost):
            self.run_out(full=False)
        self.assertFalse(self.out.failures)
        self.run_out(full=False)
        self.assertIn(71, self.stock.quantities())

    def test_a_flow_that_does_not_get_on_looks_at_everything(self):
        mark = "odoo.addons.channel_outgoing.models.sale_channel_change_mark"
        self.products[0].fake_quantity = 70
        self.assertEqual(len(self.marks()), 2)
        marks = self.env["sale.channel.change.mark"]
        requests = self.out.run_requests
        marks._gc_marks()
        self.assertEqual(len(self.marks()), 2)
        with patch(f"{mark}.MARK_CAP", 1):
            marks._gc_marks()
        self.assertFalse(self.marks())
        self.assertEqual(self.out.run_requests, requests + 1)

    def test_archived_channels_do_not_listen(self):
        second = self.second_flow()
        second.channel_id.active = False
        self.products[0].fake_quantity = 70
        self.marks()
        marks = self.env["sale.channel.change.mark"]
        self.assertFalse(marks.search_count([("flow_id", "=", second.id)]))
        marks.create({"flow_id": second.id, "scope": "product.product", "res_id": 1})
        marks._gc_marks()
        self.assertFalse(marks.search_count([("flow_id", "=", second.id)]))
        requests = second.run_requests
        second.channel_id.active = True
        self.assertEqual(second.run_requests, requests + 1)

    def test_tables_are_vacuumed_early(self):
        tables = "sale_channel_change sale_channel_change_mark sale_channel_fake_stock"
        self.env.cr.execute(
            "SELECT relname, reloptions FROM pg_class WHERE relname = ANY(%s)",
            (tables.split(),),
        )
        found = self.env.cr.fetchall()
        for table, options in found:
            with self.subTest(table):
                self.assertIn("autovacuum_vacuum_scale_factor=0.02", options)
        self.assertIn("vacuum_index_cleanup=on", dict(found)["sale_channel_fake_stock"])

    def test_indexes(self):
        """The list of what failed among many reaches the partial index."""
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = %s",
            ("sale_channel_fake_stock",),
        )
        found = [row[0] for row in self.env.cr.fetchall()]
        partial = [line for line in found if "sync_state" in line]
        self.assertEqual(len(partial), 3)
        self.assertTrue(all(" WHERE " in line for line in partial))

    def test_a_claim_walks_no_other_backlog(self):
        """Neither a claim nor the look for the next due row reads other kinds' rows."""
        self.env.cr.execute(
            """
            INSERT INTO sale_channel_fake_stock (
                channel_id, kind, res_id, reference, operation, sync_state,
                next_attempt_at)
            SELECT %s, 'stock', 1000000 + n, n, 'put', 'pending', now()
              FROM generate_series(1, 5000) AS n
            """,
            (self.channel.id,),
        )
        self.env.cr.execute("ANALYZE sale_channel_fake_stock")
        rows = self.env["sale.channel.fake.stock"]
        query = rows._search(
            [
                ("channel_id", "=", self.channel.id),
                ("operation", "=", "put"),
                ("kind", "=", "shelf"),
                ("sync_state", "=", "pending"),
                ("next_attempt_at", "<=", "2999-01-01"),
            ],
            order="next_attempt_at",
            limit=50,
        )
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        text = " ".join(line for (line,) in plan)
        self.assertIn("due_idx", text)
        condition = text.split("Index Cond:")[1].split("Filter:")[0]
        for column in ("kind", "operation", "next_attempt_at"):
            self.assertIn(column, condition)
        self.assertTrue(rows._get_next_due(self.channel))
        self.assertFalse(rows._get_next_due(self.make_channel(name="Sin filas")))


@tagged("post_install", "-at_install")
class TestConcurrentChanges(OutgoingCase):
    """Real transactions: writers and drainers at the same time, some of them killed."""

    def setUp(self):
        super().setUp()
        env = self.open()
        channels = env["sale.channel"].create(
            [{"name": f"Race {n}", "channel_type": "fake"} for n in range(2)]
        )
        flows = channels.flow_ids.filtered(lambda flow: flow.kind == "shelves_out")
        flows.write({"confirmed": True, "enabled": True})
        self.raced, self.flow_ids = channels.ids, flows.ids
        # What others left would be handed over as well.
        env.cr.execute("DELETE FROM sale_channel_change")
        env.cr.commit()
        self.addCleanup(self.clean)

    def open(self):
        """An environment with a connection of its own.

        Made by the thread that runs the tests, which holds the registry's lock.
        """
        cursor = self.registry.cursor()
        self.addCleanup(cursor.close)
        return api.Environment(cursor, SUPERUSER_ID, {})

    def clean(self):
        env = self.open()
        env["sale.channel"].browse(self.raced).unlink()
        env.cr.execute("DELETE FROM sale_channel_change")
        env.cr.commit()

    def insert(self, env, number):
        """Insert changes in short and long transactions; roll some of them back."""
        shuffle = random.Random(number)
        for serial in range(PER_WRITER):
            change = number * PER_WRITER + serial + 1
            env["sale.channel.change"]._insert({("fake.all", change): None})
            if shuffle.random() < 0.2:
                env.cr.rollback()
                env["sale.channel.change"]._insert({("fake.all", change): None})
            if shuffle.random() < 0.3:
                env.cr.execute("SELECT pg_sleep(%s)", (shuffle.random() / 50,))
            env.cr.commit()

    def drain(self, env, number, over):
        """Hand changes over until nobody writes; get killed before some commits."""
        shuffle = random.Random(number)
        while not over.is_set():
            try:
                retry_conflicts(env, env["sale.channel.change"]._drain)
            except CONFLICTS:
                # Others were faster each time, as flows have it too.
                continue
            (env.cr.commit if shuffle.random() < 0.7 else env.cr.rollback)()

    @mute_logger("odoo.sql_db")
    def test_each_change_reaches_each_flow_once(self):
        over = threading.Event()
        writers = [
            threading.Thread(target=self.insert, args=(self.open(), number))
            for number in range(WRITERS)
        ]
        drainers = [
            threading.Thread(target=self.drain, args=(self.open(), number, over))
            for number in range(DRAINERS)
        ]
        with patch(f"{CHANGE}.DRAIN_LIMIT", 17):
            for thread in writers + drainers:
                thread.start()
            for thread in writers:
                thread.join()
            over.set()
            for thread in drainers:
                thread.join()
        env = self.open()
        while retry_conflicts(env, env["sale.channel.change"]._drain)[0]:
            env.cr.commit()
        for flow in self.flow_ids:
            env.cr.execute(
                "SELECT res_id FROM sale_channel_change_mark "
                "WHERE flow_id = %s ORDER BY 1",
                (flow,),
            )
            found = [row[0] for row in env.cr.fetchall()]
            self.assertEqual(found, list(range(1, WRITERS * PER_WRITER + 1)))
