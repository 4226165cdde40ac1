from odoo import models


class SaleChannelMapping(models.Model):
    """With ``sudo``: what is to be sent follows the de-para, whoever maps."""

    _name = "sale.channel.mapping"
    _inherit = ["sale.channel.change.mixin", "sale.channel.mapping"]

    _change_fields = {"res_id", "external_value", "direction"}

    def _get_changes(self):
        """Which origins a channel has decides about its lists and contracts."""
        codes = self.sudo().kind_id.mapped("code")
        return {("pricing.structure", False)} if "pricing_origin" in codes else set()
