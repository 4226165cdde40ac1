from odoo import models


class SaleChannelPartner(models.Model):
    _name = "sale.channel.partner"
    _inherit = ["sale.channel.change.mixin", "sale.channel.partner"]

    # Whose group a buyer has
    _change_fields = {"partner_id"}
