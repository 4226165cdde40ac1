import base64
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

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
from ..lib.client import ServiceInfo
from ..lib.errors import ArcaError
from .common import COMPANY_CUIT, KEY, ArcaCase, make_certificate

EXAMPLE = "ws_example"
PLAIN = NoEncryption()
SELLER = "base.group_user,base.group_partner_manager"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestCertificate(ArcaCase):
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
        with self._using_example(), self.assertRaises(ArcaError) as caught:
            certificate._get_client(EXAMPLE)
        return caught.exception.code

    @contextmanager
    def _using_example(self):
        """Inside, some addon asks a service at the address of the login."""
        info = ServiceInfo("Ejemplo", Path("example"), "{urn:x}Binding", "wsaa_url", {})
        kind = type(self.env["l10n_ar.arca.certificate"])
        with patch.object(kind, "_get_services", lambda _record: {EXAMPLE: info}):
            yield

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
        self.assertFalse(record.sudo()._get_own_problem())
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
        self.assertFalse(record.sudo()._get_own_problem())

    def test_test(self):
        """Every service's word is shown; without one the certificate alone counts."""
        own = self.certificate.with_user(self.admin)
        told = ["Example answered."]
        with patch.object(type(own), "_test_services", lambda _record: told):
            self.assertEqual(own.action_test()["params"]["message"], told[0])
            told.clear()
            self.assertIn("can be used", own.action_test()["params"]["message"])
            own.sudo().private_key = False
            with self.assertRaisesRegex(UserError, "has no ARCA certificate"):
                own.action_test()

    def test_in_whose_name(self):
        """The certificate's own number counts; without any it says so."""
        own = self.certificate.sudo()
        with self._using_example():
            own.represented_cuit = False
            self.assertEqual(own._get_client(EXAMPLE).represented, COMPANY_CUIT)
            own.represented_cuit = "20-30567890-3"
            self.assertEqual(own._get_client(EXAMPLE).represented, "20305678903")
            own.write({"represented_cuit": False, "cuit": False})
            self.assertEqual(self._code(own), "represented_missing")

    def test_client_of_no_certificate(self):
        nobody = self.env["l10n_ar.arca.certificate"]
        self.assertEqual(self._code(nobody), "certificate_missing")

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
        self.assertFalse(self.certificate.sudo()._get_own_problem())

    def test_neutralised(self):
        wizard = self.env["l10n_ar.arca.certificate.import"].create(
            {"certificate_id": self.certificate.id, "password": "hush"}
        )
        self.certificate._get_ticket(EXAMPLE)
        tickets = self.env["l10n_ar.arca.ticket"].sudo()
        self.assertTrue(tickets.search_count([("service", "=", EXAMPLE)]))
        self.env.flush_all()
        for query in get_neutralization_queries(["l10n_ar_arca"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.certificate.sudo().private_key)
        self.assertEqual(self._code(self.certificate), "certificate_missing")
        self.assertFalse(wizard.exists())
        self.assertFalse(tickets.search_count([("service", "=", EXAMPLE)]))

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
                record.wsaa_url = url

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
        with Form(self._new()) as form:
            form.alias = "connector"
        settings = self.env["res.config.settings"].with_user(self.admin)
        admin_form = Form(settings.with_company(self.company))
        self.assertEqual(admin_form.l10n_ar_arca_cuit, COMPANY_CUIT)
