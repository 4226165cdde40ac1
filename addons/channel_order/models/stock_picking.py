from odoo import fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    channel_hold = fields.Selection(related="sale_id.channel_hold")

    def _action_done(self):
        """Nothing leaves for an order that its channel holds back."""
        for picking in self.filtered(lambda p: p.picking_type_code == "outgoing"):
            if picking.sale_id.channel_hold:
                raise UserError(picking.sale_id._get_hold_reason())
        return super()._action_done()
