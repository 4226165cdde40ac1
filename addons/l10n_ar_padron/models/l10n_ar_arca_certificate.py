from odoo import api, fields, models

from odoo.addons.l10n_ar_arca.lib.errors import ArcaError
from odoo.addons.partner_registry.lib.errors import RegistryError

from ..lib.registry import A13, ADDRESSES, CONSTANCIA, SERVICES, Registry
from .partner_registration import ARCA


class ArcaCertificate(models.Model):
    _inherit = "l10n_ar.arca.certificate"

    constancia_url = fields.Char(
        "Registry (Constancia de inscripción)",
        compute="_compute_registry_urls",
        store=True,
        readonly=False,
    )
    a13_url = fields.Char(
        "Registry (A13)", compute="_compute_registry_urls", store=True, readonly=False
    )

    @api.depends("environment")
    def _compute_registry_urls(self):
        for record in self:
            record.update(ADDRESSES.get(record.environment, {}))

    @api.model
    def _get_services(self):
        return {**super()._get_services(), **SERVICES}

    def _get_registry(self):
        """A client of ARCA's registry; may be used in any thread.

        :raises ArcaError: there is no certificate that can be used
        """
        return Registry(self._get_client(CONSTANCIA), self._get_client(A13))

    def _install(self, *args, **kwargs):
        """Also, ARCA is asked again at once."""
        result = super()._install(*args, **kwargs)
        self._l10n_ar_lift_pauses()
        return result

    def _l10n_ar_lift_pauses(self):
        """Somebody says that it is mended: the look-ups go on.

        With ``sudo``: who may install a certificate lifts its company's pause.
        """
        for company in self.sudo().company_id:
            self.env["partner.registration.pause"]._lift(ARCA, "", company)
        self.env["partner.registration"]._wake()

    def _test_services(self):
        """Look the company's own CUIT up."""
        told = super()._test_services()
        registry = self._get_registry()
        number = registry.represented
        arca = self.env["partner.registry.arca"]
        found = arca._look_up(registry, "", [number])[number]
        if isinstance(found, RegistryError):
            raise ArcaError(found.code, detail=found.detail)
        self._l10n_ar_lift_pauses()
        told.append(
            self.env._("ARCA answered: %(cuit)s %(name)s", cuit=number, name=found.name)
        )
        return told

    @api.model
    def _get_error_texts(self):
        return {
            **super()._get_error_texts(),
            "answer_incomplete": self.env._("ARCA's answer left this CUIT out."),
            "number_failed": self.env._(
                "ARCA's service is well but fails on this CUIT. It is asked about "
                "alone, now and then."
            ),
            "postponed": self.env._(
                "ARCA's service failed on too many CUITs at once: this one has to wait."
            ),
            "declared": self.env._(
                "The customer said so, and without a CUIT ARCA cannot be asked: an "
                "accountant decides."
            ),
            "not_applied": self.env._(
                "What ARCA answered cannot be written on the customer."
            ),
        }
