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

COMPANY = "Empresa con Padrón"
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


def person(number, taxes="", *, simple="", error="", name="Aconcagua SA", key="CUIT"):
    """A ``persona``: the tax ids of the general regime, or an error alone."""
    if error:
        return (
            f"<errorConstancia><error>{error}</error><idPersona>{number}</idPersona>"
            "</errorConstancia>"
        )
    general = (
        "<datosGenerales><domicilioFiscal><codPostal>1406</codPostal>"
        "<descripcionProvincia>CIUDAD AUTONOMA BUENOS AIRES</descripcionProvincia>"
        "<direccion>LOS ÑIRES 742</direccion><idProvincia>0</idProvincia>"
        "</domicilioFiscal><estadoClave>ACTIVO</estadoClave>"
        f"<idPersona>{number}</idPersona><razonSocial>{name}</razonSocial>"
        f"<tipoClave>{key}</tipoClave><tipoPersona>JURIDICA</tipoPersona>"
        "</datosGenerales>"
    )
    if simple:
        general += f"<datosMonotributo>{_taxes(simple)}</datosMonotributo>"
    return general + f"<datosRegimenGeneral>{_taxes(taxes)}</datosRegimenGeneral>"


def _taxes(codes):
    return "".join(
        "<impuesto><descripcionImpuesto>X</descripcionImpuesto>"
        f"<estadoImpuesto>AC</estadoImpuesto><idImpuesto>{code}</idImpuesto></impuesto>"
        for code in codes.split()
    )


class PadronWire:
    """Fakes ARCA's wire: login and registry.

    ``taxpayers`` maps a CUIT to the inner XML of its ``persona``, ``documents`` a DNI
    to its numbers. ``replies`` holds what is answered first, to a part of an address:
    status and content. Anything in ``down`` makes every connection fail. ``calls``
    tells what was asked, ``attempts`` every address that was tried.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxpayers, cls.documents = {}, {}
        cls.calls, cls.down, cls.replies, cls.attempts = [], [], [], []
        cls.responsibilities = {
            record.code: record
            for record in cls.env["l10n_ar.afip.responsibility.type"].search(
                [("code", "!=", False)]
            )
        }

    @classmethod
    def make_asking(cls, company):
        """Give a company its CUIT and a certificate in use."""
        company.partner_id.write(
            {
                "l10n_latam_identification_type_id": cls.env.ref("l10n_ar.it_cuit").id,
                "vat": COMPANY_CUIT,
            }
        )
        company.l10n_ar_afip_responsibility_type_id = cls.responsibilities["1"]
        certificate = cls.env["l10n_ar.arca.certificate"].create(
            {"company_id": company.id, "environment": "homologation"}
        )
        certificate._install(KEY, make_certificate(KEY))
        return certificate

    def setUp(self):
        super().setUp()
        for store in (
            self.taxpayers,
            self.documents,
            self.calls,
            self.down,
            self.replies,
            self.attempts,
        ):
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
        if "A13" in request.url:
            document = text.partition("<documento>")[2].partition("<")[0]
            ids = "".join(
                f"<idPersona>{number}</idPersona>"
                for number in cls.documents.get(document, [])
            )
            return 200, envelope(f"<answer>{ids}</answer>")
        numbers = [part.split("<")[0] for part in text.split("idPersona>")[1::2]]
        cls.calls.append(numbers)
        known = {n: cls.taxpayers[n] for n in numbers if n in cls.taxpayers}
        if "getPersona_v2" in text:
            if numbers[0] not in known:
                return 500, fault("soap:Server", "No existe persona con ese Id")
            found = f"<personaReturn>{known[numbers[0]]}</personaReturn>"
        else:
            rows = "".join(
                f"<persona>{known.get(n) or cls._missing(n)}</persona>"
                for n in reversed(numbers)
            )
            found = f"<personaListReturn>{rows}</personaListReturn>"
        return 200, envelope(f"<x:answer xmlns:x='urn:x'>{found}</x:answer>")

    @classmethod
    def _missing(cls, number):
        return person(number, error="No existe persona con ese Id")

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

    @staticmethod
    def confirm(partner, responsibility=None):
        """An accountant confirms fiscal data in the wizard."""
        action = partner.action_l10n_ar_padron_confirm()
        wizard = partner.env[action["res_model"]].browse(action["res_id"])
        if responsibility:
            wizard.line_ids.responsibility_id = responsibility
        wizard.action_confirm()

    @classmethod
    def _make_partner(cls, number, **values):
        """A customer, also with values that only the server writes."""
        partner = (
            cls.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": "Aconcagua",
                    "country_id": cls.env.ref("base.ar").id,
                    "l10n_latam_identification_type_id": (
                        cls.env.ref("l10n_ar.it_cuit").id
                    ),
                    "vat": number,
                    **values,
                }
            )
        )
        return partner.with_env(cls.env)


@tagged("post_install", "-at_install", "post_install_l10n")
class PadronCase(PadronWire, AccountTestInvoicingCommon):
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
