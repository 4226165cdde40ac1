from odoo import models


class PricingAdvancedConfig(models.Model):
    _name = "pricing.advanced.config"
    _inherit = ["sale.channel.change.mixin", "pricing.advanced.config"]

    def _get_changes(self):
        return {("pricing.use_type", config.use_type) for config in self}
