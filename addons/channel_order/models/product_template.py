from odoo import models

SOLD_BY = {"sale_ok", "company_id"}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        result = super().write(vals)
        if SOLD_BY & vals.keys():
            self.product_variant_ids._release_channel_orders()
        return result
