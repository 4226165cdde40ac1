from odoo import models


class ProductPricelist(models.Model):
    _name = "product.pricelist"
    _inherit = ["sale.channel.pricing.marking.mixin", "product.pricelist"]

    def _get_pricing_marks(self):
        """Lists that no contract names concern nobody."""
        contracts = self.env["pricing.contract"].sudo()
        contracts = contracts.with_context(active_test=False)
        named = contracts.search_count([("pricelist_id", "in", self.ids)], limit=1)
        return {("structure", False)} if named else set()
