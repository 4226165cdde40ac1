from odoo import models


class ProductAttributeValue(models.Model):
    _name = "product.attribute.value"
    _inherit = ["product.attribute.value", "sale.channel.change.mixin"]

    _change_fields = {"name"}
    _change_created = False
