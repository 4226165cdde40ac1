from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields, http
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..lib.errors import AuthRequired, Rejected
from ..lib.ratelimit import BURST, sustained
from ..tools.quota import AccountQuota
from .common import ChannelCase

TOKENS = {"access_token": "AT-1", "refresh_token": "RT-1", "expires_in": 3600}


@tagged("post_install", "-at_install")
class TestCredential(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credential = cls.env["sale.channel.credential"].create(
            {
                "channel_id": cls.channel.id,
                "api_url": "https://api.example.com",
                "auth_url": "https://auth.example.com",
                "client_id": "app",
                "client_secret": "hush",
            }
        )

        # A provider that nobody has: the answers that these tests are about
        provider = type(cls.env["sale.channel.provider"])
        for name, answer in (
            (
                "_get_redirect_url",
                lambda _self, channel: channel._get_route("callback"),
            ),
            ("_get_idle_days", lambda _self, _channel: 90),
        ):
            cls.classPatch(provider, name, answer)

    def connect(self, **tokens):
        with self.enter_registry_test_mode():
            self.credential._connect({**TOKENS, **tokens}, "42", "Nick")

    def token(self, stale=None):
        with self.enter_registry_test_mode():
            return self.credential._get_token_provider()(stale)

    def test_only_system_administrators_read_it(self):
        secret = self.credential.with_user(self.admin)
        self.assertEqual(secret.client_secret, "hush")
        for user in (self.manager, self.user):
            with self.assertRaises(AccessError):
                self.credential.with_user(user).read(["client_secret"])
            with self.assertRaises(AccessError):
                self.credential.with_user(user).search([("client_id", "=", "app")])
            with self.assertRaises(AccessError):
                self.channel.with_user(user).read(["credential_ids"])
        exporter = self.channel.with_user(self.manager)
        exporter.export_data(["name"])
        with self.assertRaises(AccessError):
            exporter.export_data(["credential_ids/client_secret"])

    def test_copying_the_channel_copies_no_secret(self):
        self.assertFalse(self.channel.copy().credential_ids)
        other = self.make_channel("Otro", self.company)
        copied = self.credential.copy({"channel_id": other.id})
        for name in ("client_id", "client_secret", "access_token", "refresh_token"):
            self.assertFalse(copied[name], name)

    def test_connecting_shows_on_the_channel(self):
        self.assertEqual(self.channel.connection_state, "none")
        self.connect()
        channel = self.channel.with_user(self.user)
        self.assertEqual(
            (channel.connection_state, channel.account_name), ("connected", "Nick")
        )
        self.assertEqual(self.credential.account_id, "42")
        self.assertEqual(self.token(), "AT-1")

    def test_a_new_address_or_application_forgets_the_tokens(self):
        for name, value in (
            ("api_url", "https://elsewhere.example.com"),
            ("auth_url", "https://elsewhere.example.com"),
            ("client_id", "another"),
        ):
            with self.subTest(field=name):
                self.connect()
                self.credential.write({name: value})
                self.assertEqual(self.credential.state, "none")
                for secret in ("access_token", "refresh_token"):
                    self.assertFalse(self.credential[secret], secret)
                with self.assertRaises(AuthRequired):
                    self.token()

    def test_the_same_values_again_keep_the_tokens(self):
        self.connect()
        self.credential.write(
            {"api_url": "https://api.example.com", "client_secret": "changed"}
        )
        self.assertEqual(self.credential.access_token, "AT-1")

    def test_disconnecting(self):
        self.connect()
        self.credential.with_user(self.admin).action_disconnect()
        with self.assertRaises(AuthRequired):
            self.token()

    def test_only_safe_addresses(self):
        for name in ("api_url", "auth_url", "web_url"):
            for url in (
                "http://api.example.com",
                "ftp://api.example.com",
                "http://localhost.evil.example.com",
                "javascript:alert(1)",
            ):
                with (
                    self.subTest(field=name, url=url),
                    self.assertRaises(ValidationError),
                ):
                    self.credential.write({name: url})
        self.credential.api_url = "http://127.0.0.1:8099"

    def test_a_copy_of_the_database_is_refused(self):
        self.connect()
        self.env["ir.config_parameter"].set_param("database.uuid", "a-copy")
        with self.assertRaises(Rejected) as caught:
            self.token()
        self.assertEqual(caught.exception.code, "database_copied")

    def test_a_restored_copy_keeps_the_uuid_and_is_refused(self):
        self.connect()
        place = self.credential.database_place
        self.assertRegex(place, r"^\d+/\d+$")
        self.assertFalse(self.channel.notice)
        with patch.object(type(self.credential), "_get_database_place") as found:
            found.return_value = f"{place}1"
            error = self.error_of(Rejected, self.token)
            self.assertEqual(error.code, "database_copied")
            self.channel.invalidate_recordset(["notice"])
            self.assertIn("copy", self.channel.with_user(self.user).notice)
            self.assertTrue(self.credential.is_copied)
            # Nobody but an administrator says that it is the only one.
            with self.assertRaises(AccessError):
                self.credential.with_user(self.manager).action_use_here()
            self.credential.with_user(self.admin).action_use_here()
            self.assertEqual(self.token(), "AT-1")
            found.return_value = ""
            self.assertEqual(self.token(), "AT-1", "the server does not tell")
        self.assertFalse(self.credential.copy({"environment": "test"}).database_place)

    def test_a_connection_from_before_is_believed(self):
        self.connect()
        self.credential.database_place = False
        self.assertEqual(self.token(), "AT-1")

    def test_the_address_stays_once_the_channel_knows_it(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.base.url", "https://odoo.example.com")
        parameters.set_param("web.base.url.freeze", False)
        self.connect()
        self.assertEqual(self.credential.registered_url, "https://odoo.example.com")
        self.assertTrue(parameters.get_param("web.base.url.freeze"))
        self.assertFalse(self.channel.notice)
        parameters.set_param("web.base.url", "https://evil.example.net")
        for _day in range(2):
            self.env["sale.channel.credential"]._cron_check_expiry()
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.channel.invalidate_recordset(["notice"])
        for text in (self.channel.notice, self.channel.activity_ids.note):
            self.assertIn("https://evil.example.net", text)
            self.assertIn("https://odoo.example.com", text)
        self.credential.action_disconnect()
        self.channel.invalidate_recordset(["notice"])
        self.assertFalse(self.channel.notice)

    def test_other_databases_at_the_address(self):
        self.connect()
        own = self.env.cr.dbname
        for databases, told in (
            ([own], False),
            ([own, "other"], True),
            (["other"], True),
            ([], False),
        ):
            self.channel.invalidate_recordset(["notice"])
            with self.subTest(databases=databases), patch.object(http, "db_list") as db:
                db.return_value = databases
                self.assertEqual("dbfilter" in (self.channel.notice or ""), told)
                host = urlsplit(self.credential.registered_url).netloc
                db.assert_called_once_with(force=True, host=host)

    def test_text_from_outside_is_text_in_an_activity(self):
        self.channel._alert("x", '<img src="//evil.example.net">\n<b>no</b>')
        note = self.channel.activity_ids.note
        self.assertNotIn("<img", note)
        self.assertNotIn("<b>", note)
        self.assertEqual(
            html2plaintext(note), '<img src="//evil.example.net">\n<b>no</b>'
        )

    def test_an_expired_token_without_renewal_needs_a_person(self):
        self.connect()
        self.credential.sudo().write(
            {
                "refresh_token": False,
                "expires_at": fields.Datetime.now() - timedelta(minutes=1),
            }
        )
        for _turn in range(2):
            self.error_of(AuthRequired, self.token)
        self.env.invalidate_all()
        self.assertEqual(self.channel.connection_state, "reauthorise")
        self.assertEqual(len(self.channel.activity_ids), 1)

    def test_a_live_token_is_not_renewed(self):
        self.connect()
        self.assertEqual(self.token(), "AT-1")
        self.assertEqual(self.credential.renewal_count, 1)

    def test_the_credential_follows_the_environment(self):
        test = self.env["sale.channel.credential"].create(
            {"channel_id": self.channel.id, "environment": "test"}
        )
        self.assertEqual(self.channel._get_credential(), self.credential)
        self.channel.environment = "test"
        self.assertEqual(self.channel._get_credential(), test)

    def test_a_forgotten_account_is_told_once(self):
        self.connect()
        self.credential.sudo().renewed_at = fields.Datetime.now() - timedelta(days=91)
        for _day in range(3):
            self.env["sale.channel.credential"]._cron_check_expiry()
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.assertIn("90 days", self.channel.activity_ids.note)

    def test_an_access_that_does_not_end_gives_no_alarm(self):
        long_ago = fields.Datetime.now() - timedelta(days=900)
        for tokens, days in (({"refresh_token": None}, 90), ({}, None)):
            self.connect(**tokens)
            self.credential.sudo().renewed_at = long_ago
            with (
                self.subTest(tokens=tokens),
                patch.object(
                    type(self.env["sale.channel.provider"]), "_get_idle_days"
                ) as idle,
            ):
                idle.return_value = days
                self.env["sale.channel.credential"]._cron_check_expiry()
                self.assertFalse(self.channel.activity_ids)

    def test_no_life_is_too_long(self):
        for lives in (10**18, 253402300799, 0, 3600.0, -1, "soon", None):
            with self.subTest(lives=lives):
                self.connect(expires_in=lives)
                self.assertEqual(self.token(), "AT-1")

    def test_a_renewal_without_a_refresh_token_keeps_the_former(self):
        """RFC 6749 §6; a service that sends one has spent the former."""
        self.connect()
        renewed = []

        def renew(_self, _channel, values):
            renewed.append(values["refresh_token"])
            successor = {2: "RT-2"}.get(len(renewed), "")
            return {"access_token": f"AT-{len(renewed)}", "refresh_token": successor}

        self.patch(type(self.env["sale.channel.provider"]), "_renew_token", renew)
        stale = "AT-1"
        for turn in range(1, 5):
            self.credential.sudo().access_token = stale = f"old-{turn}"
            self.assertEqual(self.token(stale), f"AT-{turn}")
        self.assertEqual(renewed, ["RT-1", "RT-1", "RT-2", "RT-2"])
        self.assertEqual(self.credential.refresh_token, "RT-2")
        # What a person has just granted has nothing to do with what was before.
        self.connect(refresh_token="")
        self.assertFalse(self.credential.refresh_token)

    def test_an_address_that_nobody_registers_is_not_kept(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.base.url.freeze", False)
        provider = type(self.env["sale.channel.provider"])
        self.patch(provider, "_get_redirect_url", lambda _self, _channel: False)
        self.connect()
        self.assertFalse(self.credential.registered_url)
        self.assertFalse(parameters.get_param("web.base.url.freeze"))

    def test_the_quota_s_row(self):
        quota = AccountQuota(self.env.cr.dbname, self.channel.id, "production")
        self.assertFalse(quota._lock(self.env.cr))
        for _process in range(2):
            quota._make(self.env.cr, 10.0)
        bucket, now = quota._lock(self.env.cr)
        self.assertEqual((bucket.rate, bucket.maximum), (10, 10))
        self.assertEqual((bucket.tokens, bucket.blocked_until), (BURST, 0))
        self.assertLess(abs(now - bucket.counted_at), 5)
        bucket.throttle(now, 60)
        quota._store(self.env.cr, bucket)
        self.assertEqual(quota._lock(self.env.cr)[0], bucket)
        row = self.channel.with_user(self.user).quota_ids
        self.assertEqual((row.maximum, row.rate, row.tokens), (600, 300, 0))
        left = row.blocked_until - fields.Datetime.now()
        self.assertLess(abs(left.total_seconds() - 60), 5)
        # What is over is not shown.
        bucket.refill(now + 61)
        quota._store(self.env.cr, bucket)
        row.invalidate_recordset()
        self.assertFalse(row.blocked_until)

    def test_a_channel_that_is_not_committed_has_no_row(self):
        """Nobody else can see it; the process limits itself, and nothing breaks."""
        limiter = self.channel._get_limiter()
        self.assertIs(self.channel._get_limiter(), limiter)
        self.assertEqual(limiter.maximum, sustained(600) / 60)
        for _call in range(BURST):
            self.assertEqual(limiter.acquire(0.0), 0.0)
        self.assertGreater(limiter.acquire(0.0), 0.0)
        limiter.throttled(60)
        self.assertGreater(limiter.acquire(10.0), 50.0)
        self.assertFalse(self.channel.quota_ids)
