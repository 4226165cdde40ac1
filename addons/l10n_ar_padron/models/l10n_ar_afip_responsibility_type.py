from odoo import api, models

RESPONSIBILITY = "l10n_ar_afip_responsibility_type_id"


class ResponsibilityType(models.Model):
    """With ``sudo``: what the settings say holds, whoever asks."""

    _inherit = "l10n_ar.afip.responsibility.type"

    def _l10n_ar_get_letter(self, company):
        """The usual letter of a company's invoices to somebody of this responsibility.

        :return: "" when the company issues none, or is not told
        """
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(company),
                ("type", "=", "sale"),
                ("l10n_ar_is_pos", "=", True),
            ],
            limit=1,
        )
        if not self or not journal or not company.l10n_ar_afip_responsibility_type_id:
            return ""
        buyer = self.env["res.partner"].new(
            {"l10n_ar_afip_responsibility_type_id": self.id}
        )
        letters = journal._get_journal_letter(buyer)
        return next((letter for letter in "ABC" if letter in letters), "")

    @api.model
    def _l10n_ar_get_by_code(self):
        """Code → responsibility; an archived one is what ARCA says too."""
        types = self.sudo().with_context(active_test=False)
        found = types.search([("code", "!=", False)])
        return {record.code: record for record in found.with_env(self.env)}

    @api.model
    def _l10n_ar_get_untaxed(self):
        """What the settings say about who is registered without any tax; maybe
        nothing."""
        parameters = self.env["ir.config_parameter"].sudo()
        value = parameters.get_param("l10n_ar_padron.untaxed_id")
        return self.browse(int(value)).exists() if value else self.browse()
