from odoo import fields, models
from odoo.exceptions import UserError

# "dropship" comes with Odoo's addon of that name.
LEAVING = ("outgoing", "dropship")


class StockPicking(models.Model):
    _inherit = "stock.picking"

    channel_hold = fields.Selection(related="sale_id.channel_hold")

    def _action_done(self):
        """Nothing leaves for an order that its channel holds back."""
        for picking in self.filtered(lambda p: p.picking_type_code in LEAVING):
            # Who ships need not be allowed to read the sale order.
            if picking.channel_hold:
                raise UserError(picking.sudo().sale_id._get_hold_reason())
        return super()._action_done()

    def write(self, vals):
        result = super().write(vals)
        if vals.get("carrier_tracking_ref"):
            self.env["sale.channel.order.invoicing"]._wake(self.sudo().sale_id)
        return result

    def _get_delivery_progress(self):
        """A :data:`..lib.invoicing.Delivery`: how far the delivery has come."""
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return "done" if self.state == "done" else "cancelled"
        ready = self.state == "assigned" or self.carrier_tracking_ref
        return "ready" if ready else "open"
