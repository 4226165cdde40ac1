from odoo import models


class ProductAttributeValue(models.Model):
    _name = "product.attribute.value"
    _inherit = ["product.attribute.value", "pricing.hidden.mixin"]

    _pricing_hidden_fields = frozenset({"default_extra_price"})
