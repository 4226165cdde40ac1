from odoo import fields, models


class IrCron(models.Model):
    _inherit = "ir.cron"

    channel_flow_ids = fields.One2many("sale.channel.flow", "cron_id")

    def unlink(self):
        """Take the server action along: nothing else would ever remove it."""
        actions = self.filtered("channel_flow_ids").ir_actions_server_id
        result = super().unlink()
        actions.unlink()
        return result
