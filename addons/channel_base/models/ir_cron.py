from odoo import fields, models

from .sale_channel_flow import FLOW_CODE


class IrCron(models.Model):
    _inherit = "ir.cron"

    channel_flow_ids = fields.One2many("sale.channel.flow", "cron_id")

    def _filter_flows(self):
        """Those that wake a flow, be it still there or not."""
        return self.filtered(
            lambda cron: (
                cron.model_id.model == "sale.channel.flow"
                and (cron.code or "").startswith(FLOW_CODE)
            )
        )

    def unlink(self):
        """Take the server action along: nothing else would ever remove it."""
        actions = self._filter_flows().ir_actions_server_id
        result = super().unlink()
        actions.unlink()
        return result
