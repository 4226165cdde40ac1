import base64
from datetime import timedelta
from io import BytesIO

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from odoo import SUPERUSER_ID, fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..lib.certificate import load_key, make_key

COMPANY = "Empresa con Certificado"
COMPANY_CUIT = "30714295698"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
KEY = make_key()
SIGN = "c2lnbmF0dXJl"


def make_certificate(key_pem, cuit=COMPANY_CUIT, days=700, start=None):
    """A certificate in the shape of ARCA's, signed by its own key."""
    key = load_key(key_pem)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "odoo"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"CUIT {cuit}"),
        ]
    )
    begin = start or fields.Datetime.now() - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def envelope(content):
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{content}</s:Body></s:Envelope>'


def fault(code, message):
    return envelope(
        f"<s:Fault><faultcode>{code}</faultcode>"
        f"<faultstring>{message}</faultstring></s:Fault>"
    )


class ArcaWire:
    """Fakes ARCA's wire: the login, and what a class answers for a service.

    ``replies`` holds what is answered first, to a part of an address: status and
    content. Anything in ``down`` makes every connection fail. ``calls`` tells what was
    asked, ``attempts`` every address that was tried.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calls, cls.down, cls.replies, cls.attempts = [], [], [], []

    @classmethod
    def make_asking(cls, company):
        """Give a company its CUIT and a certificate in use."""
        company.partner_id.write(
            {
                "l10n_latam_identification_type_id": cls.env.ref("l10n_ar.it_cuit").id,
                "vat": COMPANY_CUIT,
            }
        )
        company.l10n_ar_afip_responsibility_type_id = cls.env.ref("l10n_ar.res_IVARI")
        certificate = cls.env["l10n_ar.arca.certificate"].create(
            {"company_id": company.id, "environment": "homologation"}
        )
        certificate._install(KEY, make_certificate(KEY))
        return certificate

    def setUp(self):
        super().setUp()
        for store in (self.calls, self.down, self.replies, self.attempts):
            store.clear()

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if "afip.gov.ar" not in request.url:
            return super()._request_handler(session, request, **kwargs)
        response = requests.Response()
        response.status_code, content = cls._answer(request)
        response.raw = BytesIO(content.encode())
        response.request, response.url = request, request.url
        return response

    @classmethod
    def _answer(cls, request):
        text = request.body if isinstance(request.body, str) else request.body.decode()
        cls.attempts.append(request.url)
        if cls.down:
            raise requests.ConnectTimeout("down")
        if "LoginCms" in request.url:
            cls.calls.append("login")
        for reply in cls.replies:
            part, status, content = reply
            if part in request.url:
                cls.replies.remove(reply)
                return status, content
        if "LoginCms" in request.url:
            return 200, cls._login()
        return cls._answer_service(request.url, text)

    @classmethod
    def _answer_service(cls, url, text):
        """What a web service answers.

        :param text: of the request
        :return: status and content
        """
        raise NotImplementedError

    @classmethod
    def _login(cls):
        sso = (
            "<sso><operation><login><relations>"
            f'<relation key="{COMPANY_CUIT}" reltype="4"/>'
            "</relations></login></operation></sso>"
        )
        expires = (fields.Datetime.now() + timedelta(hours=12)).isoformat()
        ticket = (
            "<loginTicketResponse><header><expirationTime>"
            f"{expires}+00:00</expirationTime></header><credentials><token>"
            f"{base64.b64encode(sso.encode()).decode()}</token><sign>{SIGN}</sign>"
            "</credentials></loginTicketResponse>"
        )
        escaped = ticket.replace("<", "&lt;")
        return envelope(
            f"<loginCmsResponse><loginCmsReturn>{escaped}</loginCmsReturn>"
            "</loginCmsResponse>"
        )


@tagged("post_install", "-at_install", "post_install_l10n")
class ArcaCase(ArcaWire, AccountTestInvoicingCommon):
    """An Argentine company with a certificate."""

    @classmethod
    @AccountTestInvoicingCommon.setup_country("ar")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.certificate = cls.make_asking(cls.company)

    @classmethod
    def prepare(cls, env):
        """Make the company in a database that many classes are tested in."""
        case = type("Prepared", (cls,), {"env": env, "country_code": "AR"})
        case._create_company(name=COMPANY)

    @classmethod
    def setup_independent_company(cls, **kwargs):
        company = cls.env["res.company"].sudo().search([("name", "=", COMPANY)])
        if not company:
            return super().setup_independent_company(**kwargs)
        users = cls.env.user | cls.env["res.users"].browse(SUPERUSER_ID)
        users.sudo().company_ids = [Command.link(company.id)]
        return company.with_env(cls.env)

    def setUp(self):
        super().setUp()
        # Tickets are read and written by cursors of their own.
        self.enterContext(self.enter_registry_test_mode())
