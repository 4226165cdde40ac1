from odoo import fields, models


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=[("fake_shop", "Fake Shop")], ondelete={"fake_shop": "set null"}
    )
