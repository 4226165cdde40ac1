from odoo import models
from odoo.http import request


class ProductTemplateAttributeValue(models.Model):
    _inherit = "product.template.attribute.value"

    def _get_extra_price(self, combination_info):
        if request.website._hides_prices():
            return 0.0
        return super()._get_extra_price(combination_info)
