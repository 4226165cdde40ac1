from odoo import api, models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    @api.model
    def _get_pricing_menus(self):
        names = ("menu_pricing", "menu_pricing_item", "menu_pricing_difference")
        ours = [f"channel_pricing_scenario.{name}" for name in names]
        return [*super()._get_pricing_menus(), *ours]
