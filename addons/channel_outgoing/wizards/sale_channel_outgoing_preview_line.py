from odoo import api, fields, models

from ..models.sale_channel_outgoing_mixin import OPERATIONS


class SaleChannelOutgoingPreviewLine(models.TransientModel):
    _name = "sale.channel.outgoing.preview.line"
    _description = "Change That Would Be Sent to a Channel"

    preview_id = fields.Many2one(
        "sale.channel.outgoing.preview", required=True, ondelete="cascade"
    )
    kind = fields.Selection("_selection_kind", readonly=True)
    operation = fields.Selection(OPERATIONS, readonly=True)
    count = fields.Integer(readonly=True)
    names = fields.Text("Which", readonly=True)

    @api.model
    def _selection_kind(self):
        return self.env["sale.channel.outgoing"]._selection_kind()
