import base64
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, new_test_user, tagged

from ..lib.certificate import load_certificate, load_key, make_key
from ..lib.errors import ArcaError
from .common import COMPANY_CUIT, KEY, PadronCase, make_certificate, person

PLAIN = NoEncryption()
SELLER = "base.group_user,base.group_partner_manager"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestCertificate(PadronCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "sol", "base.group_system,account.group_account_manager"
        )

    def _new(self, **values):
        return (
            self.env["l10n_ar.arca.certificate"]
            .with_user(self.admin)
            .create({"company_id": self.company.id, **values})
        )

    def _import(self, certificate, content, **values):
        wizard = self.env["l10n_ar.arca.certificate.import"].with_user(self.admin)
        made = wizard.create(
            {
                "certificate_id": certificate.id,
                "file": base64.b64encode(content),
                **values,
            }
        )
        made.action_import()
        return made

    def _code(self, certificate):
        with self.assertRaises(ArcaError) as caught:
            certificate._get_registry()
        return caught.exception.code

    def setUp(self):
        super().setUp()
        self.admin.write(
            {"company_ids": [(4, self.company.id)], "company_id": self.company.id}
        )

    def test_request_and_certificate(self):
        record = self._new()
        self.assertEqual(record.state, "new")
        self.assertEqual(record.represented_cuit, COMPANY_CUIT)
        record.action_make_request()
        self.assertEqual(record.state, "request")
        request = x509.load_pem_x509_csr(record.request.encode())
        self.assertIn(f"CUIT {COMPANY_CUIT}", request.subject.rfc4514_string())
        key = record.private_key
        wizard = self._import(record, make_certificate(key).encode())
        self.assertEqual(record.state, "valid")
        self.assertEqual((record.cuit, record.private_key), (COMPANY_CUIT, key))
        self.assertFalse(wizard.file or wizard.key_file or wizard.password)
        self.assertTrue(record._get_registry())
        with self.assertRaises(UserError):
            record.action_make_request()

    def test_pkcs12(self):
        key = make_key()
        content = pkcs12.serialize_key_and_certificates(
            b"odoo",
            load_key(key),
            load_certificate(make_certificate(key)),
            None,
            PLAIN,
        )
        record = self._new()
        self._import(record, content)
        self.assertEqual(record.private_key, key)

    def test_authority_first_and_key_apart(self):
        key, authority = make_key(), make_key()
        der = load_key(key).private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN)
        chain = make_certificate(authority) + make_certificate(key)
        record = self._new()
        self._import(record, chain.encode(), key_file=base64.b64encode(der))
        self.assertEqual(record.private_key, key)
        # The two files the other way round.
        record = self._new()
        self._import(record, der, key_file=base64.b64encode(chain.encode()))
        self.assertEqual(record.private_key, key)
        self.assertTrue(record._get_registry())

    def test_test_without_a_number(self):
        """The certificate's own number counts; without any it says so."""
        self.taxpayers[COMPANY_CUIT] = person(COMPANY_CUIT, "30", name="Own SA")
        own = self.certificate.with_user(self.admin)
        own.represented_cuit = False
        self.assertIn("Own SA", own.action_test()["params"]["message"])
        own.sudo().cuit = False
        with self.assertRaisesRegex(UserError, "in whose name"):
            own.action_test()
        with self.assertRaisesRegex(UserError, "in whose name"):
            self._make_partner("30500010912").action_l10n_ar_padron_update()

    def test_refused(self):
        record = self._new()
        record.action_make_request()
        day = fields.Datetime.now() - timedelta(days=10)
        for content, word in (
            (make_certificate(KEY).encode(), "another key"),
            (
                make_certificate(record.private_key, days=5, start=day).encode(),
                "expired",
            ),
            (b"garbage", "cannot be read"),
            (record.private_key.encode(), "not a certificate"),
            (b"", "Choose"),
        ):
            with self.assertRaises(UserError) as caught:
                self._import(record, content)
            self.assertIn(word, str(caught.exception))
            self.assertNotIn("PRIVATE KEY", str(caught.exception))
        self.assertEqual(record.state, "request")

    def test_nothing_stays_of_a_failed_upload(self):
        record = self._new()
        record.action_make_request()
        upload = {
            "certificate_id": record.id,
            "file": base64.b64encode(b"garbage"),
            "key_file": base64.b64encode(KEY.encode()),
            "password": "hush",
        }
        for values in (upload, {**upload, "file": b"A"}):
            # As the web client does: stored by a request of its own, then the button.
            wizard = self.env["l10n_ar.arca.certificate.import"].with_user(self.admin)
            wizard = wizard.create(values)
            self.env.flush_all()
            with self.subTest(file=values["file"]):
                # Not assertRaises, which would roll the cursor of the wiping back.
                try:
                    wizard.action_import()
                except UserError as error:
                    self.assertIn("cannot be read", str(error))
                else:
                    self.fail("it was accepted")
                self.env.invalidate_all()
                self.assertTrue(wizard.exists())
                self.assertFalse(wizard.file or wizard.key_file or wizard.password)
                files = self.env["ir.attachment"].sudo()
                kept = files.search_count([("res_model", "=", wizard._name)])
                self.assertFalse(kept)

    def test_the_next_one_takes_over(self):
        key = make_key()
        start = fields.Datetime.now() - timedelta(days=690)
        self.certificate._install(key, make_certificate(key, days=700, start=start))
        self.assertEqual(self.certificate.state, "expiring")
        record = self._new(environment="homologation")
        record._install(KEY, make_certificate(KEY))
        self.assertEqual(self.company.sudo().l10n_ar_arca_certificate_id, record)
        third = self._new(environment="homologation")
        third._install(KEY, make_certificate(KEY))
        self.assertEqual(self.company.sudo().l10n_ar_arca_certificate_id, record)

    def test_expired_in_use(self):
        self.certificate.sudo().valid_to = fields.Datetime.now()
        self.assertEqual(self._code(self.certificate), "certificate_expired")

    def test_copy_of_the_database(self):
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "another")
        self.assertEqual(self._code(self.certificate), "database_copied")
        self.certificate.with_user(self.admin).action_use_here()
        self.assertTrue(self.certificate._get_registry())

    def test_neutralised(self):
        self.certificate._get_registry()
        wizard = self.env["l10n_ar.arca.certificate.import"].create(
            {"certificate_id": self.certificate.id, "password": "hush"}
        )
        answer = (
            self.env["l10n_ar.padron.answer"]
            .sudo()
            .create(
                {
                    "number": COMPANY_CUIT,
                    "environment": "test",
                    "fetched_at": fields.Datetime.now(),
                    "checked_at": fields.Datetime.now(),
                    "outcome": "not_found",
                    "raw": "<persona>…</persona>",
                    "content_hash": "x",
                }
            )
        )
        self.env.flush_all()
        for query in get_neutralization_queries(["l10n_ar_padron"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.certificate.sudo().private_key)
        self.assertEqual(self._code(self.certificate), "certificate_missing")
        self.assertFalse(wizard.exists())
        self.assertFalse(answer.raw)

    def test_addresses(self):
        record = self._new(environment="homologation")
        self.assertIn("wsaahomo.", record.wsaa_url)
        record.environment = "production"
        self.assertIn("//wsaa.", record.wsaa_url)
        for url in (
            "http://localhost:8900/x",
            "http://127.0.0.1:8900",
            "http://sandbox:8900/x",
            "https://wsaa.example.com/x",
        ):
            record.wsaa_url = url
        for url in (
            "http://example.com",
            "http://localhost:8900@example.com/",
            "http://localhost.example.com",
            "https://user:word@example.com",
            "https://",
            "ftp://localhost",
            "http://[",
            "",
        ):
            with self.assertRaises(ValidationError):
                record.a13_url = url

    def test_number(self):
        with self.assertRaises(ValidationError):
            self._new(represented_cuit="30714295690")

    def test_warned_once(self):
        self.certificate.sudo().write(
            {
                "valid_to": fields.Datetime.now() + timedelta(days=20),
                "user_id": self.admin.id,
            }
        )
        certificates = self.env["l10n_ar.arca.certificate"].sudo()
        certificates._cron_check_expiry()
        activity = self.certificate.sudo().activity_ids
        self.assertEqual(activity.user_id, self.admin)
        activity.action_done()
        certificates._cron_check_expiry()
        self.assertFalse(self.certificate.sudo().activity_ids)
        self.certificate._install(KEY, make_certificate(KEY, days=15))
        certificates._cron_check_expiry()
        self.assertEqual(len(self.certificate.sudo().activity_ids), 1)

    def test_secrets(self):
        groups = ["account.group_account_manager", SELLER]
        for index, group in enumerate(groups):
            user = new_test_user(self.env, f"user{index}", group)
            user.write(
                {"company_ids": [(4, self.company.id)], "company_id": self.company.id}
            )
            record = self.certificate.with_user(user)
            for action in ("make_request", "use_here", "test"):
                with self.assertRaises(AccessError):
                    getattr(record, f"action_{action}")()
            with self.assertRaises(AccessError):
                record.read(["private_key"])
            with self.assertRaises(UserError):
                record.export_data(["private_key"])
            with self.assertRaises(AccessError):
                self.env["l10n_ar.arca.ticket"].with_user(user).search(
                    [("token", "!=", False)]
                )
            with self.assertRaises(AccessError):
                user.company_id.with_user(user).read(["l10n_ar_arca_certificate_id"])
        with self.assertRaises(AccessError):
            self.env["l10n_ar.arca.ticket"].with_user(self.admin).search_count([])
        shown = self.env["l10n_ar.arca.certificate"].with_user(self.admin)
        self.assertFalse(shown.fields_get()["private_key"]["exportable"])
        self.assertFalse(self.certificate.copy().sudo().private_key)

    def test_views(self):
        """Forms open and save for whom they are meant."""
        accountant = new_test_user(
            self.env,
            "elvio",
            f"account.group_account_manager,{SELLER}",
        )
        seller = new_test_user(self.env, "zulma", SELLER)
        for user in (accountant, seller, self.admin):
            user.write(
                {
                    "company_ids": [(4, self.company.id)],
                    "company_id": self.company.id,
                }
            )
        partner = self._make_partner("30500010912")
        for user in (accountant, seller):
            with Form(partner.with_user(user)) as form:
                form.name = f"Seen by {user.login}"
            shown = partner.with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual(
                "action_l10n_ar_padron_confirm" in shown, user == accountant
            )
        action = self.env.ref("l10n_ar_padron.res_partner_action_work_list")
        for view in action.view_ids.view_id:
            partner.with_user(accountant).get_view(view.id, view.type)
        with Form(self._new()) as form:
            form.alias = "connector"
        for model in ("l10n_ar.padron.answer", "l10n_ar.padron.position"):
            self.env[model].with_user(accountant).get_views(
                [(False, "list"), (False, "form"), (False, "search")]
            )
        settings = self.env["res.config.settings"].with_user(self.admin)
        admin_form = Form(settings.with_company(self.company))
        self.assertEqual(admin_form.l10n_ar_arca_cuit, COMPANY_CUIT)
        move = self.env["account.move"].with_user(accountant)
        Form(move.with_context(default_move_type="out_invoice"))
