from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestHealth(HttpCase):
    """What a monitor is told about the scheduled actions."""

    def setUp(self):
        super().setUp()
        # What this database really did is not what is looked at.
        self.env["ir.cron.trigger"].search([]).unlink()
        self.env["ir.cron.progress"].search([]).unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' + interval '1 day',"
            " lastcall = NULL"
        )
        self.env.invalidate_all()
        self.cron = self.env.ref("channel_base.ir_cron_check_expiry")
        self.now = fields.Datetime.now()
        self.long_ago = self.now - timedelta(minutes=20)

    def ask(self):
        self.env.flush_all()
        answer = self.url_open("/channel/health")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn("session_id", answer.cookies)
        body = answer.json()
        if answer.status_code == 200:
            self.assertEqual(body, {"status": "pass"})
            return None
        self.assertEqual((answer.status_code, body["status"]), (503, "fail"))
        self.assertEqual(answer.headers["X-Problem"], body["problem"])
        return body["problem"]

    def test_nothing_is_due(self):
        self.assertIsNone(self.ask())

    def test_due_and_nobody_comes(self):
        self.cron.nextcall = self.now - timedelta(minutes=10)
        self.assertIsNone(self.ask(), "not for long")
        self.cron.nextcall = self.long_ago
        self.assertEqual(self.ask(), "scheduled_actions")
        self.cron.active = False
        self.assertIsNone(self.ask(), "it is switched off")

    def test_woken_and_nobody_comes(self):
        trigger = self.cron._trigger(self.long_ago)
        self.assertEqual(self.ask(), "scheduled_actions")
        self.cron.active = False
        self.assertIsNone(self.ask())
        self.assertTrue(trigger)

    def test_busy_workers_are_alive(self):
        self.cron.nextcall = self.long_ago
        other = self.env.ref("base.autovacuum_job")
        for last, problem in (
            (self.now - timedelta(minutes=5), None),
            (self.now - timedelta(minutes=25), "scheduled_actions"),
            # Written by a clock that was ahead
            (self.now + timedelta(hours=5), "scheduled_actions"),
        ):
            other.lastcall = last
            with self.subTest(last=last):
                self.assertEqual(self.ask(), problem)
        self.env["ir.cron.progress"].create({"cron_id": other.id})
        self.assertIsNone(self.ask(), "one is running")
