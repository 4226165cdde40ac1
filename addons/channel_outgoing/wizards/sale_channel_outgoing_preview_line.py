from odoo import api, fields, models

from ..models.sale_channel_outgoing_intent_mixin import OPERATIONS


class SaleChannelOutgoingPreviewLine(models.TransientModel):
    _name = "sale.channel.outgoing.preview.line"
    _description = "Change That Would Be Sent to a Channel"

    preview_id = fields.Many2one(
        "sale.channel.outgoing.preview", required=True, ondelete="cascade"
    )
    kind = fields.Selection("_selection_kind", readonly=True)
    kind_name = fields.Char("Kind of Record", compute="_compute_kind_name")
    operation = fields.Selection(OPERATIONS, readonly=True)
    count = fields.Integer(readonly=True)
    names = fields.Text("Which", readonly=True)

    @api.depends("kind", "preview_id.flow_id")
    @api.depends_context("lang")
    def _compute_kind_name(self):
        get_label = self.env["sale.channel.outgoing"]._get_kind_label
        for line in self:
            rows = line.preview_id.flow_id._get_outgoing()
            family = False if rows is None else rows._name
            line.kind_name = get_label(family, line.kind)

    @api.model
    def _selection_kind(self):
        return self.env["sale.channel.outgoing"]._selection_kind()
