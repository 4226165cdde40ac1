from odoo import models


class PricingScenario(models.Model):
    _name = "pricing.scenario"
    _inherit = ["sale.channel.change.mixin", "pricing.scenario"]

    # What decides who may use it and what its groups are called
    _change_fields = {
        "active",
        "company_id",
        "country_id",
        "date_start",
        "date_end",
        "name",
    }

    def _get_changes(self):
        # The database deletes groups and contracts with it.
        structure = {("pricing.structure", False) for _scenario in self}
        return super()._get_changes() | structure
