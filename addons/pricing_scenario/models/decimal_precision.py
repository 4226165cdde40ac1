from odoo import models
from odoo.fields import Domain


class DecimalPrecision(models.Model):
    _name = "decimal.precision"
    _inherit = ["decimal.precision", "pricing.source.mixin"]

    _pricing_source_fields = frozenset({"digits"})

    def _get_pricing_source(self):
        return self.digits if self.name == "Product Price" else None

    def _get_source_scenarios(self):
        domain = Domain.TRUE if self else Domain.FALSE
        return self.env["pricing.scenario"]._search_active(domain)
