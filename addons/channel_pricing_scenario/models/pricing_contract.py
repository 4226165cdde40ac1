from odoo import models


class PricingContract(models.Model):
    _name = "pricing.contract"
    _inherit = ["sale.channel.change.mixin", "pricing.contract"]

    def _get_changes(self):
        return {("pricing.structure", False) for _contract in self}
