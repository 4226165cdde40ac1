from odoo import models


class PricingScenario(models.Model):
    _name = "pricing.scenario"
    _inherit = ["sale.channel.pricing.marking.mixin", "pricing.scenario"]

    # What decides who may use it and what its groups are called
    _pricing_marking_fields = {
        "active",
        "company_id",
        "country_id",
        "date_start",
        "date_end",
        "name",
    }

    def _get_pricing_marks(self):
        # The database deletes groups and contracts with it.
        marks = {("scenario", str(id_)) for id_ in self.ids}
        return marks | {("structure", False) for _scenario in self}
