from odoo import models


class PricingOrigin(models.Model):
    _inherit = "pricing.origin"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self.env["sale.channel.pricing.mark"]._add({("structure", False)})
        return result

    def unlink(self):
        # The database deletes contracts with it.
        result = super().unlink()
        self.env["sale.channel.pricing.mark"]._add({("structure", False)})
        return result
