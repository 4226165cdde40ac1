from odoo import models


class PricingCustomerGroup(models.Model):
    _inherit = "pricing.customer.group"

    def write(self, vals):
        result = super().write(vals)
        if "pricing_scenario_id" in vals:
            marks = {("customer_group", str(id_)) for id_ in self.ids}
            self.env["sale.channel.pricing.mark"]._add(marks)
        return result
