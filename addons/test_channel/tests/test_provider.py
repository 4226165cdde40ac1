"""Providers of every kind of access, over HTTP: only their wire is fake."""

import hmac
import io
import json
from contextlib import nullcontext
from urllib.parse import parse_qs, urlsplit

import requests

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.channel_base.lib.auth import Basic
from odoo.addons.channel_base.lib.errors import AuthRequired
from odoo.addons.channel_base.tools.uninstall import leave_provider

ME = {"id": "77", "name": "LOJA"}


@tagged("post_install", "-at_install")
class TestProvider(HttpCase):
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

    def enter_registry_test_mode(self):
        # A test with a browser is in that mode all the time.
        self.env.flush_all()
        return nullcontext()

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
