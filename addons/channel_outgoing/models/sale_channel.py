from odoo import api, models


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    @api.model
    def _get_sync_models(self):
        families = self.env["sale.channel.outgoing"]._get_families()
        return [*super()._get_sync_models(), *families]

    def action_open_outgoing(self):
        """Open all that was sent to the channel, and what waits."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_outgoing.sale_channel_outgoing_action"
        )
        return {**action, "domain": [("channel_id", "in", self.ids)]}
