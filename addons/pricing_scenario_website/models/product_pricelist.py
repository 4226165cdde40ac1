from odoo import api, fields, models
from odoo.fields import Domain


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    pricing_is_own = fields.Boolean(
        "Own Prices",
        compute="_compute_pricing_is_own",
        search="_search_pricing_is_own",
        help="The list is of a scenario that the user's customer buys in.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # Otherwise the company's first website offers generated lists to all visitors.
        return super().create(
            [
                {"website_id": False, **vals} if vals.get("pricing_group_id") else vals
                for vals in vals_list
            ]
        )

    @api.depends_context("uid")
    def _compute_pricing_is_own(self):
        own = self.sudo().filtered_domain(self._search_pricing_is_own("in", [True]))
        for pricelist in self:
            pricelist.pricing_is_own = pricelist in own

    @api.model
    def _search_pricing_is_own(self, operator, value):
        if operator != "in":
            return NotImplemented
        partner = self.env.user.partner_id.sudo()
        companies = (
            self.env["pricing.origin"]
            .sudo()
            ._read_group([], ["company_id"], order="company_id")
        )
        scenarios = self.env["pricing.scenario"].sudo()
        for (company,) in companies:
            scenarios |= partner.with_company(company).pricing_effective_scenario_id
        groups = self.env["pricing.channel.group"].sudo()
        own = groups.search([("scenario_id", "in", scenarios.ids)])
        return Domain("pricing_group_id", "in", own.ids)
