from odoo import models


class ResponsibilityType(models.Model):
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
