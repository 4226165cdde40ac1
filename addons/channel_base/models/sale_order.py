from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # The channel's smart buttons and record rules search by it.
    sale_channel_id = fields.Many2one(index="btree_not_null")
