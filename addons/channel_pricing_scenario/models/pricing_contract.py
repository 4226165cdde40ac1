from odoo import models


class PricingContract(models.Model):
    _name = "pricing.contract"
    _inherit = ["sale.channel.pricing.marking.mixin", "pricing.contract"]

    def _get_pricing_marks(self):
        return {("structure", False) for _contract in self}
