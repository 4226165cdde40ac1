from odoo import models


class PricingChannelGroup(models.Model):
    _name = "pricing.channel.group"
    _inherit = ["sale.channel.pricing.marking.mixin", "pricing.channel.group"]

    def _get_pricing_marks(self):
        marks = {("scenario", str(id_)) for id_ in self.scenario_id.ids}
        return marks | {("structure", False) for _group in self}
