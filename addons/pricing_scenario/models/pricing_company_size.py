from odoo import api, fields, models


class PricingCompanySize(models.Model):
    """A size of customers, with the scenario of those whose group names none."""

    _name = "pricing.company.size"
    _description = "Company Size"
    _inherit = ["pricing.cascade.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    pricing_scenario_id = fields.Many2one(
        "pricing.scenario", "Scenario", ondelete="restrict", index="btree_not_null"
    )

    @api.model
    def _get_holders(self):
        return {"res.partner": "pricing_size_id"}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_not_held()
