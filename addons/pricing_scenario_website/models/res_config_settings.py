from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pricing_shop = fields.Boolean(related="website_id.pricing_shop", readonly=False)
    pricing_after_login = fields.Boolean(
        related="website_id.pricing_after_login", readonly=False
    )
    pricing_without_contract = fields.Boolean(
        related="website_id.pricing_without_contract", readonly=False
    )
    pricing_sign_up_open = fields.Boolean(related="website_id.pricing_sign_up_open")

    def action_close_sign_up(self):
        """Only people who are invited get an account of the website."""
        self.ensure_one()
        self.check_access("write")
        self.website_id.auth_signup_uninvited = "b2b"
        return {"type": "ir.actions.client", "tag": "reload"}
