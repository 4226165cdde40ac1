from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_ar_padron_refresh_days = fields.Integer(
        "Ask ARCA Again After",
        default=30,
        help="Days after which a customer's data at ARCA count as old; 0 = never.",
    )
    l10n_ar_padron_hold_invoices = fields.Boolean(
        "Hold Invoices",
        default=True,
        help="No invoice is posted for a customer whose fiscal data are not settled.",
    )

    _padron_refresh_days_check = models.Constraint(
        "CHECK (l10n_ar_padron_refresh_days >= 0)",
        "The number of days cannot be negative.",
    )

    def write(self, vals):
        """Who chooses another certificate says that asking is mended."""
        result = super().write(vals)
        if vals.get("l10n_ar_arca_certificate_id"):
            self.l10n_ar_arca_certificate_id._l10n_ar_lift_pauses()
        return result
