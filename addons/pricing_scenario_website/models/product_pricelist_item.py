from odoo import models


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    def _show_discount_on_shop(self):
        # The price of a contract is the customer's price, not a bargain; and customers
        # are not to read its rules.
        pricelist = self.sudo().pricelist_id
        if pricelist.pricing_group_id or pricelist.pricing_contract_ids:
            return False
        return super()._show_discount_on_shop()
