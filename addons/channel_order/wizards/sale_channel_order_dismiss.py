from odoo import fields, models

from odoo.addons.channel_base.lib.text import clean


class SaleChannelOrderDismiss(models.TransientModel):
    """Why orders that did not go through need not be imported."""

    _name = "sale.channel.order.dismiss"
    _description = "Dismiss Channel Orders"

    order_ids = fields.Many2many("sale.channel.order", required=True)
    reason = fields.Char(required=True)

    def action_dismiss(self):
        """Settle the orders; their story tells who and why."""
        self.ensure_one()
        self.order_ids._dismiss(clean(self.reason))
        return {"type": "ir.actions.act_window_close"}
