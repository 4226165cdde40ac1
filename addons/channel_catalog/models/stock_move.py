from odoo import models


class StockMove(models.Model):
    """A product's stock changed. With manual reservation only moves tell of it."""

    _name = "stock.move"
    _inherit = ["stock.move", "sale.channel.change.mixin"]

    _change_fields = {
        "location_dest_id",
        "location_final_id",
        "location_id",
        "product_id",
        "product_uom",
        "product_uom_qty",
        "quantity",
        "state",
    }

    def _get_changes(self):
        return {("product.stock", id_) for id_ in self.product_id.ids}
