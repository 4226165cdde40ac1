from odoo import models


class StockQuant(models.Model):
    """A product's stock changed: the only thing that a user's save tells of it."""

    _name = "stock.quant"
    _inherit = ["stock.quant", "sale.channel.change.mixin"]

    _change_fields = {"location_id", "lot_id", "quantity", "reserved_quantity"}

    def _get_changes(self):
        return {("product.stock", id_) for id_ in self.product_id.ids}
