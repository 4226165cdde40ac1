from odoo import fields, models

from .sale_channel_order_life import AMBIGUOUS


class SaleChannelIdentity(models.Model):
    _inherit = "sale.channel.identity"

    order_ids = fields.One2many("sale.channel.order", "identity_id", "Channel Orders")

    def _on_settled(self):
        """Import what waited for the choice of its customer."""
        result = super()._on_settled()
        waiting = self.order_ids.filtered(
            lambda row: row.sync_state == "error" and row.error_code == AMBIGUOUS
        )
        if waiting:
            waiting.action_retry()
        return result
