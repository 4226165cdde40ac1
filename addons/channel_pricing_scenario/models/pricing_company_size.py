from odoo import models


class PricingCompanySize(models.Model):
    _inherit = "pricing.company.size"

    def write(self, vals):
        result = super().write(vals)
        if "pricing_scenario_id" in vals:
            marks = {("size", str(id_)) for id_ in self.ids}
            self.env["sale.channel.pricing.mark"]._add(marks)
        return result
