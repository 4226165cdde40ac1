from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import PricingOutCase

FLOW = "odoo.addons.channel_base.models.sale_channel_flow"
PLANNER = "odoo.addons.channel_pricing_scenario.models.sale_channel_pricing_planner"


@tagged("post_install", "-at_install")
class TestSlices(PricingOutCase):
    """Buyers are planned page by page, each one in a transaction of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(4, 12):
            cls.buyers |= cls.make_buyer(f"B{number}", pricing_group_id=cls.group.id)

    def setUp(self):
        super().setUp()
        self.flow("pricing_out").confirmed = True
        self.flow("pricing_out").enabled = True
        self.pages = []
        planner = self.registry["sale.channel.pricing.planner"]
        original, pages = planner._plan_part, self.pages

        def note(model, channel, part, ids=None):
            if part.page:
                pages.append(list(ids))
            return original(model, channel, part, ids)

        self.startPatcher(patch.object(planner, "_plan_part", note))

    def in_pages(self, limit):
        return patch(f"{PLANNER}.BUYER_LIMIT", limit)

    def begin(self):
        """The steps of a full run."""
        flow = self.flow("pricing_out")
        flow._get_state().write({"full_run": True, "requests_seen": flow.run_requests})
        return flow._run_steps(flow._open_run(flow._get_state()))

    def begin_pages(self):
        """The steps of a full run that has planned its first page."""
        steps = self.begin()
        while len(self.pages) < 2:
            next(steps)
        return steps

    def kill_between_pages(self):
        self.begin_pages().close()

    def go_on(self):
        flow = self.flow("pricing_out")
        for _step in flow._run_steps(flow._get_state().run_id):
            pass

    def assert_all_planned(self):
        planned = {buyer for page in self.pages for buyer in page}
        self.assertEqual(planned, set(self.buyers.ids))

    def describe(self, changes):
        return sorted((c.kind, c.record, c.operation, c.wanted_hash) for c in changes)

    def change_much(self):
        """New, moved and vanished buyers."""
        self.buyers[2].partner_id.pricing_group_id = False
        self.buyers[5].partner_id.pricing_scenario_id = self.retail
        self.buyers[4].unlink()
        # The last ids of all are those of a buyer that is not there any more.
        self.buyers[10].unlink()
        self.make_buyer("B99", pricing_group_id=self.group.id)

    def check_plans(self):
        planner = self.env["sale.channel.pricing.planner"]
        self.pages.clear()
        whole = list(planner._plan(self.channel))
        self.assertEqual(len(self.pages), 1)
        with self.in_pages(2):
            small = list(planner._plan(self.channel))
        self.assertEqual(
            [len(page) for page in self.pages[1:-1]], [2] * (len(self.pages) - 2)
        )
        self.assertGreater(len(self.pages), 6)
        self.assertEqual(self.describe(whole), self.describe(small))
        self.assertTrue(whole)

    def test_small_pages_make_the_same_plan(self):
        self.check_plans()
        self.run_pricing()
        self.change_much()
        self.check_plans()

    def test_changes_between_pages(self):
        """Early and late pages alike end as one big plan made at the end."""
        flow = self.flow("pricing_out")
        with self.in_pages(3):
            steps = self.begin_pages()
            self.change_much()
            self.buyers[0].partner_id.pricing_scenario_id = self.retail
            self.group.pricing_scenario_id = self.retail
            self.env.cr.flush()
            for _step in steps:
                pass
            self.run_pricing(full=False)
        planner = self.env["sale.channel.pricing.planner"]
        self.assertFalse(list(planner._plan(self.channel)))
        self.assertFalse(flow._get_state().cursor)
        retail = self.group_of(self.retail).name
        self.assertEqual(self.groups_there("B1", "B3", "B99"), [retail, None, retail])

    def work_in_slices(self):
        """Let the flow work, a slice for each step; the pages of each slice."""
        flow, counts = self.flow("pricing_out"), []
        state = flow._get_state()
        state.write({"retry_at": False, "last_run_at": False})
        with self.in_pages(4), patch(f"{FLOW}.SLICE_SECONDS", 0):
            for _slice in range(40):
                before = len(self.pages)
                with self.enter_registry_test_mode():
                    flow.cron_id.method_direct_trigger()
                self.env.invalidate_all()
                counts.append(len(self.pages) - before)
                if not state.run_id:
                    break
        self.assertFalse(state.run_id)
        return counts

    def test_the_flow_yields_between_pages(self):
        counts = self.work_in_slices()
        self.assertEqual(len(self.channel.run_ids), 1)
        self.assertEqual([count for count in counts if count], [1, 1, 1])
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})

    def test_a_group_is_removed_after_all_pages(self):
        """The channel refuses to delete a group that has customers."""
        self.run_pricing()
        self.group.pricing_scenario_id = self.retail
        self.resale.active = False
        self.env.cr.flush()
        self.env["sale.channel.change"].search([]).unlink()
        self.work_in_slices()
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})
        self.assertEqual(len(self.prices.contents("group")), 1)

    def test_a_killed_run_goes_on(self):
        with self.in_pages(4):
            self.kill_between_pages()
            done = [page for page in self.pages if page]
            self.pages.clear()
            # The run that was killed is not the one that goes on.
            self.run_pricing()
        planned = [buyer for page in self.pages for buyer in page]
        self.assertFalse(set(planned) & {b for page in done for b in page})
        self.assertEqual(len(self.prices.contents("customer")), 11)

    def test_what_is_requested_meanwhile_begins_anew(self):
        flow = self.flow("pricing_out")
        with self.in_pages(4):
            self.kill_between_pages()
            self.pages.clear()
            flow._get_state().requests_seen += 1
            self.go_on()
        self.assert_all_planned()

    def test_another_day_begins_anew(self):
        """On another day other scenarios are valid."""
        with self.in_pages(4):
            self.kill_between_pages()
            self.pages.clear()
            with freeze_time(fields.Datetime.now() + timedelta(days=1)):
                self.go_on()
        self.assert_all_planned()

    def test_midnight_between_two_pages(self):
        """No page of the day on which the run began is left out or planned twice."""
        with self.in_pages(4):
            steps = self.begin_pages()
            with freeze_time(fields.Datetime.now() + timedelta(days=1)):
                for _step in steps:
                    pass
        self.assert_all_planned()
        planned = [buyer for page in self.pages for buyer in page]
        self.assertEqual(len(planned), len(set(planned)))

    def test_a_flow_that_nobody_confirmed_rests(self):
        flow = self.flow("pricing_out")
        flow.confirmed = False
        self.group.pricing_scenario_id = self.retail
        self.work_in_slices()
        self.assertGreater(flow._get_due(flow._get_state()), fields.Datetime.now())

    def test_a_group_of_many_is_planned_in_pages(self):
        self.run_pricing()
        self.pages.clear()
        self.group.pricing_scenario_id = self.retail
        mark = "odoo.addons.channel_outgoing.models.sale_channel_change_mark"
        with patch(f"{mark}.MARK_LIMIT", 4):
            self.run_pricing(full=False)
        self.assertEqual([len(page) for page in self.pages if page], [4, 4, 3])
        self.assertEqual(
            set(self.groups_there(*self.buyers.mapped("external_id"))),
            {self.group_of(self.retail).name},
        )
