from odoo import models


class ProductAttribute(models.Model):
    _name = "product.attribute"
    _inherit = ["product.attribute", "sale.channel.change.mixin"]

    _change_fields = {"name"}
    _change_created = False
