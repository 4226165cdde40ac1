from odoo import api, models


class PricingContract(models.Model):
    _inherit = "pricing.contract"

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        if contracts:
            self.env["sale.channel.pricing.mark"]._add({("structure", False)})
        return contracts

    def write(self, vals):
        result = super().write(vals)
        self.env["sale.channel.pricing.mark"]._add({("structure", False)})
        return result

    def unlink(self):
        result = super().unlink()
        self.env["sale.channel.pricing.mark"]._add({("structure", False)})
        return result
