from odoo import models


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["sale.channel.pricing.marking.mixin", "product.pricelist.item"]

    def _get_pricing_marks(self):
        return self.pricelist_id._get_pricing_marks()
