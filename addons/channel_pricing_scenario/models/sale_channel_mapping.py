from odoo import models


class SaleChannelMapping(models.Model):
    _name = "sale.channel.mapping"
    _inherit = ["sale.channel.pricing.marking.mixin", "sale.channel.mapping"]

    _pricing_marking_fields = {"res_id", "external_value", "direction"}

    def _get_pricing_marks(self):
        """Which origins a channel has decides about its lists and contracts."""
        codes = self.sudo().kind_id.mapped("code")
        return {("structure", False)} if "pricing_origin" in codes else set()
