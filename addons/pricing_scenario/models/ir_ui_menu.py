from odoo import api, models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        hidden = super()._load_menus_blacklist()
        if self.env["pricing.scenario"]._is_used():
            return hidden
        menus = [self.env.ref(name, False) for name in self._get_pricing_menus()]
        return [*hidden, *(menu.id for menu in menus if menu)]

    @api.model
    def _get_pricing_menus(self):
        """External ids of menus that are of no use without a scenario."""
        return ["pricing_scenario.menu_explanation"]
