from odoo import fields, models


class SaleChannelImage(models.Model):
    """A picture that a channel has already, so that it is not uploaded again."""

    _name = "sale.channel.image"
    _description = "Picture on a Sales Channel"
    _rec_name = "checksum"

    channel_id = fields.Many2one("sale.channel", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    checksum = fields.Char(required=True, help="Of the attachment in Odoo.")
    external_id = fields.Char(
        "External ID", required=True, help="An id or an address, as the channel says."
    )

    _checksum_uniq = models.Constraint(
        "UNIQUE (channel_id, checksum)", "The channel has this picture already."
    )
