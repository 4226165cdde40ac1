from odoo import models


class PricingChannelGroup(models.Model):
    _name = "pricing.channel.group"
    _inherit = ["sale.channel.change.mixin", "pricing.channel.group"]

    def _get_changes(self):
        changes = {("pricing.scenario", id_) for id_ in self.scenario_id.ids}
        return changes | {("pricing.structure", False) for _group in self}
