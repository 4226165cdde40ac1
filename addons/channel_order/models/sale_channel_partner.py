from odoo import api, fields, models


class SaleChannelPartner(models.Model):
    _inherit = "sale.channel.partner"

    order_ids = fields.One2many("sale.channel.order", "buyer_id", "Channel Orders")
    order_count = fields.Integer(compute="_compute_order_count")

    @api.depends("order_ids")
    def _compute_order_count(self):
        counts = dict(
            self.env["sale.channel.order"]._read_group(
                [("buyer_id", "in", self.ids)], ["buyer_id"], ["__count"]
            )
        )
        for buyer in self:
            buyer.order_count = counts.get(buyer, 0)

    def action_open_orders(self):
        """Open what the buyer ordered."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_action"
        )
        action["domain"] = [("buyer_id", "=", self.id)]
        return action
