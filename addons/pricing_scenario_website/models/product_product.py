from odoo import models
from odoo.http import request


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _website_show_quick_add(self):
        return not request.website._hides_prices() and super()._website_show_quick_add()

    def _is_add_to_cart_allowed(self):
        return not request.website._hides_prices() and super()._is_add_to_cart_allowed()

    def _to_markup_data(self, website):
        data = super()._to_markup_data(website)
        if website._hides_prices():
            data.pop("offers")
        return data
