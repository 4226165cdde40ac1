"""Notifications over HTTP: what is kept, and what anybody may send."""

import json
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.channel_base.lib.hint import MAX_BODY
from odoo.addons.channel_base.models import sale_channel_hint
from odoo.addons.test_channel.tests.common import AlwaysInTestMode, FlowCase

from .common import APP_ID, APP_SECRET, OTHER_SELLER, SELLER

NOTIFICATION_PATH = "/channel/mercadolibre/notifications"
CONTROLLER = "odoo.addons.channel_base.controllers.webhook"


@tagged("post_install", "-at_install")
class TestWebhook(AlwaysInTestMode, FlowCase, HttpCase):
    provider = "mercadolibre"

    def setUp(self):
        super().setUp()
        self.hints = self.env["sale.channel.hint"]
        self.channel._get_credential().write(
            {
                "client_id": APP_ID,
                "client_secret": APP_SECRET,
                "state": "connected",
                "account_id": str(SELLER),
            }
        )
        self.flow()._get_state().last_run_at = fields.Datetime.now()
        self.triggers().unlink()

    def triggers(self):
        return self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.flow().cron_id.id)]
        )

    def message(self, **changes):
        return {
            "_id": "d2a1b3c4-0000-4000-8000-000000000001",
            "resource": "/orders/2000003508419013",
            "user_id": SELLER,
            "topic": "orders_v2",
            "application_id": int(APP_ID),
            "attempts": 1,
            "sent": "2026-11-20T16:19:20.129Z",
            "received": "2026-11-20T16:19:20.106Z",
            **changes,
        }

    def post(self, content=None, kind="application/json", **changes):
        """Send a notification or any other body; the answer's status."""
        body = content
        if content is None:
            body = json.dumps(self.message(**changes))
        self.env.flush_all()
        answer = self.url_open(
            NOTIFICATION_PATH, data=body, headers={"Content-Type": kind}
        )
        self.assertNotIn("set-cookie", {name.lower() for name in answer.headers})
        self.assertFalse(answer.content if answer.status_code == 200 else b"")
        self.env.invalidate_all()
        return answer.status_code

    def kept(self):
        return self.hints.search([])

    def test_a_notification_is_kept_and_wakes_the_flow(self):
        self.assertGreater(
            self.flow()._get_due(self.flow()._get_state()), fields.Datetime.now()
        )
        self.assertEqual(self.post(), 200)
        hint = self.kept()
        self.assertEqual(
            (hint.channel_id, hint.kind, hint.topic, hint.source, hint.attempts),
            (self.channel, "orders_in", "orders_v2", "webhook", 1),
        )
        self.assertEqual(hint.resource, "/orders/2000003508419013")
        self.assertEqual(str(hint.sent_at)[:19], "2026-11-20 16:19:20")
        self.assertEqual(len(self.triggers()), 1)
        self.assertLessEqual(
            self.flow()._get_due(self.flow()._get_state()), fields.Datetime.now()
        )

    def test_it_writes_nobody_else_s_row(self):
        tables = (
            "sale_channel",
            "sale_channel_flow",
            "sale_channel_flow_state",
            "sale_channel_credential",
            "ir_cron",
        )

        def versions():
            found = {}
            for table in tables:
                self.env.cr.execute(f"SELECT id, ctid::text FROM {table} ORDER BY id")
                found[table] = self.env.cr.fetchall()
            return found

        self.env.flush_all()
        before = versions()
        self.assertEqual(self.post(), 200)
        self.assertEqual(versions(), before)

    def test_many_hints_leave_one_trigger(self):
        for number in range(8):
            self.post(resource=f"/orders/{number}")
        self.assertEqual(len(self.kept()), 8)
        self.assertEqual(len(self.triggers()), 1)

    def test_a_trigger_that_a_running_slice_has_used_up_is_not_relied_on(self):
        self.post()
        # The slice began after it; the deletion of the trigger is not committed yet.
        state = self.flow()._get_state()
        state.slice_at = self.env.cr.now() + timedelta(microseconds=1)
        self.env.cr._now = None
        self.triggers().hinted_at = state.slice_at - timedelta(seconds=1)
        self.post(resource="/orders/2")
        self.assertEqual(len(self.triggers()), 2)

    def test_a_slice_that_began_in_the_same_second_has_not_seen_the_hint(self):
        moment = fields.Datetime.now()
        slices = moment + timedelta(microseconds=200_000)
        self.flow()._get_state().slice_at = slices
        self.env.flush_all()
        for fraction, count in ((100_000, 1), (300_000, 2), (400_000, 2)):
            with self.subTest(fraction=fraction):
                self.env.cr._now = moment + timedelta(microseconds=fraction)
                self.hints._wake_flow(self.channel.id, "orders_in")
                self.assertEqual(len(self.triggers()), count)
        self.assertEqual(set(self.triggers().mapped("call_at")), {moment})

    def test_a_trigger_that_the_scheduler_sleeps_through_is_not_relied_on(self):
        self.flow()._wake(fields.Datetime.now() - timedelta(seconds=10))
        self.post()
        self.assertEqual(len(self.triggers()), 2)

    def test_whatever_the_content_type(self):
        for number, kind in enumerate(
            (
                "application/json;charset=UTF-8",
                "text/plain",
                "",
                "application/x-www-form-urlencoded",
                "application/octet-stream",
            )
        ):
            with self.subTest(kind=kind):
                self.assertEqual(
                    self.post(kind=kind, resource=f"/orders/{number}"), 200
                )
                self.assertEqual(len(self.kept()), number + 1)

    def test_numbers_as_texts(self):
        self.assertEqual(self.post(user_id=str(SELLER), application_id=APP_ID), 200)
        self.assertEqual(len(self.kept()), 1)

    def test_somebody_else_s_is_answered_and_not_kept(self):
        for changes in (
            {"application_id": 1},
            {"user_id": OTHER_SELLER},
            {"user_id": "0"},
            {"topic": "made_up"},
        ):
            with self.subTest(changes=changes):
                self.assertEqual(self.post(**changes), 200)
                self.assertFalse(self.kept())
        self.assertFalse(self.triggers())

    def test_only_a_connected_account_of_the_environment_in_use(self):
        credential = self.channel._get_credential()
        for record, values in (
            (credential, {"state": "none"}),
            (credential, {"environment": "production"}),
            (self.channel, {"state": "draft"}),
            (self.channel, {"active": False}),
        ):
            before = record.read(list(values), load=False)[0]
            record.write(values)
            with self.subTest(values=values):
                self.assertEqual(self.post(), 200)
                self.assertFalse(self.kept())
            record.write({name: before[name] for name in values})

    def test_a_paused_channel_keeps_hints_and_sleeps(self):
        self.channel.action_pause()
        self.triggers().unlink()
        self.assertEqual(self.post(), 200)
        self.assertEqual(len(self.kept()), 1)
        self.assertFalse(self.triggers())
        self.channel.action_resume()
        self.assertTrue(self.triggers())

    def test_backoff_and_hours_are_respected(self):
        state = self.flow()._get_state()
        later = fields.Datetime.now() + timedelta(hours=1)
        state.write({"failures": 2, "retry_at": later})
        self.post()
        self.assertFalse(self.triggers())
        self.assertEqual(self.flow()._get_due(state), later)
        # A failure that a clock which was ahead put off holds nothing back.
        state.slice_at = later + timedelta(days=1)
        self.post(resource="/orders/3")
        self.assertTrue(self.triggers())
        self.triggers().unlink()
        state.write({"failures": 0, "retry_at": False, "slice_at": False})
        local = fields.Datetime.context_timestamp(
            self.channel.with_context(tz=self.channel.tz), fields.Datetime.now()
        )
        opening = (local.hour + 2) % 24
        self.flow().write({"window_start": opening, "window_end": (opening + 1) % 24})
        self.triggers().unlink()
        self.post(resource="/orders/2")
        self.assertFalse(self.triggers())
        self.assertGreater(self.flow()._get_due(state), fields.Datetime.now())

    def test_a_sign_of_life_wakes_nobody(self):
        self.assertEqual(self.post(topic="payments", resource="/collections/1"), 200)
        self.assertFalse(self.kept().kind)
        self.assertFalse(self.triggers())

    def test_what_is_no_notification(self):
        for body in (
            " ",
            "hello",
            "[1, 2]",
            "null",
            '{"topic": "orders_v2"}',
            json.dumps(self.message(user_id={"a": 1})),
            json.dumps(self.message(resource=None)),
            b"\x00\xff\xfe",
            "[" * 50_000,
        ):
            with self.subTest(body=body[:30]):
                self.assertEqual(self.post(body), 400)
        self.assertFalse(self.kept())

    def test_an_enormous_body_is_not_read(self):
        body = json.dumps(self.message(note="x" * (1024 * 1024)))
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            with self.subTest(kind=kind):
                self.assertEqual(self.post(body, kind), 413)
        self.assertFalse(self.kept())
        self.assertEqual(self.post(note="x" * (MAX_BODY - 1000)), 200)

    def test_only_post(self):
        self.assertEqual(self.url_open(NOTIFICATION_PATH).status_code, 405)

    def test_replayed_it_is_kept_once(self):
        for _turn in range(20):
            self.assertEqual(self.post(), 200)
        self.assertEqual(len(self.kept()), 1)
        # Sent later, it may tell of a later change.
        self.post(sent="2026-11-20T16:19:21.000Z")
        self.assertEqual(len(self.kept()), 2)

    def test_a_moment_in_the_future_is_now(self):
        self.post(sent="2099-01-01T00:00:00.000Z")
        self.assertLessEqual(
            self.kept().sent_at, fields.Datetime.add(fields.Datetime.now(), seconds=5)
        )

    def test_a_flood_is_bounded_topic_by_topic(self):
        with patch.object(sale_channel_hint, "MAX_WAITING", 5):
            for number in range(12):
                self.assertEqual(self.post(resource=f"/orders/{number}"), 200)
            self.assertEqual(len(self.kept()), 5)
            self.post(topic="shipments", resource="/shipments/1")
        self.assertEqual(len(self.kept()), 6)

    def test_when_the_database_refuses_the_service_repeats(self):
        error = psycopg2.OperationalError("server closed the connection")
        keep = "_keep_notification"
        with (
            patch.object(type(self.hints), keep, side_effect=error),
            self.assertLogs(CONTROLLER, "WARNING"),
        ):
            self.assertEqual(self.post(), 503)
