from odoo import models
from odoo.http import request


class ProductTemplateAttributeValue(models.Model):
    _name = "product.template.attribute.value"
    _inherit = ["product.template.attribute.value", "pricing.hidden.mixin"]

    _pricing_hidden_fields = frozenset({"price_extra"})

    def _get_extra_price(self, combination_info):
        if request.website._hides_prices():
            return 0.0
        return super()._get_extra_price(combination_info)
