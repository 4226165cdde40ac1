from odoo import models

from odoo.addons.partner_registry.lib.text import is_same


class PartnerRegistryArca(models.AbstractModel):
    """Also: the legal name of channels' customers, and orders that wait.

    With ``sudo``: who changes a customer need not see their identities.
    """

    _inherit = "partner.registry.arca"

    def _get_name_field(self):
        return "legal_name"

    def _get_proposal(self, partner, finding):
        proposal = super()._get_proposal(partner, finding)
        name = proposal.get("legal_name")
        if name and (
            is_same(partner.name, name) or self._follows_name(partner, finding)
        ):
            # A name that is the same already, or is taken over without asking.
            proposal.pop("legal_name")
        return proposal

    def _prepare_customer(self, row, finding):
        values = super()._prepare_customer(row, finding)
        if finding.name and self._follows_name(row.partner_id, finding):
            values["legal_name"] = finding.name
        return values

    def _follows_name(self, partner, finding):
        """Whether the legal name is the registry's business: of a channel's customer,
        unless a person wrote another one."""
        identities = partner.sudo().identity_ids
        if not identities or not finding.name:
            return False
        if not partner.legal_name:
            return not is_same(partner.name, finding.name)
        theirs = partner.sudo().l10n_ar_padron_answer_id.name
        told = [(row.written or {}).get("legal_name") for row in identities]
        return partner.legal_name in (theirs, *told)

    def _apply(self, rows, findings):
        result = super()._apply(rows, findings)
        # Orders that waited for fresh data.
        rows.partner_id._l10n_ar_wake_invoicing()
        return result
