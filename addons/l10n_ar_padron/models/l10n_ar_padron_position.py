from odoo import api, fields, models


class PadronPosition(models.Model):
    """Fiscal position that a company wants for a responsibility.

    Without one Odoo's own detection decides.
    """

    _name = "l10n_ar.padron.position"
    _description = "Fiscal Position of a Responsibility"
    _rec_name = "responsibility_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    responsibility_id = fields.Many2one(
        "l10n_ar.afip.responsibility.type", "ARCA Responsibility", required=True
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position", required=True, check_company=True
    )

    _responsibility_uniq = models.Constraint(
        "UNIQUE (company_id, responsibility_id)",
        "This responsibility has a fiscal position already.",
    )

    @api.model
    def _apply(self, partners):
        """Give customers the position of their responsibility, in each company.

        A position that is not of this table was chosen by a person and stays.

        :param partners: commercial customers whose responsibility was just decided
        """
        no_company = self.env["res.company"]
        rows_in_use = self.search(
            [("company_id.account_fiscal_country_id.code", "=", "AR")]
        )
        for company, rows in rows_in_use.grouped("company_id").items():
            known = rows.fiscal_position_id
            by_responsibility = {
                row.responsibility_id: row.fiscal_position_id for row in rows
            }
            own = partners.filtered(
                lambda partner, here=company: partner.company_id in (here, no_company)
            )
            for partner in own.with_company(company):
                current = partner.property_account_position_id
                wanted = by_responsibility.get(
                    partner.l10n_ar_afip_responsibility_type_id, known.browse()
                )
                if current != wanted and (not current or current in known):
                    partner.property_account_position_id = wanted
