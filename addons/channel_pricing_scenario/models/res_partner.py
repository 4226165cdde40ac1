from odoo import models

# What the channel group of a customer depends on
MARKING = {
    "country_id",
    "is_company",
    "parent_id",
    "pricing_contributor",
    "pricing_group_id",
    "pricing_scenario_id",
    "pricing_size_id",
    "pricing_use_type",
    "state_id",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if MARKING & vals.keys():
            self.env["sale.channel.pricing.mark"]._add_buyers(self)
        return result
