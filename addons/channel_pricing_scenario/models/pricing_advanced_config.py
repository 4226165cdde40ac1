from odoo import models


class PricingAdvancedConfig(models.Model):
    _name = "pricing.advanced.config"
    _inherit = ["sale.channel.pricing.marking.mixin", "pricing.advanced.config"]

    def _get_pricing_marks(self):
        return {("use_type", config.use_type) for config in self}
