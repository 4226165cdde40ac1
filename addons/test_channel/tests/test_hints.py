"""What becomes of announcements: rows, topics, the alarm, the delay shown."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import Retryable
from odoo.addons.channel_base.lib.hint import Hint

from .common import FakeCase

FLOW = "odoo.addons.channel_order.models.sale_channel_flow"
STATE = "odoo.addons.channel_order.models.sale_channel_flow_state"


@tagged("post_install", "-at_install")
class TestHints(FakeCase):
    def setUp(self):
        super().setUp()
        self.run_flow()
        self.now = fields.Datetime.now()

    def announce(self, resource, topic="orders", sent_at=None, kind="orders_in"):
        return self.env["sale.channel.hint"]._record(
            self.channel.id, Hint(topic, resource, sent_at, kind)
        )

    def topic(self, name="orders"):
        return self.channel.topic_ids.filtered(lambda topic: topic.name == name)

    def fetches(self):
        """Readings of the next runs."""
        before = self.channel.run_ids
        self.run_hinted()
        return sum((self.channel.run_ids - before).mapped("call_count"))

    def test_a_repeated_announcement_costs_no_call(self):
        external_id = self.put()
        sent = self.now - timedelta(seconds=30, microseconds=123456)
        self.announce(external_id, sent_at=sent)
        self.assertEqual(self.fetches(), 1)
        for earlier in (0, 5):
            self.announce(external_id, sent_at=sent - timedelta(seconds=earlier))
            self.assertEqual(self.fetches(), 0)
        self.announce(external_id, sent_at=sent + timedelta(seconds=5))
        self.assertEqual(self.fetches(), 1)

    def test_what_was_read_long_after_the_announcement_costs_no_call(self):
        row = self.bring()
        self.announce(row.external_id, sent_at=self.now - timedelta(minutes=30))
        self.assertEqual(self.fetches(), 0)
        row.asked_at = self.now - timedelta(minutes=31)
        self.announce(row.external_id, sent_at=self.now - timedelta(minutes=30))
        self.assertEqual(self.fetches(), 1)

    def test_the_channel_s_clock_may_be_behind(self):
        row = self.bring()
        self.announce(row.external_id, sent_at=self.now - timedelta(minutes=5))
        self.assertEqual(self.fetches(), 1)

    def test_several_announcements_cost_one_reading(self):
        external_id = self.put()
        for second in range(5):
            self.announce(
                external_id, sent_at=self.now - timedelta(seconds=60 - second)
            )
        self.assertEqual(self.fetches(), 1)
        self.announce(external_id, sent_at=self.now - timedelta(seconds=2))
        self.announce(f"S{external_id}", "shipments", self.now)
        self.assertEqual(self.fetches(), 1)
        self.announce(external_id, sent_at=self.now)
        self.assertEqual(self.fetches(), 0)

    def test_a_shipment_leads_to_its_order(self):
        row = self.bring()
        self.assertEqual(row.shipment_ref, f"S{row.external_id}")
        self.put(row.external_id, logistic="fulfillment")
        self.announce(row.shipment_ref, "shipments")
        self.run_hinted()
        self.assertEqual(row.logistic_type, "fulfillment")

    def test_an_unknown_shipment_is_left_alone(self):
        self.announce("S99", "shipments")
        self.assertEqual(self.fetches(), 0)
        self.assertFalse(self.channel.channel_order_ids)

    def test_an_order_within_a_cart_is_found(self):
        row = self.bring()
        row.seen_versions = {row.external_id: "1", "inner": "1"}
        self.announce("inner")
        self.assertEqual(self.fetches(), 1)
        self.assertEqual(self.channel.channel_order_ids, row)

    def waiting_hints(self):
        return self.env["sale.channel.hint"].search(
            [("channel_id", "=", self.channel.id)]
        )

    def test_an_order_that_does_not_exist_leaves_nothing(self):
        self.announce("ghost")
        self.assertEqual(self.fetches(), 1)
        self.assertFalse(self.inbox("ghost"))
        self.assertFalse(self.waiting_hints())
        # It exists after all.
        self.put("ghost")
        self.run_flow()
        self.assertEqual(self.inbox("ghost").state, "imported")

    def test_one_of_before_the_start_is_left_alone(self):
        self.put("OLD", placed_at="2025-12-31T23:00:00")
        self.announce("OLD")
        self.run_hinted()
        row = self.inbox("OLD")
        self.assertEqual((row.state, row.ignored_code), ("early", "before_start"))
        self.assertFalse(row.sale_order_id)

    def test_another_process_may_have_looked_it_up(self):
        receiver = self.env["sale.channel.order.receiver"]
        external_id = self.put()
        self.announce(external_id)
        receiver._drain_hints(self.channel, 10, self.now)
        looks = receiver._get_looks(self.channel, 10)
        source = self.channel._get_provider()._get_order_source(self.channel)
        bundles = receiver._download(source, [(external_id, external_id, {})])
        for _process in range(2):
            receiver._store_looks(self.channel, looks, bundles, self.now)
        self.assertEqual(len(self.channel.channel_order_ids), 1)

    def test_a_flood_costs_no_more_than_its_limit(self):
        real = [self.put() for _turn in range(2)]
        for number in range(40):
            self.announce(f"ghost-{number}")
        for external_id in real:
            self.announce(external_id)
        state = self.flow()._get_state()
        before = self.remote.searches
        with patch(f"{STATE}.GHOST_LIMIT", 5), patch(f"{FLOW}.time.sleep") as pause:
            self.assertLess(self.fetches(), 5 + 25 + len(real) + 3)
            self.assertGreater(self.remote.searches, before)
            self.assertEqual(pause.call_count, 1)
            self.assertEqual(
                self.channel.channel_order_ids.mapped("external_id"), real[::-1]
            )
            self.assertFalse(self.waiting_hints())
            # Until the window is over nothing is looked up.
            spent = state.ghost_count
            self.announce("ghost")
            real.append(self.put())
            self.announce(real[-1])
            self.run_hinted()
            self.assertEqual(state.ghost_count, spent)
            self.assertEqual(self.inbox(real[-1]).state, "imported")
            state.ghosts_since -= timedelta(minutes=10)
            self.announce("ghost")
            self.run_hinted()
            self.assertEqual(state.ghost_count, 1)

    def test_searches_that_a_flood_causes_keep_a_distance(self):
        state = self.flow()._get_state()
        for passed, pause in ((0, 2), (1, 1), (2, 0), (60, 0), (-60, 2)):
            with self.subTest(passed=passed), freeze_time(self.now):
                state.last_run_at = self.now - timedelta(seconds=passed)
                self.assertEqual(state._get_search_pause(), pause)

    def test_what_cannot_be_looked_up_holds_nothing_up(self):
        """The search makes a row of it; the others are looked up all the same."""
        ids = [self.put() for _turn in range(3)]
        for external_id in ids:
            self.announce(external_id)
        self.remote.faults.append(Retryable("down"))
        self.run_hinted()
        self.assertFalse(self.waiting_hints())
        self.assertEqual(
            {self.inbox(external_id).state for external_id in ids}, {"imported"}
        )

    def test_readings_that_bring_nothing_have_a_limit(self):
        row = self.bring()
        with patch(f"{STATE}.VAIN_SHARE", 0.0002):
            self.announce(row.external_id, sent_at=self.now - timedelta(minutes=2))
            self.assertEqual(self.fetches(), 1)
            self.announce(row.external_id, sent_at=self.now - timedelta(minutes=1))
            self.assertEqual(self.fetches(), 0)
            state = self.flow()._get_state()
            later = state.vain_since + timedelta(minutes=10)
            self.assertEqual((row.sync_state, row.next_attempt_at), ("fetch", later))
            # What the search shows is read at once.
            self.put(row.external_id, status="cancelled")
            self.run_flow()
        self.assertEqual(row.state, "cancelled")

    def test_an_order_that_vanished_is_a_refusal(self):
        row = self.bring()
        del self.remote.orders[row.external_id]
        self.announce(row.external_id)
        self.run_hinted()
        self.assertEqual((row.sync_state, row.error_code), ("error", "not_found"))

    def test_a_row_with_a_backoff_keeps_it(self):
        row = self.bring()
        later = self.now + timedelta(minutes=20)
        row.write(
            {
                "sync_state": "fetch",
                "next_attempt_at": later,
                "error_code": "retryable",
            }
        )
        self.announce(row.external_id)
        self.run_hinted()
        self.assertEqual(row.next_attempt_at, later)
        # The channel was preparing something, which is ready now.
        row.write({"error_code": False, "awaits_data": True})
        self.announce(row.external_id)
        self.run_hinted()
        self.assertEqual(row.sync_state, "done")

    def test_orders_before_the_start_are_left_alone(self):
        self.channel.orders_from = fields.Datetime.add(self.now, days=1)
        external_id = self.put()
        self.run_flow()
        self.announce(external_id)
        self.assertEqual(self.fetches(), 0)

    def test_the_interval_is_not_put_off(self):
        last = self.now - timedelta(minutes=2)
        self.flow()._get_state().last_run_at = last
        self.announce(self.put())
        self.run_hinted()
        self.assertEqual(self.flow()._get_state().last_run_at, last)

    def test_hint_runs_leave_one_trigger_for_the_interval(self):
        cron = self.flow().cron_id
        for _turn in range(4):
            self.announce(self.put())
            self.run_hinted()
        due = self.flow()._get_full_due(self.flow()._get_state())
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(triggers.mapped("call_at").count(due), 1)

    def test_the_search_covers_what_was_not_kept(self):
        searches = self.remote.searches
        self.put("F1")
        limit = "odoo.addons.channel_order.models.sale_channel_flow.MAX_WAITING"
        self.announce("F1")
        self.announce("F2")
        with patch(limit, 2):
            self.run_hinted()
        self.assertGreater(self.remote.searches, searches)

    def test_an_announced_order_is_found_by_an_index(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'sale_channel_order'"
        )
        found = " ".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("USING gin (seen_versions)", found)
        self.assertIn("(channel_id, imported_at)", found)

    # Topics

    def test_the_life_of_a_topic(self):
        self.announce("F1", sent_at=self.now)
        self.announce("P1", "payments", kind=None)
        self.env["sale.channel.hint"]._record(
            self.channel.id, Hint("orders", "F2", self.now, "orders_in"), "missed"
        )
        self.run_hinted()
        topic = self.topic()
        self.assertEqual((topic.webhook_count, topic.missed_count), (1, 1))
        self.assertTrue(topic.last_webhook_at)
        self.assertEqual(self.topic("payments").webhook_count, 1)

    def quiet_orders(self, count, minutes):
        """Orders that only the search finds, the first so many minutes ago."""
        self.bring()
        topic = self.topic()
        if topic.unannounced_since:
            topic.unannounced_since = self.now - timedelta(minutes=minutes)
        for _turn in range(count - 1):
            self.put()
        self.run_flow()
        return topic

    def test_an_alarm_when_a_topic_has_gone_quiet(self):
        self.announce(self.put())
        self.run_hinted()
        topic = self.quiet_orders(5, 40)
        self.assertEqual(topic.state, "quiet")
        activity = self.channel.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn("orders", activity.summary)
        self.assertEqual(activity.user_id, self.channel.user_id)
        self.bring()
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.announce(self.put())
        self.run_hinted()
        self.assertEqual((topic.state, topic.unannounced_count), ("active", 0))

    def test_no_alarm_after_a_stop_of_odoo(self):
        self.announce(self.put())
        self.run_hinted()
        self.assertEqual(self.quiet_orders(20, 1).state, "active")

    def test_no_alarm_for_a_few(self):
        self.announce(self.put())
        self.run_hinted()
        self.assertEqual(self.quiet_orders(4, 40).state, "active")

    def test_no_alarm_where_nothing_was_ever_announced(self):
        self.quiet_orders(20, 40)
        self.assertFalse(self.channel.topic_ids)
        self.assertFalse(self.channel.activity_ids)

    # The delay

    def test_up_to_date_or_behind(self):
        self.assertEqual(self.channel.lag_text, "Up to date")
        row = self.bring(status="pending")
        row.write({"sync_state": "fetch", "next_attempt_at": self.now})
        for minutes, text in (
            (1, "Up to date"),
            (12, "12 min behind"),
            (200, "3 h behind"),
            (4000, "2 days behind"),
        ):
            row.waiting_since = self.now - timedelta(minutes=minutes)
            self.channel.invalidate_recordset()
            self.assertEqual(self.channel.lag_text, text)
        row.awaits_data = True
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.lag_text, "Up to date")
        row.write({"awaits_data": False, "sync_state": "blocked"})
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.lag_text, "Up to date")
        self.channel.action_pause()
        self.assertFalse(self.channel.lag_text)

    def test_a_flow_that_fails_or_stands_still_is_behind(self):
        state = self.flow()._get_state()
        state.write({"failures": 2, "last_success_at": self.now - timedelta(hours=5)})
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.lag_text, "5 h behind")
        state.write({"failures": 0, "last_run_at": self.now - timedelta(minutes=50)})
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.lag_text, "45 min behind")

    def test_the_usual_delay_is_the_last_day_s_median(self):
        self.assertFalse(self.channel.usual_delay_text)
        rows = [self.bring() for _turn in range(4)]
        self.assertTrue(rows[0].imported_at)
        self.assertFalse(rows[0].changed_at)
        for row, seconds in zip(rows, (10, 30, 50, 7000), strict=True):
            row.changed_at = row.imported_at - timedelta(seconds=seconds)
        # Of an old order, imported now, it tells nothing.
        old = self.bring()
        old.changed_at = self.now - timedelta(days=40)
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.usual_delay_text, "usually after 40 s")
        rows[0].changed_at = rows[0].imported_at - timedelta(seconds=600)
        rows[1].changed_at = rows[1].imported_at - timedelta(seconds=600)
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.usual_delay_text, "usually after 10 min")
