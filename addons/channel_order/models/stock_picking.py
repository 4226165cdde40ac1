from odoo import fields, models

# "dropship" comes with Odoo's addon of that name.
LEAVING = ("outgoing", "dropship")


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Who may not read the sale order may not read its deliveries either.
    channel_hold = fields.Selection(related="sale_id.channel_hold", groups=None)

    def action_cancel(self):
        """Undoing a sale (``channel_undoing``) does not stop what comes back."""
        if self.env.context.get("channel_undoing"):
            self = self.filtered(lambda picking: not picking.return_id)
        return super().action_cancel()

    def write(self, vals):
        result = super().write(vals)
        if vals.get("carrier_tracking_ref"):
            self.env["sale.channel.order.invoicing"]._wake(self.sudo().sale_id)
        return result

    def _action_done(self):
        """Channels that want to know are told of what has left."""
        result = super()._action_done()
        # Who ships need not be allowed to read the sale order.
        left = self.sudo().filtered(
            lambda picking: (
                picking.picking_type_id.code in LEAVING
                and picking.state == "done"
                and picking.sale_id
            )
        )
        self.env["sale.channel.order.answer"].sudo()._queue_deliveries(left)
        return result

    def _get_delivery_progress(self):
        """A :data:`..lib.invoicing.Delivery`: how far the delivery has come."""
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return "done" if self.state == "done" else "cancelled"
        ready = self.state == "assigned" or self.carrier_tracking_ref
        return "ready" if ready else "open"
