from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleChannel(models.Model):
    """With ``sudo``: a row that the user does not see counts, too."""

    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=[("medusa", "Medusa")], ondelete={"medusa": "set null"}
    )
    medusa_sales_channel_id = fields.Many2one(
        "sale.channel.mapping",
        "Shop's Sales Channel",
        domain="[('channel_id', '=', id), ('kind_id.code', '=', 'team')]",
        ondelete="restrict",
        index="btree_not_null",
        help="Only its orders come in; empty: those of all. Connecting loads the list.",
    )
    medusa_document_key = fields.Char(
        "Document in Metadata",
        help="Where the shop keeps the buyer's document: a key of the order's, the "
        "customer's or the address's metadata. Usual names (“cuit”, “dni”, “cpf”, "
        "“document”) need not be told.",
    )
    medusa_notify_buyers = fields.Boolean(
        "Shop Tells Buyers",
        help="The shop may write to the buyer when Odoo tells it of a delivery.",
    )

    @api.constrains("medusa_sales_channel_id")
    def _check_medusa_sales_channel(self):
        for channel in self:
            chosen = channel.sudo().medusa_sales_channel_id
            if chosen and (
                chosen.channel_id != channel or chosen.kind_id.code != "team"
            ):
                raise ValidationError(
                    self.env._("Choose one of the shop's own sales channels.")
                )
