from odoo import models


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["sale.channel.change.mixin", "product.pricelist.item"]

    def _get_changes(self):
        return super()._get_changes() | self.pricelist_id._get_changes()
