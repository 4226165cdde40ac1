from odoo import models


class ProductCombo(models.Model):
    _name = "product.combo"
    _inherit = ["product.combo", "pricing.hidden.mixin"]

    _pricing_hidden_fields = frozenset({"base_price"})
