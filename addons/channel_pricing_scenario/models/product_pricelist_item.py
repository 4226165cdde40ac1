from odoo import api, models


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items.pricelist_id._mark_pricing()
        return items

    def write(self, vals):
        before = self.pricelist_id
        result = super().write(vals)
        (before | self.pricelist_id)._mark_pricing()
        return result

    def unlink(self):
        lists = self.pricelist_id
        result = super().unlink()
        lists._mark_pricing()
        return result
