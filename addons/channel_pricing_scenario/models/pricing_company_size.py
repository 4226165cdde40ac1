from odoo import models


class PricingCompanySize(models.Model):
    _name = "pricing.company.size"
    _inherit = ["sale.channel.pricing.marking.mixin", "pricing.company.size"]

    _pricing_marking_fields = {"pricing_scenario_id"}

    def _get_pricing_marks(self):
        return {("size", str(id_)) for id_ in self.ids}
