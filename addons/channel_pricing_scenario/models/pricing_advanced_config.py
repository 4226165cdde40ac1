from odoo import api, models


class PricingAdvancedConfig(models.Model):
    _inherit = "pricing.advanced.config"

    def _get_pricing_marks(self):
        return {("use_type", config.use_type) for config in self}

    @api.model_create_multi
    def create(self, vals_list):
        configs = super().create(vals_list)
        self.env["sale.channel.pricing.mark"]._add(configs._get_pricing_marks())
        return configs

    def write(self, vals):
        before = self._get_pricing_marks()
        result = super().write(vals)
        marks = before | self._get_pricing_marks()
        self.env["sale.channel.pricing.mark"]._add(marks)
        return result

    def unlink(self):
        marks = self._get_pricing_marks()
        result = super().unlink()
        self.env["sale.channel.pricing.mark"]._add(marks)
        return result
