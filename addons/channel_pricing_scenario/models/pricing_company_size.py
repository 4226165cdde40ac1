from odoo import models


class PricingCompanySize(models.Model):
    _name = "pricing.company.size"
    _inherit = ["sale.channel.change.mixin", "pricing.company.size"]

    _change_fields = {"pricing_scenario_id"}
