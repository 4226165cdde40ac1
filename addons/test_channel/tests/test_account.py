"""An account belongs to one channel: two would import each purchase twice."""

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import file_path, mute_logger

from odoo.addons.channel_base.lib.errors import Rejected

from .common import FakeCase

TOKENS = {"access_token": "AT-1", "refresh_token": "RT-1", "expires_in": 3600}
MIGRATIONS = "channel_base/migrations/19.0.1.1.0"


@tagged("post_install", "-at_install")
class TestAccount(FakeCase):
    def setUp(self):
        super().setUp()
        self.admin = self.make_user("sistema", "base.group_system")
        self.credential = self.make_credential(self.channel, environment="test")
        self.connect(self.credential)

    def make_credential(self, channel=None, name="Otro", company=None, **values):
        """A credential of another channel, at the same address."""
        channel = channel or self.env["sale.channel"].create(
            {
                "name": name,
                "channel_type": "fake",
                "company_id": (company or self.company).id,
            }
        )
        return self.env["sale.channel.credential"].create(
            {
                "channel_id": channel.id,
                "api_url": "https://api.example.com",
                **values,
            }
        )

    def connect(self, credential, account="42"):
        with self.enter_registry_test_mode():
            credential._connect(TOKENS, account, "Nick")

    def refusal(self, credential, account="42"):
        """Why the account cannot be connected."""
        try:
            self.connect(credential, account)
        except Rejected as error:
            return error
        return self.fail("it was connected")

    def assert_invalid(self, change):
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            change()
        return str(caught.exception)

    def test_whatever_the_environment(self):
        for environment in ("production", "test"):
            other = self.make_credential(
                environment=environment, api_url="https://API.example.com:443/"
            )
            with self.subTest(environment=environment):
                error = self.refusal(other)
                self.assertEqual(error.code, "account_taken")
                self.assertIn("Canal", other.env["sale.channel.text"]._describe(error))
                self.assertEqual(other.state, "none")
                told = self.assert_invalid(
                    lambda one=other: one.write({"account_id": "42"})
                )
                self.assertIn("Canal", told)

    def test_whatever_the_other_channel_s_state(self):
        other = self.make_credential()
        for values in ({"state": "paused"}, {"state": "draft"}, {"active": False}):
            self.channel.write(values)
            with self.subTest(values=values):
                self.assertEqual(self.refusal(other).code, "account_taken")
        self.credential.action_disconnect()
        self.assertEqual(self.refusal(other).code, "account_taken")

    def test_by_whatever_way_it_comes(self):
        other = self.make_credential(api_url="https://sandbox.example.com")
        # The same number elsewhere is another account.
        other.account_id = "42"
        self.assert_invalid(lambda: other.write({"api_url": "https://api.example.com"}))
        plain = self.make_credential(account_id="43")
        self.assert_invalid(lambda: plain.write({"account_id": "42"}))
        self.assert_invalid(lambda: self.make_credential(account_id="42"))
        loose = self.env["sale.channel"].create(
            {"name": "Sin proveedor", "company_id": self.company.id}
        )
        self.make_credential(loose, account_id="42")
        self.assert_invalid(lambda: loose.write({"channel_type": "fake"}))

    def test_the_database_refuses_it_too(self):
        other = self.make_credential()
        accounts = type(self.env["sale.channel.account"])
        self.patch(accounts, "_check_free", lambda *args: None)
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            other.account_id = "42"
            other.flush_recordset()
        self.env.invalidate_all()
        # Both were connected at one moment, and saw nobody.
        self.patch(accounts, "_get_refusal", lambda *args: None)
        with mute_logger("odoo.sql_db"):
            self.assertEqual(self.refusal(other).code, "account_taken_elsewhere")

    def test_both_environments_of_a_channel_may_have_it(self):
        live = self.make_credential(self.channel, environment="production")
        self.connect(live)
        self.env.flush_all()
        self.assertTrue(self.credential.account_key)
        self.assertFalse(live.account_key)
        self.credential.unlink()
        self.env.flush_all()
        self.assertTrue(live.account_key)
        self.assertEqual(self.refusal(self.make_credential()).code, "account_taken")

    def test_whose_it_is_is_told_to_who_may_know(self):
        company = self.env["res.company"].create({"name": "Ajena"})
        other = self.make_credential(company=company)
        stranger = self.make_user("ajena", "base.group_system")
        stranger.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        other = other.with_user(stranger)
        error = other.env["sale.channel.account"]._get_refusal(other, "42")
        self.assertEqual(error.code, "account_taken_elsewhere")
        self.assertNotIn("Canal", other.env["sale.channel.text"]._describe(error))
        told = self.assert_invalid(lambda: other.sudo().write({"account_id": "42"}))
        self.assertNotIn("Canal", told)

    def test_an_account_that_was_released(self):
        other = self.make_credential()
        self.credential.with_user(self.admin).action_release()
        self.assertFalse(self.credential.access_token)
        self.connect(other)
        self.assertEqual(self.refusal(self.credential).code, "account_taken")
        # Its orders are that account's, whoever has it by now.
        self.assertEqual(self.refusal(self.credential, "43").code, "account_changed")
        other.action_release()
        self.connect(self.credential)
        self.assertEqual(self.credential.account_claim, "held")

    def test_a_released_account_has_no_tokens(self):
        self.credential.account_claim = "released"
        self.assertFalse(self.credential.access_token)
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.credential.access_token = "AT-2"
            self.credential.flush_recordset()

    def double(self):
        """Two channels with one account, as an earlier version let them; migrated."""
        other = self.make_credential()
        self.env.flush_all()
        self.env.cr.execute(
            """
            ALTER TABLE sale_channel_credential
                DROP account_claim, DROP account_key;
            UPDATE sale_channel_credential SET account_id = '42', state = 'connected'
             WHERE id = %s
            """,
            [other.id],
        )
        for _turn in range(2):
            for name in ("pre", "post"):
                path = file_path(f"{MIGRATIONS}/{name}-accounts.py")
                load_script(path, f"{name}_accounts").migrate(self.env.cr, "19.0.1.0.0")
                self.env.flush_all()
                self.env.invalidate_all()
        return other

    def test_a_database_that_has_two_says_so_on_both(self):
        other = self.double()
        for one, rival in ((self.credential, other), (other, self.credential)):
            self.assertEqual((one.account_claim, one.account_key), ("doubled", False))
            self.assertIn(rival.channel_id.name, one.channel_id.account_conflict)
            self.assertEqual(len(one.channel_id.activity_ids), 1)
            self.assertIn(rival.channel_id.name, one.channel_id.activity_ids.note)
        # The index stands on what is left.
        self.env.cr.execute(
            "CREATE UNIQUE INDEX again ON sale_channel_credential (account_key)"
        )
        # A third one is refused, and so is connecting one of the two again.
        self.assertEqual(
            self.refusal(self.make_credential(name="C")).code, "account_taken"
        )
        self.assertEqual(self.refusal(other).code, "account_taken")

    def test_two_are_settled_when_one_gives_it_up(self):
        for act in (
            lambda one: one.action_release(),
            lambda one: one.unlink(),
            lambda one: one.write({"account_id": "43"}),
            lambda one: one.write({"api_url": "https://sandbox.example.com"}),
            lambda one: one.channel_id.unlink(),
            lambda one: one.channel_id.write({"channel_type": False}),
        ):
            with self.cr.savepoint() as savepoint:
                other = self.double()
                act(other)
                self.env.flush_all()
                self.assertEqual(self.credential.account_claim, "held")
                self.assertTrue(self.credential.account_key)
                self.assertFalse(self.channel.account_conflict)
                self.assertNotEqual(other.exists().account_claim, "doubled")
                savepoint.rollback()
            self.env.invalidate_all()

    def test_nobody_declares_an_account_doubled(self):
        values = {"account_claim": "doubled", "account_id": "42"}
        other = self.make_credential().with_user(self.admin)
        self.assert_invalid(lambda: other.write(values))
        self.assert_invalid(lambda: self.make_credential(**values))
