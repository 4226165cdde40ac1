from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_ar_padron_refresh_days = fields.Integer(
        related="company_id.l10n_ar_padron_refresh_days", readonly=False
    )
    l10n_ar_padron_hold_invoices = fields.Boolean(
        related="company_id.l10n_ar_padron_hold_invoices", readonly=False
    )
    l10n_ar_padron_untaxed = fields.Many2one(
        "l10n_ar.afip.responsibility.type",
        "Registered without Tax",
        domain=[("code", "in", ["5", "7", "15"])],
        config_parameter="l10n_ar_padron.untaxed_id",
        help="Responsibility of who is registered at ARCA without any tax that "
        "concerns IVA, in all companies. Empty: an accountant decides each time.",
    )
