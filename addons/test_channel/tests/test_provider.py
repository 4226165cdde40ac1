"""Providers of every kind of access, over HTTP: only their wire is fake."""

import hmac
import io
import json
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import requests

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.account import Account
from odoo.addons.channel_base.lib.auth import Basic
from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected
from odoo.addons.channel_base.lib.oauth import TokenClient
from odoo.addons.channel_base.lib.steps import Step
from odoo.addons.channel_base.tools.uninstall import leave_provider

from .common import AlwaysInTestMode

WEBHOOK = "odoo.addons.channel_base.controllers.webhook"
ME = {"id": "77", "name": "LOJA"}


@tagged("post_install", "-at_install")
class TestProvider(AlwaysInTestMode, HttpCase):
    # (method, path) → status and body; what was asked
    answers = {}
    asked = []

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        address = urlsplit(r.url)
        if address.hostname not in ("keys.example.com", "oauth.example.com"):
            return super()._request_handler(s, r, **kw)
        cls.asked.append(r)
        answer = requests.Response()
        answer.status_code, body = cls.answers[r.method, address.path]
        answer.raw = io.BytesIO(json.dumps(body).encode())
        return answer

    def setUp(self):
        super().setUp()
        self.answers.clear()
        self.answers["GET", "/me"] = (200, ME)
        self.asked.clear()
        self.admin = new_test_user(
            self.env, "sistema", "base.group_system,channel_base.group_channel_manager"
        )

    def make_channel(self, provider, **keys):
        channel = self.env["sale.channel"].create(
            {
                "name": "Canal",
                "channel_type": provider,
                "company_id": self.env.company.id,
            }
        )
        channel._get_credential().write(keys)
        self.env.flush_all()
        return channel.with_user(self.admin)

    def test_keys_are_tried_and_kept(self):
        channel = self.make_channel("fake_keys", client_id="a", client_secret="clave1")
        credential = channel._get_credential()
        self.answers["GET", "/me"] = (401, {})
        with self.assertRaisesRegex(UserError, "refused the credentials"):
            channel.action_connect()
        self.assertEqual((channel.connection_state, credential.state), ("none", "none"))
        self.answers["GET", "/me"] = (200, ME)
        channel.action_connect()
        self.env.invalidate_all()
        self.assertEqual(channel.connection_state, "connected")
        self.assertEqual((credential.account_id, channel.account_name), ("77", "LOJA"))
        sent = self.asked[-1].headers["Authorization"]
        self.assertEqual(sent, f"Basic {Basic('a', 'clave1').get()}")
        self.assertFalse(credential.access_token or credential.expires_at)
        self.assertIn("LOJA", channel.action_test_connection()["params"]["message"])
        self.assertTrue(channel.needs_connection)
        self.assertFalse(self.make_channel("fake").needs_connection)

    def run_flow(self, channel, kind="orders_in", error=None):
        """One slice; the reason of its failure."""
        flow = channel.flow_ids.filtered(lambda one: one.kind == kind)
        flow = flow or flow.create({"channel_id": channel.id, "kind": kind})
        flow.enabled = True

        def steps(_flow, _run):
            if error:
                raise error
            yield Step.BATCH_END

        self.env.flush_all()
        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress"),
            patch.object(self.env.cr, "rollback"),
            patch.object(type(flow), "_run_steps", steps),
        ):
            flow._run_slice(flow._get_state())
        self.env.invalidate_all()
        return flow._get_state().last_error_code

    def test_without_its_account_nothing_runs(self):
        channel = self.make_channel("fake_keys", client_id="a", client_secret="clave1")
        system, credential = channel, channel._get_credential()
        channel = channel.sudo()
        channel.state = "live"
        self.assertEqual(self.run_flow(channel), "auth_required", "never connected")
        for step in (
            credential.action_disconnect,
            credential.action_release,
            lambda: credential.write({"client_secret": "clave2"}),
            lambda: credential.write({"client_id": "b"}),
            lambda: credential.write({"api_url": "https://keys.example.com/v2"}),
            lambda: channel.write({"environment": "test"}),
        ):
            credential.api_url = "https://keys.example.com"
            system.action_connect()
            self.env.invalidate_all()
            self.assertFalse(self.run_flow(channel))
            step()
            self.assertEqual(self.run_flow(channel), "auth_required")
            self.assertFalse(self.run_flow(channel, "orders_invoice"), "calls nobody")
        # Nothing has to be connected.
        other = self.make_channel("fake").sudo()
        other.state = "live"
        self.assertFalse(self.run_flow(other))

    def test_a_new_secret_may_be_another_account_s(self):
        channel = self.make_channel("fake_keys", client_id="a", client_secret="clave1")
        channel.action_connect()
        credential = channel._get_credential()
        credential.client_secret = "clave1"
        self.assertEqual(credential.state, "connected", "the same again")
        credential.client_secret = "clave2"
        self.assertEqual(credential.state, "none")
        self.answers["GET", "/me"] = (200, {"id": "78", "name": "OTRA"})
        with self.assertRaisesRegex(UserError, "belongs to the account LOJA"):
            channel.action_connect()

    def test_refused_keys_need_a_person(self):
        channel = self.make_channel("fake_keys", client_id="a", client_secret="clave1")
        channel.action_connect()
        self.env.invalidate_all()
        system, channel = channel, channel.sudo()
        channel.state = "live"
        for _turn in range(2):
            refused = self.run_flow(channel, error=AuthRequired("401"))
            self.assertEqual(refused, "auth_required")
        self.assertEqual(channel.connection_state, "reauthorise")
        self.assertEqual(len(channel.activity_ids), 1)
        system.action_connect()
        self.env.invalidate_all()
        self.assertFalse(self.run_flow(channel))
        self.assertEqual(channel.connection_state, "connected")

    def test_keys_must_be_there(self):
        for provider in ("fake_keys", "fake_oauth", "fake"):
            with self.subTest(provider), self.assertRaises(UserError):
                self.make_channel(provider).action_connect()
        channel = self.make_channel(
            "fake_oauth", client_id="9", client_secret="s", api_url=False
        )
        with self.assertRaisesRegex(UserError, "addresses"):
            channel.action_connect()
        manager = new_test_user(
            self.env, "gestora", "channel_base.group_channel_manager"
        )
        channel = self.make_channel("fake_keys", client_secret="clave1")
        with self.assertRaises(AccessError):
            channel.with_user(manager).action_connect()
        self.assertFalse(self.asked)

    def test_a_token_that_nothing_renews(self):
        channel = self.make_channel("fake_oauth", client_id="9", client_secret="clave2")
        credential = channel._get_credential()
        self.assertTrue(
            credential.redirect_url.endswith("/channel/fake_oauth/callback")
        )
        self.assertFalse(credential.notification_url)
        url = urlsplit(channel.action_connect()["url"])
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.assertEqual(url.path, "/apps/9/authorize")
        self.assertEqual(query["scope"], "read")
        self.assertEqual(query["redirect_uri"], credential.redirect_url)
        self.answers["POST", "/oauth/token"] = (200, {"access_token": "largo"})
        self.env.flush_all()
        self.authenticate("sistema", "sistema")
        back = f"/channel/fake_keys/callback?code=c&state={query['state']}"
        self.assertEqual(self.url_open(back).status_code, 400)
        back = back.replace("fake_keys", "fake_oauth")
        answer = self.url_open(back, allow_redirects=False)
        self.assertEqual(answer.status_code, 303, answer.text)
        self.env.invalidate_all()
        self.assertEqual(credential.state, "connected")
        self.assertEqual(self.asked[-1].headers["X-Token"], "largo")
        token = credential._get_token_provider()
        self.assertEqual(token(), "largo")
        self.assertFalse(credential.refresh_token or credential.expires_at)
        # Refused one day: nothing renews it, a person has to connect again.
        # Not assertRaises, which undoes what was written.
        try:
            token("largo")
            self.fail("a refused token was given again")
        except AuthRequired:
            self.env.invalidate_all()
        self.assertEqual(credential.state, "reauthorise")

    def test_addresses_of_nobody(self):
        self.authenticate("sistema", "sistema")
        for name in ("nobody", "oauth", "False", "fake.oauth", "%00", "x" * 3000):
            with self.subTest(name=name[:20]):
                answer = self.url_open(f"/channel/{name}/callback?state=x")
                self.assertEqual(answer.status_code, 404)
                answer = self.url_open(f"/channel/{name}/notifications", data="{}")
                self.assertEqual(answer.status_code, 404)
        # It is a provider, and notifies nobody.
        answer = self.url_open("/channel/fake/notifications", data="{}")
        self.assertEqual(answer.status_code, 404)

    def test_a_signed_notification(self):
        channel = self.make_channel("fake_keys", client_secret="clave1").sudo()
        self.assertIn("/channel/fake_keys/notifications", channel.notification_url)
        channel._get_credential().write({"state": "connected", "account_id": "77"})
        channel.state = "live"
        hints = self.env["sale.channel.hint"]
        body = json.dumps({"shop": "77", "order": "F1"}).encode()
        good = hmac.new(b"clave1", body, "sha256").hexdigest()
        for signature in ("", "0" * 64, "\xe9", good[:-1], None):
            with self.subTest(signature=signature):
                self.assertEqual(self.notify(body, signature), 200)
                self.assertFalse(hints.search([]))
        self.assertEqual(self.notify(b"[]", good), 400)
        self.assertEqual(self.notify(body, good), 200)
        hint = hints.search([])
        self.assertEqual((hint.channel_id, hint.resource), (channel, "F1"))

    def test_what_a_provider_stumbles_over(self):
        channel = self.make_channel("fake_keys", client_secret="clave1").sudo()
        channel._get_credential().write({"state": "connected", "account_id": "77"})
        channel.state = "live"
        for body in (
            b"[" * 60_000,
            b"\0",
            b"{}",
            b"null",
            b"7",
            b"\xff",
            b'{"shop": "77", "order": "a\\u0000b"}',
            b'{"shop": "7\\u0000", "order": "F1"}',
            b'{"shop": "\\ud800", "order": "F1"}',
            b'{"shop": true, "order": "F1"}',
            b'{"shop": [], "order": "F1"}',
            b'{"shop": "77", "order": {}}',
            json.dumps({"shop": "77", "order": "x" * 129}).encode(),
            b'{"shop": ' + b"9" * 5000 + b', "order": "F1"}',
        ):
            with self.subTest(body=body[:40]):
                signature = hmac.new(b"clave1", body, "sha256").hexdigest()
                self.assertEqual(self.notify(body, signature), 400)
        with patch(f"{WEBHOOK}._logger") as logger:
            self.notify(b"[" * 60_000, "")
        self.assertNotIn("exc_info", logger.info.call_args.kwargs)
        self.assertEqual(len(logger.method_calls), 1)
        self.assertFalse(self.env["sale.channel.hint"].search([]))

    def test_a_check_that_stumbles_believes_nothing(self):
        channel = self.make_channel("fake_keys", client_secret="clave1").sudo()
        channel._get_credential().write({"state": "connected", "account_id": "77"})
        channel.state = "live"
        body = b'{"shop": 77, "order": 5}'

        def stumble(*_args):
            raise KeyError("X-Signature")

        provider = type(channel._get_provider())
        with (
            patch.object(provider, "_check_notification", stumble),
            mute_logger("odoo.addons.channel_base.models.sale_channel_hint"),
        ):
            self.assertEqual(self.notify(body, ""), 200)
        self.assertFalse(self.env["sale.channel.hint"].search([]))
        # Numbers are the keys that they are in text.
        good = hmac.new(b"clave1", body, "sha256").hexdigest()
        self.assertEqual(self.notify(body, good), 200)
        self.assertEqual(self.env["sale.channel.hint"].search([]).resource, "5")

    def test_an_account_with_a_number(self):
        channel = self.make_channel("fake_keys", client_id="a", client_secret="clave1")
        self.answers["GET", "/me"] = (200, {"id": 77, "name": None})
        for _time in range(2):
            channel.action_connect()
            self.env.invalidate_all()
        credential = channel._get_credential()
        self.assertEqual((credential.account_id, credential.account_name), ("77", "77"))

    def test_the_account_that_the_token_names(self):
        channel = self.make_channel("fake_oauth", client_id="9", client_secret="clave2")
        provider, credential = channel._get_provider(), channel._get_credential()
        asked = []

        def fetch(_provider, _channel, _credential, token):
            asked.append(token.account)
            return Account(account)

        token = {"access_token": "largo", "user_id": 77}
        self.answers["POST", "/oauth/token"] = (200, token)
        with (
            patch.object(type(provider), "_fetch_account", fetch),
            patch.object(TokenClient, "account_field", "user_id"),
        ):
            account = "78"
            with self.assertRaisesRegex(Rejected, "account_mismatch"):
                provider._finish_connection(channel, credential, "code")
            account = "77"
            provider._finish_connection(channel, credential, "code")
            self.env.invalidate_all()
            provider._check_connection(channel)
        self.assertEqual(asked, ["77"] * 3)
        self.assertEqual((credential.account_id, credential.state), ("77", "connected"))

    def test_without_a_secret_nothing_is_signed(self):
        channel = self.make_channel("fake_keys", client_secret=False).sudo()
        channel._get_credential().write({"state": "connected", "account_id": "77"})
        channel.state = "live"
        body = json.dumps({"shop": "77", "order": "F1"}).encode()
        self.notify(body, hmac.new(b"", body, "sha256").hexdigest())
        self.assertFalse(self.env["sale.channel.hint"].search([]))

    def notify(self, body, signature):
        headers = {"Content-Type": "application/json"}
        if signature is not None:
            headers["X-Signature"] = signature
        self.env.flush_all()
        answer = self.url_open(
            "/channel/fake_keys/notifications", data=body, headers=headers
        )
        self.env.invalidate_all()
        return answer.status_code

    def test_without_a_provider(self):
        channel = self.env["sale.channel"].create({"name": "Sin proveedor"})
        self.assertFalse(channel.flow_ids or channel._get_credential())
        self.assertFalse(channel.notification_url or channel.order_slots)
        self.assertFalse(channel._get_flow_specs())
        self.assertEqual(channel.provider_name, "Channel")
        with self.assertRaises(UserError):
            channel.action_test_connection()
        self.assertFalse(self.env["sale.channel"]._get_provider())

    def test_each_of_a_customer_s_pages_can_be_reached(self):
        customer = self.env["res.partner"].create({"name": "Lucía"})
        for number, provider in enumerate(("fake", "fake_keys", "fake"), 1):
            self.env["sale.channel.partner"].create(
                {
                    "channel_id": self.make_channel(provider).id,
                    "external_id": f"U{number}",
                    "nickname": f"<b>LU{number}</b>",
                    "partner_id": customer.id,
                }
            )
            if number == 1:
                self.assertFalse(customer.channel_profile_links)
            customer.invalidate_recordset()
        plain = new_test_user(self.env, "plana", "base.group_user")
        customer = customer.with_user(plain)
        self.assertEqual(customer.channel_profile_provider, "Fake")
        page = "https://fake.example.com/users/U"
        self.assertEqual(customer.action_view_buyer_profile()["url"], f"{page}1")
        links = customer.channel_profile_links
        self.assertEqual(links.count("<a "), 2)
        self.assertIn(f'href="{page}3"', links)
        self.assertNotIn("<b>", links)

    def test_a_provider_that_is_uninstalled(self):
        channel = self.make_channel("fake_keys", client_secret="clave1").sudo()
        channel.write({"state": "live", "active": False})
        crons = channel.flow_ids.cron_id
        self.assertTrue(crons)
        leave_provider(self.env, "fake_keys")
        self.assertFalse(channel.flow_ids or channel._get_credential())
        self.assertFalse(crons.exists())
        self.assertEqual(channel.state, "paused")
