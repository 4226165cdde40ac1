from odoo import models


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    def _show_discount_on_shop(self):
        # The price of a scenario is the customer's price, not a bargain.
        return super()._show_discount_on_shop() and not self.pricing_generated
