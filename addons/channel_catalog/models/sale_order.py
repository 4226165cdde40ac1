from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "sale.channel.change.mixin"]

    _change_fields = {"state"}
    _change_created = False

    def _get_changes(self):
        """What channels sold; see the lines."""
        return self.order_line._get_changes()
