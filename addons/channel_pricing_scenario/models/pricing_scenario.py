from odoo import models

# What decides who may use the scenario and what its groups are called
MARKING = {"active", "company_id", "country_id", "date_start", "date_end", "name"}


class PricingScenario(models.Model):
    _inherit = "pricing.scenario"

    def write(self, vals):
        result = super().write(vals)
        if MARKING & vals.keys():
            marks = {("scenario", str(id_)) for id_ in self.ids}
            self.env["sale.channel.pricing.mark"]._add(marks | {("structure", False)})
        return result

    def unlink(self):
        # The database deletes groups and contracts with it. Nobody uses it any more.
        result = super().unlink()
        self.env["sale.channel.pricing.mark"]._add({("structure", False)})
        return result
