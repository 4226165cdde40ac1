from odoo import api, fields, models


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    has_outgoing = fields.Boolean(
        compute="_compute_has_outgoing",
        compute_sudo=True,
        help="Something can go out to the channel.",
    )

    @api.depends("flow_ids.kind")
    def _compute_has_outgoing(self):
        for channel in self:
            channel.has_outgoing = any(channel.flow_ids.mapped("outgoing"))

    @api.model
    def _get_sync_models(self):
        families = self.env["sale.channel.outgoing"]._get_families()
        return [*super()._get_sync_models(), *families]

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            # What changed while they were archived left no mark.
            flows = self.sudo().flow_ids
            flows.filtered(lambda flow: flow.enabled and flow.outgoing)._request_run()
        return result

    def action_open_outgoing(self):
        """Open all that was sent to the channel, and what waits."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_outgoing.sale_channel_outgoing_action"
        )
        return {**action, "domain": [("channel_id", "=", self.id)]}
