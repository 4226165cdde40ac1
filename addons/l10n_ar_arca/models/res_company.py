from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_ar_arca_certificate_id = fields.Many2one(
        "l10n_ar.arca.certificate",
        "ARCA Certificate",
        domain="[('company_id', '=', id)]",
        groups="base.group_system",
    )
