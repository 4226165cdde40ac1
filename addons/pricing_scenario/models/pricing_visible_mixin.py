from odoo import api, fields, models


class PricingVisibleMixin(models.AbstractModel):
    """Knows whether scenarios are used, for views that show something about them."""

    _name = "pricing.visible.mixin"
    _description = "Shows Prices by Scenario"

    pricing_in_use = fields.Boolean(
        "Scenarios in Use",
        compute="_compute_pricing_in_use",
        help="There are scenarios of the company, or of all companies.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_pricing_in_use(self):
        scenarios = self.env["pricing.scenario"]
        for record in self:
            record.pricing_in_use = any(
                scenarios._is_used_by(company.id)
                for company in record._get_pricing_companies()
            )

    @api.model
    def _is_pricing_in_use(self):
        """Whether one of the companies in use has a scenario."""
        scenarios = self.env["pricing.scenario"]
        return any(scenarios._is_used_by(c.id) for c in self.env.companies)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._is_pricing_in_use())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Searches offer nothing about scenarios where there are none."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "search" and not self._is_pricing_in_use():
            for node in arch.xpath("//*[starts-with(@name, 'pricing_')]"):
                node.getparent().remove(node)
        return arch, view

    def _get_pricing_companies(self):
        """Companies whose scenarios count for the record."""
        return self.env.companies
