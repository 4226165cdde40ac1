from odoo import models
from odoo.http import request


class ProductTemplate(models.Model):
    """With ``sudo``: Odoo reads prices, and rules, that customers are not to read."""

    _name = "product.template"
    _inherit = ["product.template", "pricing.hidden.mixin"]

    _pricing_hidden_fields = frozenset(
        {"base_unit_price", "compare_list_price", "list_price", "tax_string"}
    )

    def _get_product_price_context(self, combination):
        # Odoo reads extra prices, also for people who are not to see what comes out.
        return super()._get_product_price_context(combination.sudo())

    def _get_sales_prices(self, website):
        if website._hides_prices():
            return {template.id: {"price_reduce": 0.0} for template in self}
        return super()._get_sales_prices(website)

    def _get_additionnal_combination_info(
        self, product_or_template, quantity, uom, date, website
    ):
        # Odoo reads prices, and the dates of a rule, that customers are not to read.
        hidden = website._hides_prices()
        if hidden:
            product_or_template = product_or_template.sudo()
        info = super(
            ProductTemplate, self.sudo() if hidden or website._get_offer() else self
        )._get_additionnal_combination_info(
            product_or_template, quantity, uom, date, website
        )
        if hidden:
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
