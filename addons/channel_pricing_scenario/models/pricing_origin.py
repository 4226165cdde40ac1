from odoo import models


class PricingOrigin(models.Model):
    _name = "pricing.origin"
    _inherit = ["sale.channel.pricing.marking.mixin", "pricing.origin"]

    _pricing_marking_fields = {"active"}

    def _get_pricing_marks(self):
        # The database deletes contracts with it.
        return {("structure", False) for _origin in self}
