from unittest.mock import patch

import psycopg2
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_base.lib.steps import Step
from odoo.addons.channel_base.tools.conflicts import CONFLICTS

from ..lib.client import FakeClient
from .common import FakeCase

FLOW = "odoo.addons.channel_base.models.sale_channel_flow"


@tagged("post_install", "-at_install")
class TestFlowSlice(FakeCase):
    """What a run leaves behind, whatever happens in it."""

    def failing(self, error):
        """The channel's search answers with an error."""
        return patch.object(FakeClient, "search", side_effect=error)

    def fail_with(self, error):
        """Run the flow once against a failing channel; its newest run."""
        flow = self.flow()
        flow.run_requests += 1
        flow._get_state().last_run_at = False
        with (
            self.failing(error),
            self.enter_registry_test_mode(),
            self.env.registry.cursor() as cr,
        ):
            # Directly, not through the scheduler, which would swallow what it raises.
            self.env(cr=cr)["sale.channel.flow"]._cron_run(flow.id)
        self.env.invalidate_all()
        return self.channel.run_ids.sorted("id")[-1:]

    def test_a_passing_fault(self):
        run = self.fail_with(Retryable("503"))
        self.assertEqual((run.state, run.error_code), ("failed", "retryable"))
        self.assertTrue(run.ended_at)
        state = self.flow().state_ids
        wait = (state.retry_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(5 < wait <= 31, wait)
        self.assertFalse(self.channel.activity_ids)
        self.assertTrue(self.flow().last_error)

    def test_a_statement_that_the_database_refuses(self):
        """The transaction reads nothing any more; the run is closed all the same."""
        flows = type(self.env["sale.channel.flow"])

        def break_transaction(flow, run):
            flow.invalidate_recordset()
            flow.env.cr.execute("SELECT 1/0", log_exceptions=False)
            yield Step.BATCH_END

        with (
            patch.object(flows, "_run_steps", break_transaction),
            mute_logger(FLOW, "odoo.sql_db"),
        ):
            run = self.fail_with(None)
        self.assertEqual((run.state, run.error_code), ("failed", "unexpected"))

    def test_the_channel_s_own_wait_is_respected(self):
        self.fail_with(Retryable("429", 7200))
        wait = self.flow().state_ids.retry_at - fields.Datetime.now()
        self.assertGreaterEqual(wait.total_seconds(), 7190)

    def test_backoff_grows_and_ends_with_a_run_that_works(self):
        waits = []
        for _turn in range(6):
            self.fail_with(Retryable("503"))
            wait = self.flow().state_ids.retry_at - fields.Datetime.now()
            waits.append(wait.total_seconds())
        self.assertEqual(self.flow().failures, 6)
        self.assertGreater(waits[5], 4 * waits[0])
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.run_flow()
        state = self.flow().state_ids
        self.assertEqual((state.failures, state.last_error_code), (0, False))
        self.assertFalse(state.retry_at)
        self.assertFalse(self.flow().last_error)

    def test_refused_credentials_alarm_once(self):
        for _turn in range(3):
            run = self.fail_with(AuthRequired("no"))
            self.assertEqual((run.state, run.error_code), ("failed", "auth_required"))
        activity = self.channel.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.channel.user_id)

    def test_a_refusal_is_told_with_its_reason(self):
        run = self.fail_with(Rejected("http_418", status=418))
        self.assertIn("418", run.error_message)
        self.assertEqual(len(self.channel.activity_ids), 1)

    def test_what_it_says_is_text_in_the_activity(self):
        with mute_logger(FLOW):
            self.fail_with(ZeroDivisionError("<a href='//evil.example.net'>x</a>"))
        note = self.channel.activity_ids.note
        self.assertNotIn("<a", note)
        self.assertIn("evil.example.net", note)

    def test_no_flow_works_in_a_copy_of_the_database(self):
        credential = self.env["sale.channel.credential"].create(
            {
                "channel_id": self.channel.id,
                "environment": self.channel.environment,
                "database_uuid": "another",
            }
        )
        self.put()
        run = self.fail_with(None)
        self.assertEqual((run.state, run.error_code), ("failed", "database_copied"))
        self.assertFalse(self.inbox("F1"))
        self.assertEqual(len(self.channel.activity_ids), 1)
        credential.action_use_here()
        self.run_flow()
        self.assertTrue(self.inbox("F1"))

    def test_an_unexpected_exception_is_logged_and_recorded(self):
        with self.assertLogs(FLOW, "ERROR") as logs:
            run = self.fail_with(ZeroDivisionError("oops"))
        self.assertIn("Traceback", logs.output[0])
        self.assertEqual((run.state, run.error_code), ("failed", "unexpected"))
        self.assertIn("oops", run.error_message)
        self.assertEqual(len(self.channel.activity_ids), 1)

    def test_a_database_conflict_passes(self):
        run = self.fail_with(psycopg2.OperationalError("could not serialize access"))
        self.assertEqual(run.error_code, "retryable")

    def test_a_failure_keeps_what_was_committed_before(self):
        self.put()
        with patch.object(
            type(self.channel._get_provider()),
            "_parse_order",
            side_effect=Retryable("x"),
        ):
            self.run_flow()
        self.assertTrue(self.inbox("F1"))

    def test_the_report_counts(self):
        for _number in range(3):
            self.put()
        self.put(lines=[{"sku": "NOT-THERE", "quantity": "1", "price": "1"}])
        self.run_flow()
        run = self.channel.run_ids
        self.assertEqual(
            (run.state, run.received_count, run.processed_count, run.failed_count),
            ("done", 4, 4, 1),
        )
        # One search and four readings.
        self.assertEqual(run.call_count, 5)
        self.assertTrue(run.ended_at)
        self.assertFalse(run.error_code)

    def test_an_interrupted_run_is_closed(self):
        state = self.flow()._get_state()
        dead = self.env["sale.channel.run"].create(
            {
                "flow_id": self.flow().id,
                "channel_id": self.channel.id,
                "kind": "orders_in",
            }
        )
        state.run_id = dead
        self.run_flow()
        self.assertEqual(dead.state, "interrupted")
        self.assertTrue(dead.ended_at)
        self.assertEqual((self.channel.run_ids - dead).state, "done")

    def busy(self, seconds):
        flow = self.flow("busy")
        flow.enabled = True
        with (
            patch(f"{FLOW}.SLICE_SECONDS", seconds),
            self.enter_registry_test_mode(),
            self.env.registry.cursor() as cr,
        ):
            self.env(cr=cr)["sale.channel.flow"]._cron_run(flow.id)
        self.env.invalidate_all()
        return flow

    def test_a_slice_ends_and_goes_on_in_the_same_run(self):
        flow = self.busy(0.3)
        run = self.channel.run_ids
        self.assertEqual(run.state, "running")
        before = run.processed_count
        self.assertTrue(1 <= before <= 4, before)
        self.assertTrue(
            self.env["ir.cron.trigger"].search(
                [
                    ("cron_id", "=", flow.cron_id.id),
                    ("call_at", "<=", fields.Datetime.now()),
                ]
            )
        )
        self.busy(0.3)
        self.assertEqual(self.channel.run_ids, run)
        self.assertGreater(run.processed_count, before)

    def test_pausing_takes_effect_before_the_next_batch(self):
        flow = self.flow("busy")
        flow.enabled = True
        taken = []

        def pause(_seconds):
            taken.append(1)
            if len(taken) == 2:
                flow.env.cr.execute(
                    "UPDATE sale_channel_flow SET enabled = false WHERE id = %s",
                    [flow.id],
                )

        steps = "odoo.addons.test_channel.models.sale_channel_flow.time.sleep"
        with patch(steps, pause):
            self.busy(30)
        self.assertEqual(len(taken), 2)

    def test_the_driver_stops_only_where_a_batch_ends(self):
        passed = []

        def steps(flow, run):
            for step in (Step.COMMIT, Step.COMMIT, Step.BATCH_END, Step.COMMIT):
                yield step
                passed.append(step)

        with patch.object(type(self.env["sale.channel.flow"]), "_run_steps", steps):
            self.busy(0)
        self.assertEqual(passed, [Step.COMMIT, Step.COMMIT])
        self.assertEqual(self.channel.run_ids.state, "running")

    def retry(self, outcomes):
        """A unit of work that meets these outcomes; what it gave and how often."""
        calls = []

        def work(name, suffix):
            outcome = outcomes[len(calls)]
            calls.append(name + suffix)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        flow = self.flow()
        with (
            self.enter_registry_test_mode(),
            self.env.registry.cursor() as cr,
            mute_logger(FLOW),
        ):
            try:
                result = flow.with_env(self.env(cr=cr))._retry_conflicts(work, "a", "b")
            except (*CONFLICTS, ZeroDivisionError) as error:
                result = error
        return result, calls

    def test_a_unit_of_work_is_done_again_after_a_conflict(self):
        conflict, other = SerializationFailure("busy"), ConcurrencyError("busy")
        mistake = ZeroDivisionError()
        for outcomes, expected, times in (
            ([7], 7, 1),
            ([conflict, other, conflict, False], False, 4),
            ([other] * 9, other, 4),
            ([mistake, 1], mistake, 1),
        ):
            with self.subTest(outcomes=outcomes):
                result, calls = self.retry(outcomes)
                self.assertIs(result, expected)
                self.assertEqual(calls, ["ab"] * times)

    def test_runs_are_deleted_after_a_while(self):
        self.run_flow()
        run = self.channel.run_ids
        self.env["sale.channel.run"]._gc_runs()
        self.assertTrue(run.exists())
        run.started_at = fields.Datetime.subtract(fields.Datetime.now(), days=91)
        self.env["sale.channel.run"]._gc_runs()
        self.assertFalse(run.exists())
