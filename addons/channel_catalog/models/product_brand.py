from odoo import fields, models


class ProductBrand(models.Model):
    _name = "product.brand"
    _inherit = ["product.brand", "sale.channel.change.mixin"]

    _change_fields = {"name", "channel_shown"}

    channel_shown = fields.Boolean(
        "Show in Electronic Orders",
        default=True,
        help="Products of a brand that is not shown are offered on no channel.",
    )
