from odoo.tests import tagged

from odoo.addons.l10n_ar_arca.tests.common import (
    ArcaCase,
    ArcaWire,
    envelope,
    fault,
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


class PadronWire(ArcaWire):
    """Fakes ARCA's wire: login and registry.

    ``taxpayers`` maps a CUIT to the inner XML of its ``persona``, ``documents`` a DNI
    to its numbers.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxpayers, cls.documents = {}, {}
        cls.responsibilities = {
            record.code: record
            for record in cls.env["l10n_ar.afip.responsibility.type"].search(
                [("code", "!=", False)]
            )
        }

    def setUp(self):
        super().setUp()
        self.taxpayers.clear()
        self.documents.clear()

    @classmethod
    def _answer_service(cls, url, text):
        if "A13" in url:
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
class PadronCase(PadronWire, ArcaCase):
    """An Argentine company that asks the registry."""
