from unittest.mock import patch

from psycopg2.errors import CheckViolation, LockNotAvailable, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base import uninstall_hook
from odoo.addons.channel_base.lib.spec import FlowSpec

from .common import FakeCase


@tagged("post_install", "-at_install")
class TestFlowLimits(FakeCase):
    """Who may change a flow, and to what."""

    def test_the_service_s_limits_hold_on_the_form(self):
        # The fake channel: every 2 minutes at most, 50 rows a batch at most.
        self.channel.flow_ids.filtered(lambda f: f.kind == "busy").unlink()
        for name, value in (("interval_minutes", 1), ("batch_size", 51)):
            with self.subTest(field=name), self.assertRaises(ValidationError):
                form = Form(self.channel)
                with form.flow_ids.edit(0) as line:
                    line[name] = value
                form.save()
        form = Form(self.channel)
        with form.flow_ids.edit(0) as line:
            line.interval_minutes = 2
            line.batch_size = 50
        form.save()
        self.assertEqual(self.flow().interval_minutes, 2)

    def test_a_flow_needs_its_mappings_before_it_runs(self):
        flow = self.flow("busy")
        spec = FlowSpec(required_kinds=("warehouse",))
        specs = patch.object(
            type(self.channel), "_get_flow_specs", lambda _channel: {"busy": spec}
        )
        with specs:
            with self.assertRaises(ValidationError) as caught:
                flow.enabled = True
            self.assertIn("warehouse", str(caught.exception).lower())
            warehouse = self.env["stock.warehouse"].search(
                [("company_id", "=", self.company.id)], limit=1
            )
            mapping = self.env["sale.channel.mapping"].create(
                {
                    "channel_id": self.channel.id,
                    "kind_id": self.env.ref("channel_order.kind_warehouse").id,
                    "external_value": "full",
                }
            )
            with self.assertRaises(ValidationError):
                flow.enabled = True
            mapping.res_id = warehouse.id
            flow.enabled = True

    def test_impossible_values(self):
        for values, error in (
            ({"interval_minutes": 0}, ValidationError),
            ({"batch_size": 0}, CheckViolation),
            ({"window_start": 25}, CheckViolation),
            ({"window_end": -1}, CheckViolation),
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
            ):
                self.flow("busy").write(values)
                self.env.flush_all()

    def leftovers(self, flows):
        crons = flows.cron_id
        return crons, crons.ir_actions_server_id

    def assert_gone(self, crons, actions):
        self.assertTrue(crons)
        self.assertTrue(actions)
        self.assertFalse(crons.exists())
        self.assertFalse(actions.exists())

    def test_deleting_a_channel_leaves_no_scheduled_action(self):
        left = self.leftovers(self.channel.flow_ids)
        self.channel.unlink()
        self.assert_gone(*left)

    def test_deleting_a_flow_leaves_no_scheduled_action(self):
        flow = self.flow("busy")
        left = self.leftovers(flow)
        flow.unlink()
        self.assert_gone(*left)

    def test_deleting_a_flow_leaves_what_is_not_its_own(self):
        flow, other = self.flow("busy"), self.flow().cron_id
        flow.sudo().cron_id = other
        flow.unlink()
        self.assertTrue(other.exists())

    def test_uninstalling_leaves_no_scheduled_action(self):
        flows = self.channel.flow_ids
        left = self.leftovers(flows)
        # A flow that lost its action, as those that the database deleted by cascade.
        self.flow("busy").sudo().cron_id = False
        uninstall_hook(self.env)
        self.assert_gone(*left)
        self.assertFalse(flows.exists())

    def test_deleting_a_scheduled_action_leaves_no_server_action(self):
        flow = self.flow("busy")
        left = self.leftovers(flow)
        left[0].unlink()
        self.assert_gone(*left)
        self.assertTrue(flow.exists())

    def test_a_channel_that_has_worked_is_not_deleted(self):
        self.run_flow()
        with self.assertRaises(UserError):
            self.channel.unlink()

    def test_a_flow_belongs_to_its_channel_once(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["sale.channel.flow"].create(
                {"channel_id": self.channel.id, "kind": "busy"}
            )

    def test_the_scheduled_action_runs_as_root(self):
        manager = self.make_user("gestora", "channel_base.group_channel_manager")
        channel = (
            self.env["sale.channel"]
            .with_user(manager)
            .create(
                {
                    "name": "Suyo",
                    "channel_type": "fake",
                    "company_id": self.company.id,
                }
            )
        )
        cron = channel.sudo().flow_ids.cron_id
        self.assertEqual(cron.user_id, self.env.ref("base.user_root"))

    def test_a_manager_toggles_and_runs(self):
        manager = self.make_user("gestora", "channel_base.group_channel_manager")
        flow = self.flow().with_user(manager)
        flow.action_toggle()
        self.assertFalse(flow.enabled)
        flow.action_toggle()
        self.assertTrue(flow.enabled)
        flow.interval_minutes = 10
        flow.action_run_now()
        self.assertTrue(flow._is_requested(flow.sudo()._get_state()))
        channel = self.channel.with_user(manager)
        channel.action_pause()
        with self.assertRaises(UserError):
            channel.action_run_now()
        channel.action_go_live()
        channel.action_run_now()
        self.assertTrue(channel.flow_ids.mapped("next_run_at"))

    def test_a_pause_goes_back_to_where_it_was(self):
        for state in ("trial", "live"):
            self.channel.state = state
            self.channel.action_pause()
            self.assertEqual(self.channel.state, "paused")
            self.channel.action_resume()
            self.assertEqual(self.channel.state, state)

    def test_a_user_only_looks(self):
        user = self.make_user("empleada", "channel_base.group_channel_user")
        flow, channel = self.flow().with_user(user), self.channel.with_user(user)
        self.assertTrue(flow.next_run_at)
        self.assertTrue(channel.failed_count >= 0)
        for action in (
            flow.action_toggle,
            flow.action_run_now,
            channel.action_run_now,
            channel.action_pause,
            channel.action_test_connection,
        ):
            with self.subTest(action=action.__name__), self.assertRaises(AccessError):
                action()

    def test_saving_a_flow_does_not_wait_for_its_run(self):
        """The scheduler locks the action's row while the flow runs."""
        flow = self.flow()
        # A committed row, which another connection can lock.
        flow.cron_id = self.env.ref("base.autovacuum_job")
        self.env.flush_all()
        self.cr.execute("SET LOCAL lock_timeout = '1s'")
        with db_connect(self.cr.dbname).cursor() as other:
            other.execute(
                "SELECT id FROM ir_cron WHERE id = %s FOR NO KEY UPDATE",
                [flow.cron_id.id],
            )
            flow.action_toggle()
            flow.action_toggle()
            flow.write({"interval_minutes": 7, "window_start": 1, "window_end": 3})
            flow.action_run_now()
            self.env.flush_all()
            with self.assertRaises(LockNotAvailable), self.cr.savepoint():
                self.cr.execute(
                    "SELECT id FROM ir_cron WHERE id = %s FOR UPDATE NOWAIT",
                    [flow.cron_id.id],
                    log_exceptions=False,
                )
            other.rollback()
        self.assertEqual(flow.interval_minutes, 7)
