from odoo import models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _mark_pricing(self):
        """Note a change of lists that contracts name."""
        contracts = self.env["pricing.contract"].sudo()
        contracts = contracts.with_context(active_test=False)
        if contracts.search_count([("pricelist_id", "in", self.ids)], limit=1):
            self.env["sale.channel.pricing.mark"]._add({("structure", False)})

    def write(self, vals):
        result = super().write(vals)
        self._mark_pricing()
        return result
