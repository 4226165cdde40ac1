import importlib.util
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons import channel_outgoing
from odoo.addons.channel_base.lib.errors import Retryable
from odoo.addons.channel_outgoing.models.sale_channel_outgoing_queue import WAITING

from .outgoing import FLOW, PLANNER, OutgoingCase

QUEUE = "odoo.addons.channel_outgoing.models.sale_channel_outgoing_queue"
PROGRESS = "odoo.addons.channel_outgoing.models.sale_channel_outgoing_progress"


@tagged("post_install", "-at_install")
class TestOutgoingProgress(OutgoingCase):
    """How far what goes out is, and what is late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.state = "live"

    def setUp(self):
        super().setUp()
        self.cron = self.env.ref("channel_outgoing.ir_cron_stale")

    # Progress

    def test_phase_and_how_many_of_how_many(self):
        self.startPatcher(patch(f"{FLOW}.SLICE_SECONDS", 0))
        self.startPatcher(patch(f"{PLANNER}.PAGE", 4))
        self.start()
        self.out.batch_size = 4
        self.assertFalse(self.out.progress)
        state = self.out._get_state()
        state.write({"last_run_at": False, "retry_at": False})
        self.env.cr.flush()
        seen = []
        for _slice in range(40):
            with self.enter_registry_test_mode():
                self.out.cron_id.method_direct_trigger()
            self.env.invalidate_all()
            seen.append(self.out.progress)
            if not state.run_id:
                break
        told = list(dict.fromkeys(seen))
        self.assertEqual(
            told,
            [
                "Looked at: 0 of about 9 · To send: 2",
                "Looked at: 0 of about 9",
                "Looked at: 4 of about 9 · To send: 4",
                "Looked at: 4 of about 9",
                "Looked at: 8 of about 9 · To send: 4",
                "Looked at: 8 of about 9",
                "Looked at: 9 of about 9 · To send: 1",
                "Looked at: 9 of about 9",
                "Compared: 0 of 2",
                "Compared: 2 of 2",
                "Compared: 0 of 9",
                "Compared: 4 of 9",
                "Compared: 8 of 9",
                "Compared: 9 of 9",
                False,
            ],
        )

    def test_no_card_counts_a_million_rows(self):
        self.start()
        self.out._plan_whole(self.planner._get_parts()[0])
        self.out._plan_ids(self.planner._get_parts()[1], self.products.ids)
        self.assertEqual(self.channel.waiting_count, 11)
        with patch(f"{QUEUE}.COUNT_LIMIT", 5), patch(f"{PROGRESS}.COUNT_LIMIT", 5):
            self.env.invalidate_all()
            self.assertEqual(self.channel.waiting_count, 5)
            self.assertEqual(self.out.progress, "To send: 5+")
        rows = self.rows()
        rows[:3].sync_state = "error"
        rows[3].sync_state = "by_hand"
        counts = rows._count_open(self.channel)
        key = self.channel.id
        expected = {(key, "pending"): 7, (key, "error"): 3, (key, "by_hand"): 1}
        self.assertEqual(counts, expected)
        # Each is answered by a partial index.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for condition in ("sync_state = 'pending'", WAITING):
            self.env.cr.execute(
                "EXPLAIN SELECT 1 FROM sale_channel_fake_stock"
                f" WHERE channel_id = 1 AND {condition} LIMIT 5"
            )
            plan = " ".join(line for (line,) in self.env.cr.fetchall())
            self.assertRegex(plan, "_(due|waiting)_idx")

    # Alarm

    def check_stale(self):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()
        return self.channel.activity_ids.filtered(lambda a: "late" in a.summary)

    def be_late(self, minutes=31):
        """Something that was planned then was not sent yet."""
        self.confirm()
        self.stock.faults = [("put", Retryable("503"))] * 3
        self.products[0].fake_quantity += 50
        self.run_out(full=False)
        row = self.rows().filtered(lambda row: row.sync_state == "pending")
        row.waiting_since = fields.Datetime.now() - timedelta(minutes=minutes)
        return row

    def test_what_is_late_is_told_until_it_is_over(self):
        self.assertEqual(self.out.stale_minutes, 30)
        row = self.be_late()
        self.assertEqual(self.out.warning, "Something waits for 31 min")
        activity = self.check_stale()
        self.assertEqual(activity.user_id, self.channel.user_id)
        self.assertIn("30 minutes", activity.note)
        self.assertEqual(self.check_stale(), activity)
        # Who has read it is not told again of the same.
        activity.unlink()
        self.assertFalse(self.check_stale())
        self.stock.faults = []
        self.make_due()
        self.run_out(full=False)
        self.assertEqual(row.sync_state, "done")
        self.assertFalse(self.out.warning or self.check_stale())
        self.be_late()
        activity = self.check_stale()
        self.assertTrue(activity)
        self.stock.faults = []
        self.make_due()
        self.run_out(full=False)
        self.assertFalse(self.check_stale() or activity.exists().active)

    def test_what_was_given_up_is_late_until_the_next_full_run_sends_it(self):
        row = self.be_late()
        row.attempts = 15
        self.make_due()
        self.stock.faults = [("put", Retryable("503"))] * 3
        self.run_out(full=False)
        given_up = ("error", "attempts_exhausted")
        self.assertEqual((row.sync_state, row.error_code), given_up)
        self.assertTrue(self.out.warning)
        activity = self.check_stale()
        self.assertTrue(activity)
        # Changed again it is as late.
        self.products[0].fake_quantity += 1
        self.stock.faults = [("put", Retryable("503"))] * 3
        self.run_out(full=False)
        self.assertEqual(self.check_stale(), activity)
        row.write({"sync_state": "error", "error_code": "attempts_exhausted"})
        self.stock.faults = []
        self.run_out(full=False)
        self.assertEqual(row.sync_state, "error")
        self.assertEqual(self.check_stale(), activity)
        self.run_out()
        self.assertEqual(row.sync_state, "done")
        self.assertFalse(self.check_stale() or self.out.warning)

    def test_an_alarm_is_not_over_because_nothing_is_sent(self):
        self.be_late()
        activity = self.check_stale()
        for record, values in (
            (self.channel, {"state": "paused"}),
            (self.out, {"enabled": False}),
            (self.out, {"stale_minutes": 0}),
            (self.out, {"window_end": 6}),
        ):
            with self.subTest(values):
                before = {name: record[name] for name in values}
                record.write(values)
                self.assertEqual(self.check_stale(), activity)
                record.write(before)
                self.assertEqual(self.check_stale(), activity)

    def test_what_is_changed_again_and_again_is_late_as_well(self):
        row = self.be_late()
        self.stock.faults = [("put", Retryable("503"))] * 3
        self.products[0].fake_quantity = 52
        self.run_out(full=False)
        self.assertEqual(row.quantity, 52)
        self.assertTrue(self.out.warning)

    def test_who_wants_it_so_is_told_nothing(self):
        row = self.be_late()
        for record, values in (
            (self.channel, {"state": "paused"}),
            (self.channel, {"active": False}),
            (self.out, {"enabled": False}),
            (self.out, {"confirmed": False}),
            (self.out, {"stale_minutes": 0}),
            (self.out, {"stale_minutes": 60}),
            (self.out, {"window_end": 6}),
            (row, {"error_code": "outgoing_awaits"}),
            (row, {"error_code": "not_in_trial"}),
        ):
            with self.subTest(values):
                before = {name: record[name] for name in values}
                record.write(values)
                self.env.invalidate_all()
                self.assertFalse(self.out.warning)
                record.write(before)
        self.env.invalidate_all()
        self.assertTrue(self.out.warning)

    def test_flows_that_were_made_before_raise_it_as_well(self):
        path = Path(channel_outgoing.__file__).parent
        path /= "migrations/19.0.1.3.0/end-stale.py"
        spec = importlib.util.spec_from_file_location("stale", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        other = self.flow("orders_in")
        for before, after in ((None, 30), (0, 0), (45, 45)):
            self.env.cr.execute(
                "UPDATE sale_channel_flow SET stale_minutes = %s WHERE id IN %s",
                [before, (self.out.id, other.id)],
            )
            self.env.invalidate_all()
            script.migrate(self.env.cr, "19.0.1.2.0")
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(self.out.stale_minutes, after)
            self.assertEqual(other.stale_minutes, before or 0)

    # Settings

    def test_interval_and_rows_are_capped_over_rpc(self):
        manager = self.make_user("gestora", "channel_base.group_channel_manager")
        flow = self.out.with_user(manager)
        flow.write({"interval_minutes": 1, "batch_size": 1000, "stale_minutes": 5})
        for values, words in (
            ({"batch_size": 1001}, "at most 1000 rows"),
            ({"interval_minutes": 0}, "every 1 minutes"),
        ):
            with self.assertRaises(ValidationError) as caught:
                flow.write(values)
            self.assertIn(words, str(caught.exception))
        for values in ({"batch_size": 0}, {"stale_minutes": -1}):
            with self.subTest(values), mute_logger("odoo.sql_db"):
                with self.assertRaises(CheckViolation):
                    flow.write(values)
                    flow.flush_recordset()
