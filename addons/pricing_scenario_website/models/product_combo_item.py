from odoo import models


class ProductComboItem(models.Model):
    _name = "product.combo.item"
    _inherit = ["product.combo.item", "pricing.hidden.mixin"]

    _pricing_hidden_fields = frozenset({"extra_price", "lst_price"})
