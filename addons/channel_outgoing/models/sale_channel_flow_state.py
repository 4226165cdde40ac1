from odoo import fields, models


class SaleChannelFlowState(models.Model):
    _inherit = "sale.channel.flow.state"

    stale_since = fields.Datetime(
        help="The responsible was told of what waits since then; empty: nothing."
    )
