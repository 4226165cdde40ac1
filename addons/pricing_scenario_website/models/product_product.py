from odoo import models
from odoo.http import request


class ProductProduct(models.Model):
    """With ``sudo``: Odoo reads prices that are then left out."""

    _name = "product.product"
    _inherit = ["product.product", "pricing.hidden.mixin"]

    _pricing_hidden_fields = frozenset(
        {
            "base_unit_price",
            "compare_list_price",
            "list_price",
            "lst_price",
            "price_extra",
            "tax_string",
        }
    )

    def _get_product_price_context(self, combination):
        # Odoo reads extra prices, also for people who are not to see what comes out.
        return super()._get_product_price_context(combination.sudo())

    def _website_show_quick_add(self):
        return not request.website._hides_prices() and super()._website_show_quick_add()

    def _is_add_to_cart_allowed(self):
        return not request.website._hides_prices() and super()._is_add_to_cart_allowed()

    def _to_markup_data(self, website):
        if not website._hides_prices():
            return super()._to_markup_data(website)
        data = super(ProductProduct, self.sudo())._to_markup_data(website)
        data.pop("offers")
        return data
