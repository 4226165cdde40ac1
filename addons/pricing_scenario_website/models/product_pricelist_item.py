from odoo import models


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["product.pricelist.item", "pricing.hidden.mixin"]

    _pricing_hidden_fields = frozenset(
        {
            "fixed_price",
            "name",
            "percent_price",
            "price",
            "price_discount",
            "price_markup",
            "price_max_margin",
            "price_min_margin",
            "price_surcharge",
            "rule_tip",
        }
    )

    def _show_discount_on_shop(self):
        # The price of a contract is the customer's price, not a bargain; and customers
        # are not to read its rules.
        pricelist = self.sudo().pricelist_id
        if pricelist.pricing_group_id or pricelist.pricing_contract_ids:
            return False
        return super()._show_discount_on_shop()
