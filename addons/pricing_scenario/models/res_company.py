from odoo import models


class ResCompany(models.Model):
    """With ``sudo``: what is to generate follows the company, whoever changes it."""

    _name = "res.company"
    _inherit = ["res.company", "pricing.source.mixin"]

    _pricing_source_fields = frozenset({"currency_id"})

    def _get_pricing_source(self):
        return self.currency_id.id

    def _get_source_scenarios(self):
        origins = self.env["pricing.origin"].sudo()
        return origins.search([("company_id", "in", self.ids)])._get_source_scenarios()
