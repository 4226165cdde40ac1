from odoo import models


class PricingOrigin(models.Model):
    _name = "pricing.origin"
    _inherit = ["sale.channel.change.mixin", "pricing.origin"]

    _change_fields = {"active"}

    def _get_changes(self):
        # The database deletes contracts with it.
        return {("pricing.structure", False) for _origin in self}
