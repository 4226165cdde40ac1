from odoo import api, models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    @api.model
    def _get_pricing_menus(self):
        ours = "channel_pricing_scenario.menu_pricing_item"
        return [*super()._get_pricing_menus(), ours]
