from odoo import api, models


class PricingChannelGroup(models.Model):
    _inherit = "pricing.channel.group"

    def _get_pricing_marks(self):
        scenarios = self.scenario_id.ids
        return {("structure", False)} | {("scenario", str(id_)) for id_ in scenarios}

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        if groups:
            self.env["sale.channel.pricing.mark"]._add(groups._get_pricing_marks())
        return groups

    def write(self, vals):
        result = super().write(vals)
        self.env["sale.channel.pricing.mark"]._add(self._get_pricing_marks())
        return result

    def unlink(self):
        marks = self._get_pricing_marks()
        result = super().unlink()
        self.env["sale.channel.pricing.mark"]._add(marks)
        return result
