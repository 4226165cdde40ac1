from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _should_assign_at_confirm(self):
        if self.env.context.get("channel_defer_reservation"):
            return self._should_bypass_reservation()
        return super()._should_assign_at_confirm()
