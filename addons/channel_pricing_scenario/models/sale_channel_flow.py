from odoo import fields, models


class SaleChannelFlow(models.Model):
    _inherit = "sale.channel.flow"

    kind = fields.Selection(
        selection_add=[("pricing_out", "Pricing Out")],
        ondelete={"pricing_out": "cascade"},
    )
