from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pricing_shop = fields.Boolean(related="website_id.pricing_shop", readonly=False)
    pricing_after_login = fields.Boolean(
        related="website_id.pricing_after_login", readonly=False
    )
