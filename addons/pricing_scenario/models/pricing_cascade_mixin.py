from odoo import api, models


class PricingCascadeMixin(models.AbstractModel):
    """Settings that decide which scenario customers have.

    The effective scenario is computed and cached with the customer. It does not depend
    on these models field by field, because such a dependency would look for all the
    customers of a setting on each change.
    """

    _name = "pricing.cascade.mixin"
    _description = "Setting of the Cascade"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._forget_effective_scenarios()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._forget_effective_scenarios()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_effective_scenarios()
        return result

    @api.model
    def _forget_effective_scenarios(self):
        self.env["res.partner"].invalidate_model(["pricing_effective_scenario_id"])
