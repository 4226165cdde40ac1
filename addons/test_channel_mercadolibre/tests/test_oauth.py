"""Connecting an account: from the button to the tokens."""

import base64
import hashlib
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import requests

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.test_channel.tests.common import AlwaysInTestMode, FlowCase

from .common import (
    APP_ID,
    BRAZILIAN_SELLER,
    OTHER_SELLER,
    SELLER,
    SandboxMixin,
)

CALLBACK_PATH = "/channel/mercadolibre/callback"
OPERATOR = 1893456999


@tagged("post_install", "-at_install")
class TestOAuth(AlwaysInTestMode, SandboxMixin, FlowCase, HttpCase):
    provider = "mercadolibre"

    def setUp(self):
        super().setUp()
        self.start_sandbox()
        self.credential = self.use_sandbox(self.channel)
        self.admin = self.make_user(
            "sistema", "base.group_system", "channel_base.group_channel_manager"
        )
        self.make_user("gestora", "channel_base.group_channel_manager")
        self.redirect = self.base_url() + CALLBACK_PATH
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.control(f"apps/{APP_ID}", {"add_redirect_uris": [self.redirect]})
        self.authenticate("sistema", "sistema")

    def start(self, channel=None):
        """Press Connect; the address of MercadoLibre's page."""
        action = (channel or self.channel).with_user(self.admin).action_connect()
        self.env.flush_all()
        self.assertEqual(
            (action["type"], action["target"]), ("ir.actions.act_url", "self")
        )
        return action["url"]

    def grant(self, url, account=SELLER):
        """What the browser does on MercadoLibre; the address it comes back to."""
        page = requests.get(url, timeout=10)
        self.assertEqual(page.status_code, 200, page.text)
        ticket = re.search(r"ticket=([0-9a-f]+)", page.text)[1]
        answer = requests.get(
            f"{self.sandbox.url}/authorization/allow",
            params={"ticket": ticket, "account": account},
            allow_redirects=False,
            timeout=10,
        )
        self.assertEqual(answer.status_code, 302, answer.text)
        return answer.headers["Location"]

    def come_back(self, location):
        answer = self.url_open(
            location.removeprefix(self.base_url()), allow_redirects=False
        )
        self.env.invalidate_all()
        return answer

    def assert_refused(self, answer):
        self.assertEqual(answer.status_code, 400, answer.text)
        self.assertIn("was not connected", answer.text)
        self.assertNotEqual(self.credential.state, "connected")
        self.assertFalse(self.credential.access_token)

    def test_the_address_carries_pkce_and_a_state(self):
        parts = urlsplit(self.start())
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.assertEqual(parts.path, "/authorization")
        self.assertEqual(query["redirect_uri"], self.redirect)
        self.assertEqual(query["client_id"], APP_ID)
        self.assertEqual(query["response_type"], "code")
        self.assertEqual(query["code_challenge_method"], "S256")
        digest = hashlib.sha256(self.credential.oauth_verifier.encode()).digest()
        self.assertEqual(
            query["code_challenge"],
            base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        )
        self.assertEqual(query["state"], self.credential.oauth_state)
        self.assertGreaterEqual(len(query["state"]), 32)
        first = query["state"]
        self.start()
        self.assertNotEqual(self.credential.oauth_state, first)

    def test_connecting(self):
        answer = self.come_back(self.grant(self.start()))
        self.assertEqual(answer.status_code, 303)
        self.assertIn(
            f"/odoo/sales-channels/{self.channel.id}", answer.headers["Location"]
        )
        self.assertEqual(self.credential.state, "connected")
        self.assertEqual(self.credential.account_id, str(SELLER))
        self.assertEqual(self.channel.account_name, "BAZAR_PAMPALEN")
        self.assertTrue(self.credential.access_token and self.credential.refresh_token)
        self.assertFalse(self.credential.oauth_state or self.credential.oauth_verifier)
        action = self.channel.action_test_connection()
        self.assertEqual(action["params"]["type"], "success", action)
        self.assertIn("BAZAR_PAMPALEN", action["params"]["message"])

    def test_no_token_in_what_the_browser_sees(self):
        answer = self.come_back(self.grant(self.start()))
        shown = answer.text + str(answer.headers)
        for secret in ("access_token", "refresh_token", "client_secret"):
            self.assertNotIn(self.credential[secret], shown)

    def test_a_forged_state(self):
        location = self.grant(self.start())
        state = self.credential.oauth_state
        for forged in ("x" * 43, "", state[:-1], state + "a", "é", "y" * 9000):
            answer = self.come_back(re.sub(r"state=[^&]*", f"state={forged}", location))
            self.assert_refused(answer)
        # The true one still works afterwards.
        self.assertEqual(self.come_back(location).status_code, 303)

    def test_a_replay(self):
        location = self.grant(self.start())
        self.assertEqual(self.come_back(location).status_code, 303)
        tokens = self.credential.access_token
        self.assertEqual(self.come_back(location).status_code, 400)
        self.assertEqual(self.credential.access_token, tokens)

    def test_a_state_works_once_even_when_the_code_is_refused(self):
        self.start()
        location = f"{CALLBACK_PATH}?code=TG-wrong&state={self.credential.oauth_state}"
        self.assert_refused(self.come_back(location))
        self.assertFalse(self.credential.oauth_state)

    def test_too_late(self):
        location = self.grant(self.start())
        self.credential.oauth_started_at = fields.Datetime.now() - timedelta(minutes=16)
        self.env.flush_all()
        self.assert_refused(self.come_back(location))

    def test_somebody_else(self):
        location = self.grant(self.start())
        self.authenticate("gestora", "gestora")
        self.assert_refused(self.come_back(location))
        self.assertTrue(self.credential.oauth_state)
        self.authenticate(None, None)
        answer = self.come_back(location)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])
        self.assertNotEqual(self.credential.state, "connected")

    def test_a_collaborator_cannot_grant(self):
        answer = self.come_back(self.grant(self.start(), OPERATOR))
        self.assert_refused(answer)
        self.assertIn("owner of the account", answer.text)

    def test_the_owner_says_no(self):
        self.start()
        state = self.credential.oauth_state
        answer = self.come_back(f"{CALLBACK_PATH}?error=access_denied&state={state}")
        self.assert_refused(answer)
        answer = self.come_back(
            f"{CALLBACK_PATH}?error=<script>alert(1)</script>&state={state}"
        )
        self.assertNotIn("<script>alert", answer.text)

    def test_an_account_of_another_site(self):
        answer = self.come_back(self.grant(self.start(), BRAZILIAN_SELLER))
        self.assert_refused(answer)
        self.assertIn("MLB", answer.text)

    def test_an_account_that_another_channel_has(self):
        self.come_back(self.grant(self.start(), OTHER_SELLER))
        other = self.make_channel(name="Otro")
        self.credential = self.use_sandbox(other)
        answer = self.come_back(self.grant(self.start(other), OTHER_SELLER))
        self.assert_refused(answer)
        self.assertIn("Canal", answer.text)

    def test_only_administrators_start_it(self):
        manager = self.env["res.users"].search([("login", "=", "gestora")])
        with self.assertRaises(AccessError):
            self.channel.with_user(manager).action_connect()

    def test_it_needs_the_application_s_keys(self):
        self.credential.client_secret = False
        with self.assertRaises(UserError):
            self.channel.with_user(self.admin).action_connect()

    def test_a_revoked_account_needs_a_person(self):
        self.come_back(self.grant(self.start()))
        self.control("tokens/revoke", {})
        action = self.channel.action_test_connection()
        self.assertEqual(action["params"]["type"], "danger", action)
        self.env.invalidate_all()
        self.assertEqual(self.channel.connection_state, "reauthorise")
        self.assertTrue(self.channel.activity_ids)

    def test_an_expired_token_is_renewed(self):
        self.come_back(self.grant(self.start()))
        old = self.credential.access_token
        self.control("tokens/expire", {})
        action = self.channel.action_test_connection()
        self.assertEqual(action["params"]["type"], "success", action)
        self.env.invalidate_all()
        self.assertNotEqual(self.credential.access_token, old)
        self.assertEqual(self.credential.renewal_count, 2)
