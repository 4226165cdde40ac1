from odoo import api, models


class SaleChannelMapping(models.Model):
    _inherit = "sale.channel.mapping"

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._mark_pricing()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if {"res_id", "external_value", "direction"} & vals.keys():
            self._mark_pricing()
        return result

    def unlink(self):
        marking = self.sudo().kind_id.filtered(lambda k: k.code == "pricing_origin")
        result = super().unlink()
        if marking:
            self.env["sale.channel.pricing.mark"]._add({("structure", False)})
        return result

    def _mark_pricing(self):
        """Which origins a channel has decides about its lists and contracts."""
        if "pricing_origin" in self.sudo().kind_id.mapped("code"):
            self.env["sale.channel.pricing.mark"]._add({("structure", False)})
