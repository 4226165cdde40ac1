from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import Retryable

from .common import FakeCase

# 12:00 in Buenos Aires (UTC-3)
NOON = datetime(2026, 11, 10, 15, 0)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestFlowDue(FakeCase):
    """When a flow may run next."""

    def setUp(self):
        super().setUp()
        self.orders = self.flow()
        self.state = self.orders._get_state()
        self.state.requests_seen = self.orders.run_requests

    def due(self, now=NOON):
        with freeze_time(now):
            return self.orders._get_due(self.state)

    def triggers(self):
        return self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.orders.cron_id.id)]
        )

    def wake(self, now):
        """Let the scheduler wake the flow."""
        with freeze_time(now):
            self.env["sale.channel.flow"]._cron_run(self.orders.id)

    def find_standstill(self):
        """What a monitor is told, whatever this database's other actions wait for."""
        crons = self.env["ir.cron"]
        with patch.object(type(crons), "_is_one_due", return_value=False):
            return crons._find_standstill()

    def test_at_once_the_first_time(self):
        self.assertEqual(self.due(), NOON)

    def test_after_its_interval(self):
        self.state.last_run_at = NOON - timedelta(minutes=2)
        self.assertEqual(self.due(), NOON + timedelta(minutes=3))
        self.orders.interval_minutes = 30
        self.assertEqual(self.due(), NOON + timedelta(minutes=28))
        self.state.last_run_at = NOON - timedelta(minutes=31)
        self.assertEqual(self.due(), NOON)

    def test_only_within_its_hours_of_the_channel_s_time_zone(self):
        self.orders.write({"window_start": 22, "window_end": 6})
        self.assertEqual(self.due(), datetime(2026, 11, 11, 1, 0))
        self.assertEqual(
            self.due(datetime(2026, 11, 11, 2, 0)), datetime(2026, 11, 11, 2, 0)
        )
        self.channel.tz = "Europe/Madrid"
        self.assertEqual(self.due(), datetime(2026, 11, 10, 21, 0))

    def test_a_failed_run_waits_for_its_backoff(self):
        self.state.write(
            {
                "failures": 3,
                "last_run_at": NOON,
                "retry_at": NOON + timedelta(minutes=90),
            }
        )
        self.assertEqual(self.due(), NOON + timedelta(minutes=90))

    def test_a_clock_that_was_ahead_puts_nothing_off(self):
        ahead = NOON + timedelta(days=1)
        self.state.write({"slice_at": ahead, "last_run_at": ahead})
        self.assertEqual(self.due(), NOON)
        self.state.retry_at = ahead + timedelta(hours=2)
        self.assertEqual(self.due(), NOON, "a failure of that time")
        self.state.write({"slice_at": NOON, "retry_at": False})
        self.assertEqual(self.due(), NOON, "a hint was looked at since")
        # Machines whose clocks differ by little take turns all the same.
        self.state.last_run_at = NOON + timedelta(minutes=2)
        self.assertEqual(self.due(), NOON + timedelta(minutes=7))

    def test_odoo_wakes_what_such_a_clock_put_off(self):
        flows = self.env["sale.channel.flow"]
        self.state.last_run_at = fields.Datetime.now() + timedelta(days=1)
        self.triggers().unlink()
        for enabled in (False, True):
            self.orders.enabled = enabled
            self.triggers().unlink()
            self.env.flush_all()
            with self.subTest(enabled=enabled):
                self.assertEqual(self.find_standstill(), "clock" if enabled else None)
                self.channel.invalidate_recordset(["notice"])
                self.assertEqual("clock" in (self.channel.notice or ""), enabled)
                flows._register_hook()
                self.assertEqual(bool(self.triggers()), enabled)
        row = self.env["sale.channel.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "F1",
                "sync_state": "process",
            }
        )
        row.next_attempt_at = fields.Datetime.now() + timedelta(hours=30)
        with self.enter_registry_test_mode():
            self.orders.cron_id.method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self.channel.run_ids)
        self.assertLess(self.state.last_run_at, fields.Datetime.now() + HOUR)
        self.assertTrue(row.attempts or row.sync_state != "process")
        self.assertIsNone(self.find_standstill())

    def test_run_now_beats_interval_backoff_and_hours(self):
        self.orders.write({"window_start": 1, "window_end": 2})
        self.state.write(
            {
                "last_run_at": NOON - timedelta(minutes=1),
                "retry_at": NOON + timedelta(hours=5),
            }
        )
        self.orders.run_requests += 1
        self.assertEqual(self.due(), NOON)
        self.state.requests_seen = self.orders.run_requests
        self.assertGreater(self.due(), NOON + timedelta(hours=4))

    def test_never_while_it_is_off(self):
        self.assertTrue(self.due())
        for record, values in (
            (self.orders, {"enabled": False}),
            (self.channel, {"state": "paused"}),
            (self.channel, {"state": "draft"}),
            (self.channel, {"active": False}),
        ):
            before = record.read(list(values), load=False)[0]
            record.write(values)
            with self.subTest(values=values):
                self.assertIsNone(self.due())
            record.write({name: before[name] for name in values})
        self.channel.state = "trial"
        self.assertTrue(self.due())

    def test_never_in_a_neutralised_database(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        self.assertIsNone(self.due())
        self.orders.run_requests += 1
        self.assertIsNone(self.due())
        self.put()
        self.run_flow()
        self.assertFalse(self.remote.calls)

    def test_woken_too_early_it_leaves_a_trigger_for_the_right_moment(self):
        self.state.last_run_at = NOON
        self.triggers().unlink()
        self.wake(NOON + timedelta(minutes=1))
        self.assertEqual(
            self.triggers().mapped("call_at"), [NOON + timedelta(minutes=5)]
        )
        self.assertFalse(self.channel.run_ids)

    def test_woken_while_it_is_off_it_does_nothing(self):
        self.orders.enabled = False
        self.triggers().unlink()
        self.wake(NOON)
        self.assertFalse(self.triggers())
        self.assertFalse(self.channel.run_ids)

    def put_off(self, *moments):
        """Rows that are to be tried again at these moments."""
        return self.env["sale.channel.order"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "external_id": f"P{number}",
                    "next_attempt_at": moment,
                }
                for number, moment in enumerate(moments)
            ]
        )

    def test_rows_that_were_put_off_do_not_wait_for_the_interval(self):
        self.state.last_run_at = NOON
        self.orders.interval_minutes = 60
        later, sooner = NOON + timedelta(minutes=9), NOON + timedelta(minutes=2)
        rows = self.put_off(later, sooner)
        self.assertEqual(self.due(), sooner)
        rows[1].sync_state = "error"
        self.assertEqual(self.due(), later)
        self.assertEqual(self.due(NOON + timedelta(minutes=30)).minute, 30)
        rows[0].next_attempt_at = NOON + timedelta(hours=5)
        self.assertEqual(self.due(), NOON + timedelta(hours=1))
        # The backoff of a flow that fails counts for its rows as well.
        rows[0].next_attempt_at = sooner
        self.state.retry_at = later
        self.assertEqual(self.due(), later)

    def test_other_flows_and_channels_rows_wake_nobody(self):
        self.state.last_run_at = NOON
        rows = self.put_off(NOON)
        answers = self.env["sale.channel.order.answer"]
        answers.create(
            {
                "order_id": rows.id,
                "channel_id": self.channel.id,
                "slot": "received",
                "status": "x",
                "next_attempt_at": NOON + timedelta(minutes=1),
            }
        )
        rows.next_attempt_at = NOON + timedelta(hours=1)
        rows.copy(
            {
                "channel_id": self.make_channel(name="Otro").id,
                "external_id": "P0",
                "next_attempt_at": NOON,
            }
        )
        self.assertEqual(self.due(), NOON + timedelta(minutes=5))

    def test_many_rows_that_are_put_off_leave_one_trigger(self):
        self.state.last_run_at = NOON
        self.orders.interval_minutes = 60
        rows = self.put_off(
            *(NOON + timedelta(minutes=5, seconds=second) for second in range(40))
        )
        self.triggers().unlink()
        for turn in range(40):
            self.wake(NOON + timedelta(seconds=turn))
            # The earliest goes through, or is put off further.
            rows[turn].next_attempt_at = NOON + timedelta(minutes=50)
        self.assertEqual(
            self.triggers().mapped("call_at"), [NOON + timedelta(minutes=5)]
        )

    def test_a_trigger_that_may_be_used_up_is_not_relied_on(self):
        self.triggers().unlink()
        with freeze_time(NOON):
            self.orders._wake(NOON + timedelta(seconds=30))
            self.orders._wake(NOON + timedelta(minutes=20))
            self.orders._wake(NOON + timedelta(minutes=30))
        self.assertEqual(
            sorted(self.triggers().mapped("call_at")),
            [NOON + timedelta(seconds=30), NOON + timedelta(minutes=20)],
        )

    def test_after_a_run_it_comes_back_for_the_earliest_row(self):
        self.put(carrier="pigeon")
        self.orders.interval_minutes = 60
        self.remote.faults.append(Retryable("busy", 90))
        self.triggers().unlink()
        self.run_flow()
        row = self.inbox("F1")
        self.assertEqual(row.sync_state, "fetch")
        self.assertIn(row.next_attempt_at, self.triggers().mapped("call_at"))

    def test_a_change_of_settings_wakes_it(self):
        for values in (
            {"enabled": True},
            {"interval_minutes": 60},
            {"window_start": 1, "window_end": 23},
        ):
            self.triggers().unlink()
            self.orders.write(values)
            with self.subTest(values=values):
                self.assertTrue(self.triggers())

    def test_starting_the_channel_wakes_its_flows(self):
        self.channel.action_pause()
        self.triggers().unlink()
        self.channel.action_go_live()
        self.assertTrue(self.triggers())

    def test_after_a_run_the_next_one_is_arranged(self):
        self.triggers().unlink()
        self.run_flow()
        moments = self.triggers().mapped("call_at")
        self.assertTrue(moments)
        wait = max(moments) - fields.Datetime.now()
        self.assertAlmostEqual(wait.total_seconds(), 300, delta=30)
