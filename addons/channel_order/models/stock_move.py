from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _should_assign_at_confirm(self):
        if self.env.context.get("channel_defer_reservation"):
            return self._should_bypass_reservation()
        return super()._should_assign_at_confirm()

    def _action_assign(self, *args, **kwargs):
        result = super()._action_assign(*args, **kwargs)
        self._wake_invoicing()
        return result

    def _action_done(self, *args, **kwargs):
        done = super()._action_done(*args, **kwargs)
        (self | done)._wake_invoicing()
        return done

    def _action_cancel(self):
        result = super()._action_cancel()
        self._wake_invoicing()
        return result

    def _wake_invoicing(self):
        """What is ready, delivered or cancelled may be what an invoice waits for."""
        moves = self.sudo().exists()
        orders = moves.sale_line_id.order_id | moves.picking_id.sale_id
        self.env["sale.channel.order.invoicing"]._wake(orders)
