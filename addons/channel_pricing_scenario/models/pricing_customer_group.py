from odoo import models


class PricingCustomerGroup(models.Model):
    _name = "pricing.customer.group"
    _inherit = ["sale.channel.pricing.marking.mixin", "pricing.customer.group"]

    _pricing_marking_fields = {"pricing_scenario_id"}

    def _get_pricing_marks(self):
        return {("customer_group", str(id_)) for id_ in self.ids}
