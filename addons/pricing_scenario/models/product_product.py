from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_explain_price(self):
        """Explain which price a customer pays for the variant: its form has the button
        of the product's."""
        self.ensure_one()
        return self.env["pricing.explanation"]._open({"product_id": self.id})
