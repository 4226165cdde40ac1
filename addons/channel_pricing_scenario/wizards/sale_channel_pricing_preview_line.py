from odoo import fields, models

from ..models.sale_channel_pricing_item import KIND_LABELS, OPERATIONS


class SaleChannelPricingPreviewLine(models.TransientModel):
    _name = "sale.channel.pricing.preview.line"
    _description = "Change That Would Be Sent to a Channel"

    preview_id = fields.Many2one(
        "sale.channel.pricing.preview", required=True, ondelete="cascade"
    )
    kind = fields.Selection(KIND_LABELS, readonly=True)
    operation = fields.Selection(OPERATIONS, readonly=True)
    count = fields.Integer(readonly=True)
    names = fields.Text("Which", readonly=True)
