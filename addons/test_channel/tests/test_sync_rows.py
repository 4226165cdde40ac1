from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import (
    AuthRequired,
    MappingMissing,
    Rejected,
    Retryable,
)

from .common import FakeCase

SYNC = "odoo.addons.channel_base.models.sale_channel_sync"


@tagged("post_install", "-at_install")
class TestSyncRows(FakeCase):
    """Claim, failure and retry of rows."""

    def setUp(self):
        super().setUp()
        orders = self.env["sale.channel.order"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "external_id": f"R{number}",
                    "sync_state": "done",
                }
                for number in range(4)
            ]
        )
        self.rows = self.env["sale.channel.order.answer"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "order_id": order.id,
                    "slot": "received",
                    "status": "seen",
                }
                for order in orders
            ]
        )
        self.rows.next_attempt_at = fields.Datetime.now() - timedelta(seconds=5)
        self.row = self.rows[0]

    def claim(self, limit=10, **options):
        # Its driver has committed before.
        self.env.flush_all()
        return self.rows._claim(
            [("channel_id", "=", self.channel.id)], limit, **options
        )

    def test_a_claim_leases_and_counts(self):
        claimed = self.claim(3)
        self.assertEqual(len(claimed), 3)
        self.assertEqual(claimed.mapped("attempts"), [1, 1, 1])
        lease = claimed[0].next_attempt_at - fields.Datetime.now()
        self.assertAlmostEqual(lease.total_seconds(), 300, delta=5)
        self.assertEqual((self.rows - claimed).mapped("attempts"), [0])

    def test_a_claimed_row_is_not_claimed_again(self):
        self.assertEqual(len(self.claim()), 4)
        self.assertFalse(self.claim())

    def test_it_is_due_again_after_the_lease(self):
        self.claim(lease=0)
        self.assertEqual(self.claim(), self.rows)
        self.assertEqual(self.row.attempts, 2)

    def test_only_due_and_pending_rows(self):
        self.rows[0].sync_state = "done"
        self.rows[1].sync_state = "error"
        self.rows[2].next_attempt_at = fields.Datetime.now() + timedelta(minutes=1)
        self.assertEqual(self.claim(), self.rows[3])

    def test_the_longest_waiting_first(self):
        late = self.rows[2]
        late.next_attempt_at = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(self.claim(1), late)

    def test_a_row_that_kills_its_workers_gives_up(self):
        for _turn in range(15):
            self.claim(lease=0)
        self.row._mark_failed(Retryable("again"))
        self.assertEqual(
            (self.row.sync_state, self.row.error_code), ("error", "attempts_exhausted")
        )
        self.assertIn("15", self.row.error_message)

    def test_a_passing_fault(self):
        self.claim()
        self.row._mark_failed(Retryable("503", 60))
        self.assertEqual(
            (self.row.sync_state, self.row.error_code), ("pending", "retryable")
        )
        wait = self.row.next_attempt_at - fields.Datetime.now()
        self.assertTrue(58 < wait.total_seconds() < 70, wait)

    def test_refused_credentials_never_exhaust_a_row(self):
        self.row.attempts = 99
        self.row._mark_failed(AuthRequired("401"))
        self.assertEqual(
            (self.row.sync_state, self.row.error_code), ("pending", "auth_required")
        )

    def test_a_refusal(self):
        self.row._mark_failed(Rejected("sku_missing", title="Mate", item="M1"))
        self.assertEqual(
            (self.row.sync_state, self.row.error_code), ("error", "sku_missing")
        )
        self.assertIn("Mate", self.row.error_message)

    def test_a_missing_mapping(self):
        self.row._mark_failed(MappingMissing("carrier", "x1", "Expreso"))
        self.assertEqual(
            (self.row.sync_state, self.row.error_code), ("blocked", "mapping_missing")
        )
        mapping = self.row.blocked_mapping_id
        self.assertEqual(
            (mapping.external_value, mapping.external_label), ("x1", "Expreso")
        )
        self.assertIn("Expreso", self.row.error_message)
        self.assertEqual(mapping.seen_count, 1)
        self.assertEqual(self.channel.waiting_count, 4)

    def test_anything_else(self):
        self.row._mark_failed(ZeroDivisionError())
        self.assertEqual(
            (self.row.sync_state, self.row.error_code), ("error", "unexpected")
        )
        self.assertIn("ZeroDivisionError", self.row.error_message)
        self.assertEqual(self.channel.failed_count, 1)

    def test_an_unknown_code_is_shown_as_it_is(self):
        self.row._mark_failed(Rejected("nobody_knows_it"))
        self.assertEqual(self.row.error_message, "nobody_knows_it")
        self.row._mark_failed(Rejected("http_451"))
        self.assertIn("451", self.row.error_message)

    def test_hostile_parameters_do_not_break_the_reason(self):
        self.row._mark_failed(Rejected("sku_missing", title="%s %(x)s %", item="%"))
        self.assertIn("%(x)s", self.row.error_message)
        self.row._mark_failed(Rejected("sku_missing"))
        self.assertTrue(self.row.error_message)

    def test_success_after_failure_clears_everything(self):
        self.row._mark_failed(MappingMissing("carrier", "x1"))
        self.row._mark_done()
        self.assertEqual((self.row.sync_state, self.row.attempts), ("done", 0))
        self.assertFalse(
            self.row.error_code or self.row.error_detail or self.row.blocked_mapping_id
        )

    def test_filling_a_mapping_releases_every_row_that_waits(self):
        for row in self.rows[:3]:
            row._mark_failed(MappingMissing("carrier", "x1"))
        self.rows[3]._mark_failed(MappingMissing("carrier", "x2"))
        self.flow("orders_answer").enabled = True
        self.env["ir.cron.trigger"].search([]).unlink()
        self.row.blocked_mapping_id.res_id = self.carrier.id
        self.assertEqual(self.rows.mapped("sync_state"), ["pending"] * 3 + ["blocked"])
        self.assertEqual(self.claim(), self.rows[:3])
        self.assertTrue(
            self.env["ir.cron.trigger"].search(
                [("cron_id", "=", self.flow("orders_answer").cron_id.id)]
            )
        )

    def test_retry_of_one_and_many(self):
        for row in self.rows:
            row._mark_failed(Rejected("no_lines"))
        user = self.make_user("empleada", "channel_base.group_channel_user")
        self.row.with_user(user).action_retry()
        self.assertEqual(self.row.sync_state, "pending")
        self.assertEqual(self.rows[1].sync_state, "error")
        self.rows.with_user(user).action_retry()
        self.assertEqual(set(self.rows.mapped("sync_state")), {"pending"})
        self.assertEqual(set(self.rows.mapped("attempts")), {0})
        self.assertEqual(self.claim(), self.rows)

    def test_what_is_done_is_not_tried_again(self):
        self.row._mark_done()
        self.row.action_retry()
        self.assertEqual(self.row.sync_state, "done")

    def test_a_conflict_with_another_worker_is_no_error(self):
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            rows = self.rows.with_env(self.env(cr=cr))
            real = type(cr).execute
            broken = []

            def execute(cursor, query, *args, **options):
                if "SKIP LOCKED" in str(query) and len(broken) < 2:
                    broken.append(1)
                    raise SerializationFailure
                return real(cursor, query, *args, **options)

            with patch.object(type(cr), "execute", execute):
                claimed = rows._claim([("channel_id", "=", self.channel.id)], 10)
        self.assertEqual(len(broken), 2)
        self.assertEqual(len(claimed), 4)
