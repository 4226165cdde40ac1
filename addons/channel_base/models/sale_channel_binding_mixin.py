from odoo import fields, models


class SaleChannelBindingMixin(models.AbstractModel):
    """External id ↔ record.

    A model that inherits this declares its own
    ``_external_uniq = models.Constraint("UNIQUE (channel_id, external_id)", …)``;
    a mixin cannot create one for each of its heirs.
    """

    _name = "sale.channel.binding.mixin"
    _inherit = "field.guard.mixin"
    _description = "Binding to an external record"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="restrict", guard="once"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, guard="server"
    )
    # External ids are text: those of some services exceed a 32-bit integer.
    external_id = fields.Char(
        "External ID", required=True, index=True, copy=False, guard="once"
    )
