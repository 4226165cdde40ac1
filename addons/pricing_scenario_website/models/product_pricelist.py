from odoo import api, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model_create_multi
    def create(self, vals_list):
        # Otherwise the company's first website offers generated lists to all visitors.
        return super().create(
            [
                {"website_id": False, **vals} if vals.get("pricing_group_id") else vals
                for vals in vals_list
            ]
        )
