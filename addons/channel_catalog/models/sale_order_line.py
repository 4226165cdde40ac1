import json

from odoo import models


class SaleOrderLine(models.Model):
    """What a channel sold lowers what it keeps, so that must be looked at again, even
    if what it shall have is the same as before."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "sale.channel.change.mixin"]

    _change_fields = {"product_id", "product_uom_qty", "state"}

    def _get_changes(self):
        # What the channel ships was never in what it is told.
        sold = self.filtered(
            lambda line: line.channel_line_ref and not line.order_id.channel_fulfilled
        )
        by_channel = sold.grouped(lambda line: line.order_id.sale_channel_id)
        return {
            ("product.sold", json.dumps([channel.id, id_]))
            for channel, lines in by_channel.items()
            for id_ in lines.product_id.ids
        }
