from contextlib import suppress

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable

from .common import PricingOutCase

FLOW = "odoo.addons.channel_base.models.sale_channel_flow"


@tagged("post_install", "-at_install")
class TestFaults(PricingOutCase):
    def retry(self, full=False):
        self.make_due()
        self.run_pricing(full=full)

    def test_a_call_whose_answer_was_lost_is_not_repeated(self):
        """The channel made the groups; nobody here knows."""
        self.prices.faults.append(("answer", Retryable("reset")))
        self.confirm()
        self.assertEqual(len(self.prices.contents("group")), 2)
        groups = self.items("group")
        self.assertEqual(set(groups.mapped("sync_state")), {"pending"})
        self.assertFalse(any(groups.mapped("external_id")))
        self.prices.writes()
        self.retry()
        self.assertEqual(len(self.prices.contents("group")), 2)
        self.assertNotIn("group", [kind for _method, kind, _n in self.prices.writes()])
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})
        self.assertFalse(self.differences())

    def test_the_intent_is_committed_before_the_call(self):
        self.flow("pricing_out").confirmed = True
        flow = self.flow("pricing_out")
        flow._get_state().full_run = True
        run = flow._open_run(flow._get_state())
        committed, called = [], []
        self.prices.watch = lambda _method: called.append(list(committed))
        for _boundary in flow._run_steps(run):
            rows = self.items().filtered(lambda i: i.sync_state == "pending")
            committed[:] = [row.kind for row in rows if row.attempts]
        # Read and written, kind by kind; nothing is claimed while comparing before.
        calls = [set(kinds) for kinds in called if kinds]
        self.assertEqual(
            calls,
            [
                {kind}
                for kind in ("group", "list", "contract", "customer")
                for _ in "rw"
            ],
        )
        self.assertEqual(len(called), len(calls))

    @mute_logger(FLOW)
    def test_a_process_that_dies_after_the_call(self):
        """The intent is there before the call, and the call is not repeated."""
        seen = []

        def die(method):
            if method == "put":
                seen.append(self.items("group").mapped("sync_state"))
                raise SystemExit

        self.prices.watch = die
        # Not assertRaises, which takes back what was committed.
        with suppress(SystemExit):
            self.confirm()
        self.assertEqual(seen, [["pending", "pending"]])
        self.env.invalidate_all()
        groups = self.items("group")
        self.assertEqual(groups.mapped("attempts"), [1, 1])
        self.prices.watch = lambda _method: None
        self.retry(full=True)
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})

    def test_who_names_a_refused_group_waits_for_it(self):
        name = self.group_of(self.resale).name
        self.prices.refused[name] = Rejected("http_422", status=422)
        self.confirm()
        refused = self.items("group").filtered(lambda item: item.name == name)
        self.assertEqual(refused.sync_state, "error")
        self.assertIn("422", refused.error_message)
        waiting = self.items("customer")
        self.assertEqual(set(waiting.mapped("error_code")), {"outgoing_awaits"})
        self.assertEqual(set(waiting.mapped("attempts")), {0})
        self.prices.refused.clear()
        refused.action_retry()
        self.run_pricing(full=False)
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})
        self.assertEqual(self.groups_there(), [name] * 3)

    def test_one_refused_customer_does_not_stop_the_others(self):
        self.prices.refused["B2"] = Rejected("not_found")
        self.confirm()
        states = {item.name: item.sync_state for item in self.items("customer")}
        self.assertEqual(states, {"B1": "done", "B2": "error", "B3": "done"})
        flow = self.flow("pricing_out")
        self.assertFalse(flow.failures)

    def test_a_channel_that_cannot_be_reached_is_left_in_peace(self):
        self.prices.faults.append(("find", Retryable("503")))
        self.confirm()
        self.assertEqual(self.flow("pricing_out").failures, 1)
        self.assertEqual(len(self.prices.log), 1)
        self.retry()
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})
        self.assertFalse(self.flow("pricing_out").failures)

    def test_refused_credentials(self):
        self.prices.faults.append(("find", AuthRequired("401")))
        self.confirm()
        self.assertEqual(
            set(self.items("group").mapped("error_code")), {"auth_required"}
        )
        self.assertEqual(self.flow("pricing_out").failures, 1)

    def test_a_reading_that_fails_does_not_keep_changes_waiting(self):
        self.confirm()
        self.buyers[0].partner_id.pricing_scenario_id = self.retail
        self.prices.writes()
        # One reading before the change is sent, the next one compares.
        count = []

        def fail(method):
            count.append(method)
            if len(count) > 2:
                raise Retryable("503")

        self.prices.watch = fail
        self.run_pricing()
        self.assertEqual(self.groups_there("B1"), [self.group_of(self.retail).name])
        self.assertEqual(self.flow("pricing_out").failures, 1)
