from odoo import fields, models


class SaleChannelFlowState(models.Model):
    _inherit = "sale.channel.flow.state"

    price_moment = fields.Datetime(
        help="Prices that change by themselves were planned until this moment."
    )
    orders_unread = fields.Boolean(
        help="Stock was written, and the orders were not read since."
    )
