from odoo import api, fields, models


class SaleChannelStatus(models.Model):
    """A status that the channel lets us give to an order."""

    _name = "sale.channel.status"
    _inherit = "field.guard.mixin"
    _description = "Status to Write on a Sales Channel"
    _order = "channel_id, name, id"

    channel_id = fields.Many2one(
        "sale.channel",
        required=True,
        index=True,
        ondelete="cascade",
        guard="once",
    )
    company_id = fields.Many2one(related="channel_id.company_id")
    code = fields.Char("Channel's Value", required=True, guard="once")
    name = fields.Char(
        "Channel's Name", compute="_compute_name", store=True, readonly=False
    )

    _code_uniq = models.Constraint(
        "UNIQUE (channel_id, code)", "The channel already has this status."
    )

    @api.depends("code")
    def _compute_name(self):
        for status in self:
            status.name = status.name or status.code

    @api.model
    def name_create(self, name):
        """Typed into a slot: the channel's own word."""
        status = self.create({"code": name})
        return status.id, status.display_name
