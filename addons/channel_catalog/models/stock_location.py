from odoo import models


class StockLocation(models.Model):
    """Moving a location moves all that lies there, which no quant tells."""

    _name = "stock.location"
    _inherit = ["stock.location", "sale.channel.change.mixin"]

    _change_fields = {"active", "company_id", "location_id", "usage"}
    _change_created = False

    def _get_changes(self):
        return {("product.stock.all", False)}
