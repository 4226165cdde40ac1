from odoo import api, models
from odoo.fields import Domain


class SaleChannelPartner(models.Model):
    _inherit = "sale.channel.partner"

    @api.model_create_multi
    def create(self, vals_list):
        buyers = super().create(vals_list)
        buyers._mark_pricing()
        return buyers

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self._mark_pricing()
        return result

    def _mark_pricing(self):
        """Let the channel be told the groups of new buyers and other customers."""
        marks = self.env["sale.channel.pricing.mark"]
        marks._add_buyers(Domain("id", "in", self.ids))
