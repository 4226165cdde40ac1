from odoo import models
from odoo.http import request


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _get_sales_prices(self, website):
        if website._hides_prices():
            return {template.id: {"price_reduce": 0.0} for template in self}
        return super()._get_sales_prices(website)

    def _get_additionnal_combination_info(
        self, product_or_template, quantity, uom, date, website
    ):
        # Odoo reads the dates of a rule that customers are not to read.
        info = super(
            ProductTemplate, self.sudo() if website._get_offer() else self
        )._get_additionnal_combination_info(
            product_or_template, quantity, uom, date, website
        )
        if website._hides_prices():
            # Odoo shows neither price nor cart then.
            info |= {
                "price": 0.0,
                "list_price": 0.0,
                "has_discounted_price": False,
                "discount_start_date": False,
                "discount_end_date": False,
                "compare_list_price": 0.0,
                "prevent_zero_price_sale": True,
            }
            info.pop("base_unit_price", None)
        return info

    def _website_show_quick_add(self):
        return not request.website._hides_prices() and super()._website_show_quick_add()
