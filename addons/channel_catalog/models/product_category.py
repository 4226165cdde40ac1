from odoo import models


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "sale.channel.change.mixin"]

    _change_fields = {"parent_id"}
    _change_created = False
