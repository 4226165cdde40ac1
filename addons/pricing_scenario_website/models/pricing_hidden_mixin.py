from odoo import api, models


class PricingHiddenMixin(models.AbstractModel):
    """Prices that people without a contract do not read in any way."""

    _name = "pricing.hidden.mixin"
    _description = "Hidden Prices"

    _pricing_hidden_fields = frozenset()

    @api.model
    def _has_field_access(self, field, operation):
        allowed = super()._has_field_access(field, operation)
        if not allowed or self.env.su or field.name not in self._pricing_hidden_fields:
            return allowed
        return not self.env["website"]._denies_prices()
