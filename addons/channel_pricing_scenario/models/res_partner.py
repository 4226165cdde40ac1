from odoo import models
from odoo.fields import Domain

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
# Who is whose customer; it can be another one afterwards
HIERARCHY = {"is_company", "parent_id"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if HIERARCHY & vals.keys():
            self._mark_pricing()
        result = super().write(vals)
        if MARKING & vals.keys():
            self._mark_pricing()
        return result

    def _mark_pricing(self):
        """Let channels be told the groups of buyers whose customers these are."""
        if not self:
            return
        customers = Domain("id", "in", self.ids)
        customers |= Domain("commercial_partner_id", "in", self.ids)
        marks = self.env["sale.channel.pricing.mark"]
        marks._add_buyers(Domain("partner_id", "any!", customers))
