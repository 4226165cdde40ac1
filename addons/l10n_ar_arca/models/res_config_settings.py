from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_ar_arca_certificate_id = fields.Many2one(
        related="company_id.l10n_ar_arca_certificate_id", readonly=False
    )
    l10n_ar_arca_cuit = fields.Char(related="l10n_ar_arca_certificate_id.cuit")
    l10n_ar_arca_valid_to = fields.Datetime(
        related="l10n_ar_arca_certificate_id.valid_to"
    )
    l10n_ar_arca_state = fields.Selection(related="l10n_ar_arca_certificate_id.state")
    l10n_ar_arca_problem = fields.Char(
        related="l10n_ar_arca_certificate_id.problem_text"
    )

    def action_new_arca_certificate(self):
        """Open a new certificate of the company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("ARCA Certificate"),
            "res_model": "l10n_ar.arca.certificate",
            "view_mode": "form",
            "context": {"default_company_id": self.company_id.id},
        }

    def action_test_arca(self):
        """Log in at ARCA with the certificate in use."""
        self.ensure_one()
        return self.l10n_ar_arca_certificate_id.action_test()
