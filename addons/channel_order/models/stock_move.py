from odoo import models
from odoo.exceptions import UserError

from .stock_picking import LEAVING


class StockMove(models.Model):
    """With ``sudo``: the channel's order follows what people do with a delivery; they
    need not see it."""

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
        """Nothing leaves for an order that is held back."""
        leaving = self.filtered(
            lambda move: (
                move.picking_type_id.code in LEAVING
                and move.state not in ("done", "cancel")
            )
        )
        # Who ships need not be allowed to read the sale order.
        for order in leaving.sudo()._get_channel_orders():
            if order.channel_hold:
                raise UserError(order._get_hold_reason())
        done = super()._action_done(*args, **kwargs)
        (self | done)._wake_invoicing()
        return done

    def _action_cancel(self):
        result = super()._action_cancel()
        self._wake_invoicing()
        leaving = self.filtered(lambda move: move.picking_type_id.code in LEAVING)
        sold = leaving.sudo().sale_line_id.order_id
        self.env["sale.channel.order.proposal"]._look_at_reduced(sold)
        return result

    def _wake_invoicing(self):
        """What is ready, delivered or cancelled may be what an invoice waits for."""
        orders = self.sudo().exists()._get_channel_orders()
        self.env["sale.channel.order.invoicing"]._wake(orders)

    def _get_channel_orders(self):
        """Sale orders for which the goods move, of channels or not."""
        return self.sale_line_id.order_id | self.picking_id.sale_id

    def _get_returned_quantity(self):
        """What of it has come back, or is on its way, in the move's unit."""
        self.ensure_one()
        backs = self.returned_move_ids.filtered(lambda move: move.state != "cancel")
        return sum(
            back.quantity if back.state == "done" else back.product_uom_qty
            for back in backs
        )
