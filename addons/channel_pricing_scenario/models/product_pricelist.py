from odoo import models


class ProductPricelist(models.Model):
    _name = "product.pricelist"
    _inherit = ["sale.channel.change.mixin", "product.pricelist"]

    _change_created = False
