from odoo import api, models

from odoo.addons.l10n_ar_padron.models.partner_registration import ARCA

from ..lib.labels import responsibility_code

LABEL_KIND = "l10n_ar_responsibility"
CUIT_CODE = "80"
CONSUMER = "5"


class SaleChannelPartnerLookup(models.AbstractModel):
    """Also: what documents and labels of Argentine buyers say of their IVA."""

    _inherit = "sale.channel.partner.lookup"

    @api.model
    def _l10n_ar_applies(self, batch, item):
        """Whether the buyer is a taxpayer, or a consumer, of Argentina, and the
        company that sells is Argentine."""
        company = batch.channel.company_id or self.env.company
        return company.account_fiscal_country_id.code == item.country.code == "AR"

    @api.model
    def _l10n_ar_get_cuit(self, item):
        """The valid CUIT that the channel told, "" for any other document."""
        checked = item.document
        if not checked or checked.problem:
            return ""
        is_cuit = item.document_type.l10n_ar_afip_code == CUIT_CODE
        return checked.number if is_cuit else ""

    @api.model
    def _l10n_ar_find_findings(self, batch, items):
        """ARCA's findings by CUIT; None for those that it was never asked about."""
        known = batch.memo("l10n_ar_finding")
        wanted = {self._l10n_ar_get_cuit(item) for item in items} - {"", *known}
        company = batch.channel.company_id or self.env.company
        arca = self.env["partner.registry.arca"]
        if wanted and arca._can_ask(company):
            findings = self.env["partner.registration.finding"]
            environment = arca._get_environment(company)
            found = findings._find(ARCA, "", environment, wanted)
            known.update(dict.fromkeys(wanted), **found)
        return known

    @api.model
    def _l10n_ar_get_by_code(self, batch, code):
        """The responsibility of one of ARCA's codes."""
        known = batch.memo("l10n_ar_code")
        if not known:
            types = self.env["l10n_ar.afip.responsibility.type"]
            known.update(types._l10n_ar_get_by_code())
        return known[code]

    @api.model
    def _l10n_ar_get_responsibility(self, batch, item):
        """The responsibility without ARCA, for now: by document and label.

        Who has no CUIT is *Consumidor Final*: no other responsibility exists without
        one. Empty when the label says nothing that is known.
        """
        has_cuit = bool(self._l10n_ar_get_cuit(item))
        broken = bool(item.document and item.document.problem)
        label = item.facts.get("taxpayer_type")
        if label and (has_cuit or broken):
            return self._l10n_ar_get_labelled(batch, label)
        if has_cuit:
            return self.env["l10n_ar.afip.responsibility.type"]
        return self._l10n_ar_get_by_code(batch, CONSUMER)

    @api.model
    def _l10n_ar_get_labelled(self, batch, label):
        """The responsibility that a label names; one that nobody knows is asked for."""
        if mapped := batch.mapped.get((LABEL_KIND, label)):
            return mapped
        if code := responsibility_code(label):
            return self._l10n_ar_get_by_code(batch, code)
        self._ask(batch, LABEL_KIND, label, label)
        return self.env["l10n_ar.afip.responsibility.type"]

    @api.model
    def _get_mapped_kinds(self):
        return [*super()._get_mapped_kinds(), LABEL_KIND]
