from odoo import fields, models


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["sale.channel.change.mixin", "product.product"]

    _change_fields = {"active", "categ_id", "fake_listed", "fake_quantity"}

    fake_listed = fields.Boolean()
    fake_quantity = fields.Integer()

    def _get_changes(self):
        shelves = {("product.category", id_) for id_ in self.categ_id.ids}
        return super()._get_changes() | shelves
