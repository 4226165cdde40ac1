from odoo import models


class PricingCustomerGroup(models.Model):
    _name = "pricing.customer.group"
    _inherit = ["sale.channel.change.mixin", "pricing.customer.group"]

    _change_fields = {"pricing_scenario_id"}
